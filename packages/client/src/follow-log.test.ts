// Whoever audits over a network takes nobody's word for what stands where.
import { createHash } from 'node:crypto';
import {
  chainGenesis,
  chainNext,
  decodeHeader,
  encodeHeader,
  headAfter,
  headAtStart,
  type LogHead,
  parseDocumentId,
  parseLogId,
  parseReplicaId,
  parseWriterId,
  type SealedChange,
  type WriterRecord,
  zeroHash,
} from '@causeway/core';
import type { Entries, EntryItem } from '@causeway/protocol';
import { expect, test } from 'vitest';
import { followEntries, followFromStart, notePush } from './follow-log.ts';

const hash = (bytes: Uint8Array) => Uint8Array.from(createHash('sha256').update(bytes).digest());
const hex = (n: number): string => String(n).padStart(32, '0');
const document = parseDocumentId('a') ?? expect.unreachable();
const log = parseLogId(hex(1)) ?? expect.unreachable();
const authorOf = (n: number): WriterRecord => ({
  writer: parseWriterId(hex(n)) ?? expect.unreachable(),
  replica: parseReplicaId(hex(n)) ?? expect.unreachable(),
  clientId: n,
});
const context = { epoch: 1, position: 0, dots: [] };
const sealedOf = (n: number): SealedChange => ({
  header: encodeHeader({ kind: 'coordination', context }),
  payload: Uint8Array.of(n),
  effects: new Uint8Array(0),
});
const [other, own] = [authorOf(7), authorOf(8)];
const wrote = (author: WriterRecord, seq: number): EntryItem => ({
  ...{ type: 'change', author, seq, sealed: sealedOf(seq) },
});

/** A relay's log of these changes, each by somebody, and what it sends of it. */
function relayOf(...written: readonly (readonly [WriterRecord, SealedChange])[]) {
  const chains = new Map<string, { seq: number; hash: Uint8Array }>();
  const heads: LogHead[] = [headAtStart(hash, document, { log, epoch: 1 })];
  for (const [author, sealed] of written) {
    const last = chains.get(author.writer);
    const seq = (last?.seq ?? 0) + 1;
    const link = chainNext(hash, last?.hash ?? chainGenesis(hash, document, author), sealed);
    chains.set(author.writer, { seq, hash: link });
    const header = decodeHeader(sealed.header) ?? expect.unreachable();
    const head = heads.at(-1) ?? expect.unreachable();
    heads.push(headAfter(hash, head, { author, seq, header, sealed, hash: link }));
  }
  const head = heads.at(-1) ?? expect.unreachable();
  const opened = { type: 'opened', document, head, relation: 'resumed', vector: [] } as const;
  return {
    opened,
    send(from: number, ...items: readonly EntryItem[]): Entries {
      const { prefixHash } = heads[from + items.length - 1] ?? { prefixHash: zeroHash };
      return { type: 'entries', document, epoch: 1, from, items, prefixHash, digest: zeroHash };
    },
  };
}

const three = relayOf([other, sealedOf(1)], [other, sealedOf(2)], [other, sealedOf(3)]);

test('what fits is followed, what came before is left out', () => {
  const known = followFromStart(hash, three.opened);
  const first = three.send(1, wrote(other, 1), wrote(other, 2));
  expect(followEntries(known, hash, first)).toEqual({ type: 'followed', entries: first });
  expect(followEntries(known, hash, first)).toEqual({ type: 'known' });
  const overlapping = three.send(2, wrote(other, 2), wrote(other, 3));
  expect(followEntries(known, hash, overlapping)).toEqual({
    type: 'followed',
    entries: three.send(3, wrote(other, 3)),
  });
});

test('a gap, another content and a hash that is not the log’s are not heard', () => {
  const astray = { type: 'astray' };
  const known = followFromStart(hash, three.opened);
  expect(followEntries(known, hash, three.send(2, wrote(other, 2)))).toEqual(astray);
  const forged: EntryItem = { type: 'change', author: other, seq: 1, sealed: sealedOf(9) };
  expect(followEntries(known, hash, three.send(1, forged))).toEqual(astray);
  expect(followEntries(known, hash, three.send(1, wrote(other, 2)))).toEqual(astray);
  const wrong = { ...three.send(1, wrote(other, 1)), prefixHash: zeroHash };
  expect(followEntries(known, hash, wrong)).toEqual(astray);
  // None of it counted.
  expect(followEntries(known, hash, three.send(1, wrote(other, 1))).type).toBe('followed');
});

test('an own entry is what was pushed last, or the log is read anew', () => {
  const relay = relayOf([own, sealedOf(1)]);
  const item: EntryItem = { type: 'own', writer: own.writer, seq: 1 };
  const push = { type: 'push', document, author: own, firstSeq: 1, ifNamedHead: 0 } as const;
  const hashes = { previous: zeroHash, last: zeroHash };
  const known = followFromStart(hash, relay.opened);
  expect(followEntries(known, hash, relay.send(1, item)).type).toBe('astray');
  notePush(known, { ...push, ...hashes, changes: [sealedOf(2)] });
  expect(followEntries(known, hash, relay.send(1, item)).type).toBe('astray');
  notePush(known, { ...push, ...hashes, changes: [sealedOf(1)] });
  expect(followEntries(known, hash, relay.send(1, item)).type).toBe('followed');
});
