// A chain notices every alteration of what it covers; a payload alone may be erased.
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Hash } from '../bytes/hash.ts';
import { isSameBytes } from '../bytes/hash.ts';
import { parseDocumentId, parseLogId, parseReplicaId, parseWriterId } from '../identity.ts';
import type { WriterRecord } from './change.ts';
import { chainGenesis, chainNext, prefixGenesis, prefixNext } from './hash-chain.ts';

const sha256: Hash = (bytes) => Uint8Array.from(createHash('sha256').update(bytes).digest());
const document = parseDocumentId('notes') ?? expect.unreachable();
const otherDocument = parseDocumentId('note') ?? expect.unreachable();
const id = '0f'.repeat(16);
const otherId = 'f0'.repeat(16);
const author: WriterRecord = {
  writer: parseWriterId(id) ?? expect.unreachable(),
  replica: parseReplicaId(id) ?? expect.unreachable(),
  clientId: 1,
};
const change = {
  header: Uint8Array.of(1, 2),
  payload: Uint8Array.of(3, 4),
  effects: Uint8Array.of(5),
};

function areDistinct(hashes: readonly Uint8Array[]): boolean {
  return hashes.every((a, i) => hashes.every((b, j) => i === j || !isSameBytes(a, b)));
}

describe("a writer's chain", () => {
  const genesis = chainGenesis(sha256, document, author);

  it('begins elsewhere for another document, writer, replica or client id', () => {
    const others = [
      chainGenesis(sha256, otherDocument, author),
      chainGenesis(sha256, document, {
        ...author,
        writer: parseWriterId(otherId) ?? expect.unreachable(),
      }),
      chainGenesis(sha256, document, {
        ...author,
        replica: parseReplicaId(otherId) ?? expect.unreachable(),
      }),
      chainGenesis(sha256, document, { ...author, clientId: 2 }),
    ];
    expect(areDistinct([genesis, ...others])).toBe(true);
  });

  it('covers the chain before, the header and the payload, and where one ends', () => {
    const next = chainNext(sha256, genesis, change);
    const others = [
      chainNext(sha256, next, change),
      chainNext(sha256, genesis, { ...change, header: Uint8Array.of(1, 3) }),
      chainNext(sha256, genesis, { ...change, header: Uint8Array.of(1, 2, 3) }),
      chainNext(sha256, genesis, { ...change, payload: Uint8Array.of(3) }),
    ];
    expect(areDistinct([next, ...others])).toBe(true);
  });

  it('does not cover effect records, which may be lost: the header seals them', () => {
    const next = chainNext(sha256, genesis, change);
    const without = chainNext(sha256, genesis, { ...change, effects: new Uint8Array(0) });
    expect(without).toStrictEqual(next);
  });
});

describe("a log's chain", () => {
  const log = parseLogId(id) ?? expect.unreachable();
  const empty = prefixGenesis(sha256, document, log);

  it('begins elsewhere for another document or log', () => {
    const otherLog = parseLogId(otherId) ?? expect.unreachable();
    const others = [
      prefixGenesis(sha256, otherDocument, log),
      prefixGenesis(sha256, document, otherLog),
    ];
    expect(areDistinct([empty, ...others])).toBe(true);
  });

  it('depends on the order of its entries', () => {
    const [a, b] = [sha256(Uint8Array.of(1)), sha256(Uint8Array.of(2))];
    const ab = prefixNext(sha256, prefixNext(sha256, empty, a), b);
    const ba = prefixNext(sha256, prefixNext(sha256, empty, b), a);
    expect(areDistinct([empty, ab, ba, prefixNext(sha256, empty, a)])).toBe(true);
  });

  it('is never mistaken for a writer’s: each has labels of its own', () => {
    const a = sha256(Uint8Array.of(1));
    const change32 = { header: a, payload: new Uint8Array(0), effects: new Uint8Array(0) };
    expect(areDistinct([chainNext(sha256, empty, change32), prefixNext(sha256, empty, a)])).toBe(
      true,
    );
  });
});
