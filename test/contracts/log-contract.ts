// What every log store must do, whatever keeps it. Call describeLogStore with a way to open one.
import { prefixGenesis, zeroHash } from '@causeway/core';
import type { LogStore } from '@causeway/relay';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { logRefusals } from './log-refusals.ts';
import {
  addedSeqs,
  appendOne,
  bytesMax,
  documentNamed,
  randomAuthor,
  sha256,
  TestWriter,
  verifyLog,
} from './log-writer.ts';

const document = documentNamed('notes/1');

/** A claim about a store that is open and empty. */
export type LogClaim = (store: LogStore) => Promise<void>;

/** Runs the contract on stores that `open` opens: empty, and the test's own. */
export function describeLogStore(name: string, open: () => Promise<LogStore>): void {
  describe(`log store: ${name}`, () => {
    let store: LogStore;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());
    for (const [claim, check] of Object.entries({ ...logPromises, ...logRefusals })) {
      it(claim, () => check(store));
    }
  });
}

const logPromises: Readonly<Record<string, LogClaim>> = {
  'answers for a document never written with an empty log under a lasting id': async (store) => {
    const head = await store.head(document);
    expect(head).toMatchObject({ epoch: 1, position: 0, namedPosition: 0, digest: zeroHash });
    expect(head.prefixHash).toEqual(prefixGenesis(sha256, document, head.log));
    expect((await store.head(documentNamed('notes/2'))).log).not.toBe(head.log);
    expect(await store.documents()).toEqual([]);
    const result = await appendOne(store, new TestWriter(document).write({}));
    expect(result.head.log).toBe(head.log);
    expect(await store.head(document)).toEqual(result.head);
  },

  'gives changes of all writers one order, and hashes that can be recomputed': async (store) => {
    const writers = [new TestWriter(document), new TestWriter(document)];
    for (let round = 0; round < 5; round++) {
      for (const writer of writers)
        await appendOne(store, writer.write({}, { kind: 'operation' }, {}));
    }
    expect(await verifyLog(store, document)).toMatchObject({ position: 30, namedPosition: 29 });
    const { prefixHash } = await store.read(document, { after: 29, bytesMax });
    expect(await store.prefixHash(document, 30)).toEqual(prefixHash);
    expect(await store.prefixHash(document, 31)).toBeUndefined();
  },

  'keeps documents apart and lists those that were written': async (store) => {
    const [a, b] = [documentNamed('a'), documentNamed('b')];
    const author = randomAuthor();
    for (const d of [b, a])
      expect(await appendOne(store, new TestWriter(d, author).write({}))).toMatchObject({
        type: 'appended',
        head: { position: 1 },
      });
    await store.head(document);
    expect(await store.documents()).toEqual([a, b]);
  },

  'reads back what was given, from any position, in batches of bounded size': async (store) => {
    const writer = new TestWriter(document);
    const payload = new Uint8Array(1_000).fill(7);
    await appendOne(store, writer.write(...Array.from({ length: 10 }, () => ({ payload }))));
    const { entries, prefixHash } = await store.read(document, { after: 3, bytesMax: 3_500 });
    expect(entries.map(({ position }) => position)).toEqual([4, 5, 6]);
    expect(entries[0]).toEqual({
      position: 4,
      author: writer.author,
      seq: 4,
      sealed: writer.changes[3],
    });
    expect(prefixHash).toEqual(await store.prefixHash(document, 6));
    expect((await store.read(document, { after: 3, bytesMax: 1 })).entries).toHaveLength(1);
    const beyond = await store.read(document, { after: 99, bytesMax });
    expect(beyond).toEqual({ entries: [], prefixHash: (await store.head(document)).prefixHash });
    const start = await store.read(documentNamed('x'), { after: 0, bytesMax });
    expect(start.prefixHash).toEqual((await store.head(documentNamed('x'))).prefixHash);
  },

  'skips what it has when a request comes again': async (store) => {
    const writer = new TestWriter(document);
    const first = writer.write({}, {}, {});
    await appendOne(store, first);
    const head = await store.head(document);
    expect(await appendOne(store, first)).toEqual({ type: 'appended', entries: [], head });
    expect(await appendOne(store, writer.request(2, 2))).toEqual({
      type: 'appended',
      entries: [],
      head,
    });
    writer.write({}, {});
    expect(addedSeqs(await appendOne(store, writer.request(2, 5)))).toEqual([4, 5]);
    await verifyLog(store, document);
  },

  'keeps every append once when many come at the same time': async (store) => {
    const writers = Array.from({ length: 20 }, () => new TestWriter(document));
    const requests = writers.flatMap((w) => Array.from({ length: 10 }, () => w.write({}, {})));
    const results = await Promise.all([...requests, ...requests].map((r) => appendOne(store, r)));
    const positions = results.flatMap((r) => (r.type === 'appended' ? r.entries : []));
    expect(new Set(positions.map(({ position }) => position)).size).toBe(400);
    expect((await verifyLog(store, document)).position).toBe(400);
  },

  'tells how far it has the chains of writers, leaving out strangers': async (store) => {
    const writer = new TestWriter(document);
    await appendOne(store, writer.write({}, {}));
    const ids = [randomAuthor().writer, writer.author.writer];
    expect(await store.writers(document, ids)).toEqual([
      { record: writer.author, seq: 2, hash: writer.hash(2) },
    ]);
    expect(await store.writers(documentNamed('b'), ids)).toEqual([]);
  },

  'keeps the newest checkpoint of a document': async (store) => {
    expect(await store.checkpoint(document)).toBeUndefined();
    for (const position of [3, 7, 5]) {
      await store.saveCheckpoint(document, position, Uint8Array.of(position));
    }
    expect(await store.checkpoint(document)).toEqual(Uint8Array.of(7));
    expect(await store.checkpoint(documentNamed('b'))).toBeUndefined();
  },

  'finishes what was asked before closing, and nothing after': async (store) => {
    const asked = appendOne(store, new TestWriter(document).write({}));
    await store.close();
    expect(addedSeqs(await asked)).toEqual([1]);
    const closed = { name: 'LogFailure', code: 'closed', retry: false };
    await expect(appendOne(store, new TestWriter(document).write({}))).rejects.toMatchObject(
      closed,
    );
    await expect(store.head(document)).rejects.toMatchObject(closed);
    await store.close();
  },
};
