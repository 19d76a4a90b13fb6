// A batch of many tiny entries is cut to what one message may hold, with the hash of where it ends.
import { parseDocumentId, parseReplicaId, parseWriterId } from '@causeway/core';
import { expect, test } from 'vitest';
import { loadHead, readBatch } from './load.ts';
import type { LogStore } from './log/log-store.ts';
import { openMemoryStore } from './log/memory-store.ts';

const id = '1'.padStart(32, '0');
const [document, writer, replica] = [parseDocumentId('a'), parseWriterId(id), parseReplicaId(id)];
if (!document || !writer || !replica) throw new Error('the ids are well-formed');
const author = { writer, replica, clientId: 1 };
const hash = new Uint8Array(32);
const hashOf = (n: number): Uint8Array => new Uint8Array(32).fill(n);

/** A store of which only reading matters here. */
const store: LogStore = {
  ...openMemoryStore(),
  read: async () => ({
    entries: [1, 2, 3].map((position) => ({
      position,
      author,
      seq: position,
      sealed: { header: hash, payload: hash, effects: hash },
    })),
    prefixHash: hashOf(3),
  }),
  prefixHash: async (_document, position) => hashOf(position),
  head: async () => {
    throw new Error('not asked for');
  },
};
const read = {
  type: 'read',
  session: 1,
  subscription: 1,
  document,
  after: 0,
  bytesMax: 9,
} as const;

test.for([
  { entriesMax: 3, count: 3 },
  { entriesMax: 2, count: 2 },
])('at most $entriesMax entries, and the prefix hash after the last', async (o) => {
  const input = await readBatch(store, { ...read, entriesMax: o.entriesMax });
  expect(input).toMatchObject({ entries: { length: o.count }, prefixHash: hashOf(o.count) });
});

test('a writer that was never seen has committed nothing, and is answered all the same', async () => {
  const input = await loadHead(openMemoryStore(), {
    type: 'loadHead',
    session: 1,
    subscription: 1,
    document,
    knownPosition: undefined,
    writers: [writer],
  });
  expect(input).toMatchObject({ vector: [[writer, 0]], knownHash: undefined });
});
