// What a log must not take in, and how it says so: one half of the log contract.
import { encodeHeader, zeroHash } from '@causeway/core';
import type { AppendRequest, LogStore } from '@causeway/relay';
import { expect } from 'vitest';
import {
  addedSeqs,
  appendOne,
  asPrimary,
  bytesMax,
  type Draft,
  documentNamed,
  none,
  randomAuthor,
  requestOf,
  sealDraft,
  sha256,
  TestWriter,
  verifyLog,
} from './log-writer.ts';

const document = documentNamed('notes/1');
const at = (position: number, epoch = 1) => ({ context: { epoch, position, dots: [] } });

/** The request is refused with this evidence, and the log stays as it was. */
async function refuses(store: LogStore, request: AppendRequest, evidence: object): Promise<void> {
  const before = await store.head(request.document);
  const refusal = { type: 'refused', ...evidence, head: before };
  expect(await appendOne(store, request)).toEqual(refusal);
  expect(await store.head(request.document)).toEqual(before);
}

export const logRefusals: Readonly<Record<string, (store: LogStore) => Promise<void>>> = {
  'refuses a gap, and says what it expects': async (store) => {
    const writer = new TestWriter(document);
    await appendOne(store, writer.write({}));
    writer.write({}, {});
    await refuses(store, writer.request(3, 3), { code: 'gap', seq: 3, expected: 2 });
    const newcomer = new TestWriter(document);
    newcomer.write({}, {});
    await refuses(store, newcomer.request(2, 2), { code: 'gap', seq: 2, expected: 1 });
  },

  'refuses a second continuation of a chain, at the first change that differs': async (store) => {
    const writer = new TestWriter(document);
    await appendOne(store, writer.write({}, {}));
    const twin = writer.fork();
    await appendOne(store, writer.write({}, {}));
    twin.write({}, {}, {});
    const fork = { code: 'fork', seq: 3, expected: 5 };
    await refuses(store, twin.request(3, 3), fork);
    await refuses(store, twin.request(2, 5), fork);
    await refuses(store, twin.request(5, 5), { ...fork, seq: 5 });
  },

  'binds writer, replica and client id to each other': async (store) => {
    const writer = new TestWriter(document);
    const { author } = writer;
    await appendOne(store, writer.write({}));
    const otherReplica = { ...author, replica: randomAuthor().replica };
    const otherClient = { ...author, clientId: author.clientId + 1 };
    for (const changed of [otherReplica, otherClient]) {
      const request = { ...writer.fork().write({}), author: changed };
      await refuses(store, request, { code: 'fork', seq: 2, expected: 2 });
    }
    const thief = new TestWriter(document, randomAuthor(author.clientId));
    await refuses(store, thief.write({}), { code: 'fork', seq: 1, expected: 1 });
    const stranger = { ...new TestWriter(document).write({}), author: randomAuthor() };
    await refuses(store, stranger, { code: 'fork', seq: 1, expected: 1 });
  },

  'refuses what is malformed as a whole, so nothing of it is kept': async (store) => {
    const malformed = (seq: number) => ({ code: 'malformed', seq, expected: 1 });
    const fresh = (...drafts: Draft[]) => new TestWriter(document).write({}, ...drafts);
    await refuses(store, { ...fresh({}), last: zeroHash }, malformed(2));
    await refuses(store, { ...fresh(), changes: [] }, malformed(1));
    await refuses(store, { ...fresh(), firstSeq: 0 }, malformed(0));
    await refuses(store, { ...fresh(), previous: none }, malformed(1));
    const records = Uint8Array.of(1, 2, 3);
    await refuses(store, fresh({ records }), malformed(2));
    await refuses(store, fresh({ records, effects: { count: 1, hash: zeroHash } }), malformed(2));
    const writer = new TestWriter(document);
    const unreadable = { ...sealDraft({}), header: new Uint8Array(3).fill(255) };
    await refuses(store, requestOf(writer, unreadable), malformed(1));
    const header = encodeHeader({ kind: 'operation', ...at(0) });
    await refuses(store, requestOf(writer, { ...sealDraft({}), header }), malformed(1));
  },

  'takes effect records that match their seal, and takes their loss': async (store) => {
    const records = Uint8Array.of(1, 2, 3);
    const effects = { count: 1, hash: sha256(records) };
    const writer = new TestWriter(document);
    await appendOne(store, writer.write({ effects, records }, { effects }));
    const { entries } = await store.read(document, { after: 0, bytesMax });
    expect(entries.map(({ sealed }) => sealed.effects)).toEqual([records, none]);
  },

  'takes one operation and one outcome of an id, ever, and an intent again': async (store) => {
    const writer = new TestWriter(document);
    const operation = 'c:1';
    await appendOne(
      store,
      writer.write({ kind: 'intent', operation }, { kind: 'operation', operation }),
    );
    const primary = new TestWriter(document);
    await appendOne(store, asPrimary(primary.write({ kind: 'result', operation })));
    const again = { code: 'duplicate-operation', expected: 1, seq: 1 };
    for (const kind of ['operation', 'result', 'cancelled'] as const) {
      await refuses(store, asPrimary(new TestWriter(document).write({ kind, operation })), again);
    }
    // Two copies of one device may ask the same: to ask is not to commit.
    const copy = new TestWriter(document).write({ kind: 'intent', operation });
    expect(await appendOne(store, copy)).toMatchObject({ type: 'appended' });
    const twice = [{ kind: 'operation', operation: 'c:2' } as const].flatMap((d) => [d, d]);
    await refuses(store, new TestWriter(document).write(...twice), { ...again, seq: 2 });
    const elsewhere = new TestWriter(documentNamed('b')).write({ kind: 'intent', operation });
    expect(await appendOne(store, elsewhere)).toMatchObject({ type: 'appended' });
  },

  'refuses what stands on something that is not committed here': async (store) => {
    const [writer, other] = [new TestWriter(document), new TestWriter(document)];
    await appendOne(store, writer.write({}, {}));
    const dotted = (seq: number, hash: Uint8Array): Draft => ({
      context: { epoch: 1, position: 0, dots: [{ writer: writer.author.writer, seq, hash }] },
    });
    writer.write({});
    const missing = { code: 'missing-dependency', seq: 1, expected: 1 };
    const grounds = [at(3), at(0, 2), dotted(3, writer.hash(3)), dotted(1, writer.hash(2))];
    for (const ground of grounds) await refuses(store, other.fork().write(ground), missing);
    const committed = [at(2), dotted(1, writer.hash(1)), dotted(2, writer.hash(2))];
    expect(addedSeqs(await appendOne(store, other.write(...committed)))).toEqual([1, 2, 3]);
  },

  'takes results, cancellations and coordination from the primary alone': async (store) => {
    for (const kind of ['result', 'cancelled', 'coordination'] as const) {
      const writer = new TestWriter(document);
      const request = writer.write({}, { kind });
      await refuses(store, request, { code: 'not-permitted', seq: 2, expected: 1 });
      expect(addedSeqs(await appendOne(store, asPrimary(request)))).toEqual([1, 2]);
    }
  },

  'appends on a condition only while the last named entry is where it was': async (store) => {
    const [primary, writer] = [new TestWriter(document), new TestWriter(document)];
    await appendOne(store, writer.write({ kind: 'operation' }, {}, { kind: 'import' }));
    const facts = { ...asPrimary(primary.write({ kind: 'coordination' })), ifNamedHead: 1 };
    await refuses(store, { ...facts, ifNamedHead: 0 }, { code: 'moved', seq: 1, expected: 1 });
    expect(addedSeqs(await appendOne(store, facts))).toEqual([1]);
    await refuses(
      store,
      { ...asPrimary(primary.write({ kind: 'coordination' })), ifNamedHead: 1 },
      { code: 'moved', seq: 2, expected: 2 },
    );
    // A lost acknowledgement: its own first attempt moved the head.
    expect(addedSeqs(await appendOne(store, facts))).toEqual([]);
  },

  'goes on with the other requests of a group when one is refused': async (store) => {
    const [a, b] = [new TestWriter(document), new TestWriter(document)];
    const requests = [a.write({}), a.write({}), { ...b.write({}), last: zeroHash }, a.write({})];
    const results = await store.append(requests);
    expect(results.map(addedSeqs)).toEqual([[1], [2], undefined, [3]]);
    expect(results.map(({ head }) => head.position)).toEqual([1, 2, 2, 3]);
    expect(await store.append([])).toEqual([]);
    await verifyLog(store, document);
  },
};
