// A snapshot comes back as it went, with the intents that are in the log and not answered; what an
// earlier version kept is read as having none.
import { describe, expect, it } from 'vitest';
import { ByteReader } from '../bytes/byte-reader.ts';
import { ByteWriter } from '../bytes/byte-writer.ts';
import { bytesToJson, jsonToBytes } from '../bytes/canonical-json.ts';
import { emptyFold, foldFact } from '../coordination/fold.ts';
import { parseLogId, parseOperationId, parseReplicaId, parseWriterId } from '../identity.ts';
import type { StoredIntent } from '../intents/intent.ts';
import type { Snapshot } from './snapshot.ts';
import { decodeSnapshot, encodeSnapshot } from './snapshot.ts';

const operation = parseOperationId('o1') ?? expect.unreachable();
const writer = parseWriterId('1'.repeat(32)) ?? expect.unreachable();
const replica = parseReplicaId('b'.repeat(32)) ?? expect.unreachable();
const hash = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);

const intent: StoredIntent = {
  ...{ operation, name: 'transfer', args: { to: 'Zoë', list: [1, null] }, subjects: ['ann'] },
  ...{ wallMs: 1.5, expiresWallMs: 9, dependsOn: [operation], writer, state: 'submitting' },
  decision: { mode: 'partitioned', cell: 'delay', invariant: 'covered', reason: 'overlay' },
};
const bare: StoredIntent = {
  ...intent,
  ...{ args: null, subjects: [], dependsOn: [], expiresWallMs: undefined, state: 'waiting' },
  decision: { mode: 'connected', cell: 'safe', invariant: '*' },
};

function snapshotWith(intents: readonly StoredIntent[]): Snapshot {
  const fold = emptyFold();
  foldFact(fold, { fact: 'executed', operation });
  foldFact(fold, { fact: 'home', key: 'k', replica, share: 'shared' });
  foldFact(fold, { fact: 'recall', key: 'k', operation });
  const log = parseLogId('c'.repeat(32)) ?? expect.unreachable();
  const hashes = { prefixHash: hash(1), digest: hash(2) };
  return {
    head: { log, epoch: 1, position: 9, ...hashes, namedPosition: 8 },
    roster: [{ record: { writer, replica, clientId: 7 }, seq: 4, hash: hash(3) }],
    ...{ fold, auditDuePosition: 9, awaiting: [[operation, 3]], intents },
    document: Uint8Array.of(1, 2, 3),
  };
}

/** The same bytes, with something else in their JSON. */
function altered(snapshot: Snapshot, change: (facts: Record<string, unknown>) => void): Uint8Array {
  const reader = new ByteReader(encodeSnapshot(snapshot));
  const format = reader.byte();
  const facts = bytesToJson(reader.bytes()) as unknown as Record<string, unknown>;
  change(facts);
  return new ByteWriter().byte(format).bytes(jsonToBytes(facts)).bytes(reader.bytes()).done();
}

describe('a snapshot', () => {
  it.each([
    ['no intent', []],
    ['intents', [intent, bare]],
  ])('comes back as it went: %s', (_, intents) => {
    const snapshot = snapshotWith(intents);
    expect(decodeSnapshot(encodeSnapshot(snapshot))).toStrictEqual(snapshot);
  });

  it('of before there were intents and homes has none', () => {
    const before = altered(snapshotWith([intent]), (facts) => {
      delete facts['intents'];
      for (const name of ['executed', 'homes', 'recalled', 'escrow']) {
        delete (facts['fold'] as Record<string, unknown>)[name];
      }
    });
    expect(decodeSnapshot(before)).toStrictEqual({ ...snapshotWith([]), fold: emptyFold() });
  });

  it('can be taken whatever end an intent has', () => {
    for (const expiresWallMs of [Number.POSITIVE_INFINITY, Number.NaN]) {
      const taken = encodeSnapshot(snapshotWith([{ ...intent, expiresWallMs }]));
      expect(decodeSnapshot(taken)?.intents).toStrictEqual([
        { ...intent, expiresWallMs: undefined },
      ]);
    }
  });

  it('is refused where its intents, or its homes, are no list', () => {
    const taken = snapshotWith([intent]);
    for (const intents of [{}, 1, 'x', [null]]) {
      const bytes = altered(taken, (facts) => Object.assign(facts, { intents }));
      expect(decodeSnapshot(bytes), JSON.stringify(intents)).toBeUndefined();
    }
    const homes = altered(taken, (facts) => Object.assign(facts['fold'] as object, { homes: 1 }));
    expect(decodeSnapshot(homes)).toBeUndefined();
  });

  it('is refused in another format, cut short, and with bytes left over', () => {
    const bytes = encodeSnapshot(snapshotWith([intent]));
    expect(decodeSnapshot(Uint8Array.of(2, ...bytes.subarray(1)))).toBeUndefined();
    expect(decodeSnapshot(bytes.subarray(0, -1))).toBeUndefined();
    expect(decodeSnapshot(Uint8Array.of(...bytes, 0))).toBeUndefined();
    expect(decodeSnapshot(new Uint8Array(0))).toBeUndefined();
  });
});
