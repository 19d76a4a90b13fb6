// What every log store must do, whatever keeps it. Call describeLogStore with a way to open one.
import { createHash, randomBytes } from 'node:crypto';
import {
  addToDigest,
  type ChangeHeader,
  type ChangeKind,
  chainGenesis,
  chainNext,
  type DocumentId,
  encodeHeader,
  type Hash,
  isSameBytes,
  type LogHead,
  type OperationHeader,
  parseDocumentId,
  parseOperationId,
  parseReplicaId,
  parseWriterId,
  prefixGenesis,
  prefixNext,
  type SealedChange,
  type WriterRecord,
  zeroHash,
} from '@causeway/core';
import type { AppendRequest, AppendResult, LogStore } from '@causeway/relay';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

export const sha256: Hash = (bytes) => Uint8Array.from(createHash('sha256').update(bytes).digest());

const none = new Uint8Array(0);
export const bytesMax = 1 << 20;

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a test asked for something that is not there');
  return value;
}

export const documentNamed = (name: string): DocumentId => must(parseDocumentId(name));
export const randomAuthor = (clientId = randomBytes(6).readUIntBE(0, 6)): WriterRecord => ({
  writer: must(parseWriterId(randomBytes(16).toString('hex'))),
  replica: must(parseReplicaId(randomBytes(16).toString('hex'))),
  clientId,
});

/** A change to be: an edit at position 0 unless it says otherwise. */
export interface Draft extends Partial<Omit<ChangeHeader, 'operation'>> {
  readonly operation?: string;
  readonly payload?: Uint8Array;
  readonly records?: Uint8Array;
}

const kindsWithOperation: readonly ChangeKind[] = ['operation', 'intent', 'result', 'cancelled'];

export function sealDraft(draft: Draft): SealedChange {
  const { kind = 'edit', context = { epoch: 1, position: 0, dots: [] }, effects } = draft;
  const id = draft.operation ?? (kindsWithOperation.includes(kind) ? randomId() : undefined);
  const header = {
    kind,
    context,
    ...(id && { operation: operationHeader(id) }),
    ...(effects && { effects }),
  };
  const payload = draft.payload ?? randomBytes(8);
  return { header: encodeHeader(header), payload, effects: draft.records ?? none };
}

const randomId = (): string => randomBytes(16).toString('hex');

function operationHeader(id: string): OperationHeader {
  const decision = { mode: 'connected', cell: 'safe', invariant: '*' } as const;
  const [name, user] = ['withdraw', 'anonymous'];
  return { id: must(parseOperationId(id)), name, codeVersion: 1, user, wallMs: 0, decision };
}

/** A writer's chain, from which requests are cut. Nothing that is made here is sent by itself. */
export class TestWriter {
  readonly document: DocumentId;
  readonly author: WriterRecord;
  readonly changes: SealedChange[] = [];
  private readonly hashes: Uint8Array[];

  constructor(document: DocumentId, author: WriterRecord = randomAuthor()) {
    this.document = document;
    this.author = author;
    this.hashes = [chainGenesis(sha256, document, author)];
  }

  /** The chain hash after `seq` changes. */
  hash(seq: number): Uint8Array {
    return must(this.hashes[seq]);
  }

  /** Adds changes to the chain and returns the request that appends just them. */
  write(...drafts: readonly Draft[]): AppendRequest {
    const firstSeq = this.changes.length + 1;
    for (const change of drafts.map(sealDraft)) {
      this.hashes.push(chainNext(sha256, this.hash(this.changes.length), change));
      this.changes.push(change);
    }
    return this.request(firstSeq, this.changes.length);
  }

  request(firstSeq: number, lastSeq: number): AppendRequest {
    return {
      document: this.document,
      author: this.author,
      firstSeq,
      previous: this.hash(firstSeq - 1),
      changes: this.changes.slice(firstSeq - 1, lastSeq),
      last: this.hash(lastSeq),
      ifNamedHead: undefined,
      isPrimary: false,
    };
  }

  /** A writer with this one's past, which then goes its own way. */
  fork(): TestWriter {
    const twin = new TestWriter(this.document, this.author);
    twin.changes.push(...this.changes);
    twin.hashes.splice(0, twin.hashes.length, ...this.hashes);
    return twin;
  }
}

export const asPrimary = (request: AppendRequest): AppendRequest => ({
  ...request,
  isPrimary: true,
});

export const appendOne = async (store: LogStore, request: AppendRequest): Promise<AppendResult> =>
  must((await store.append([request]))[0]);

/** The sequence numbers that an append added; undefined when it was refused. */
export const addedSeqs = (result: AppendResult): readonly number[] | undefined =>
  result.type === 'appended' ? result.entries.map(({ seq }) => seq) : undefined;

/** Recomputes the whole log from its bytes and compares it with what the store says of it. */
export async function verifyLog(store: LogStore, document: DocumentId): Promise<LogHead> {
  const head = await store.head(document);
  let [prefixHash, digest] = [prefixGenesis(sha256, document, head.log), zeroHash];
  const chains = new Map<string, { readonly seq: number; readonly hash: Uint8Array }>();
  for (let after = 0; after < head.position; ) {
    const batch = await store.read(document, { after, bytesMax });
    for (const { position, author, seq, sealed } of batch.entries) {
      const genesis = { seq: 0, hash: chainGenesis(sha256, document, author) };
      const known = chains.get(author.writer) ?? genesis;
      expect({ position, seq }).toEqual({ position: ++after, seq: known.seq + 1 });
      const hash = chainNext(sha256, known.hash, sealed);
      chains.set(author.writer, { seq, hash });
      prefixHash = prefixNext(sha256, prefixHash, hash);
      digest = addToDigest(digest, hash);
    }
    expect(isSameBytes(batch.prefixHash, prefixHash)).toBe(true);
  }
  expect({ prefixHash: head.prefixHash, digest: head.digest }).toEqual({ prefixHash, digest });
  return head;
}

const document = documentNamed('notes/1');
const at = (position: number, epoch = 1) => ({ context: { epoch, position, dots: [] } });

/** Runs the contract on stores that `open` opens: empty, and the test's own. */
export function describeLogStore(name: string, open: () => Promise<LogStore>): void {
  describe(`log store: ${name}`, () => {
    let store: LogStore;
    const append = (request: AppendRequest) => appendOne(store, request);
    const refuses = async (request: AppendRequest, evidence: object): Promise<void> => {
      const before = await store.head(request.document);
      expect(await append(request)).toEqual({ type: 'refused', ...evidence, head: before });
      expect(await store.head(request.document)).toEqual(before);
    };
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    it('answers for a document never written with an empty log under a lasting id', async () => {
      const head = await store.head(document);
      expect(head).toMatchObject({ epoch: 1, position: 0, namedPosition: 0, digest: zeroHash });
      expect(head.prefixHash).toEqual(prefixGenesis(sha256, document, head.log));
      expect((await store.head(documentNamed('notes/2'))).log).not.toBe(head.log);
      expect(await store.documents()).toEqual([]);
      const result = await append(new TestWriter(document).write({}));
      expect(result.head.log).toBe(head.log);
      expect(await store.head(document)).toEqual(result.head);
    });

    it('gives changes of all writers one order, and hashes that can be recomputed', async () => {
      const writers = [new TestWriter(document), new TestWriter(document)];
      for (let round = 0; round < 5; round++) {
        for (const writer of writers) await append(writer.write({}, { kind: 'operation' }, {}));
      }
      expect(await verifyLog(store, document)).toMatchObject({ position: 30, namedPosition: 29 });
      const { prefixHash } = await store.read(document, { after: 29, bytesMax });
      expect(await store.prefixHash(document, 30)).toEqual(prefixHash);
      expect(await store.prefixHash(document, 31)).toBeUndefined();
    });

    it('keeps documents apart and lists those that were written', async () => {
      const [a, b] = [documentNamed('a'), documentNamed('b')];
      const author = randomAuthor();
      for (const d of [b, a])
        expect(await append(new TestWriter(d, author).write({}))).toMatchObject({
          type: 'appended',
          head: { position: 1 },
        });
      await store.head(document);
      expect(await store.documents()).toEqual([a, b]);
    });

    it('reads back what was given, from any position, in batches of bounded size', async () => {
      const writer = new TestWriter(document);
      const payload = new Uint8Array(1_000).fill(7);
      await append(writer.write(...Array.from({ length: 10 }, () => ({ payload }))));
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
    });

    it('skips what it has when a request comes again', async () => {
      const writer = new TestWriter(document);
      const first = writer.write({}, {}, {});
      await append(first);
      const head = await store.head(document);
      expect(await append(first)).toEqual({ type: 'appended', entries: [], head });
      expect(await append(writer.request(2, 2))).toEqual({ type: 'appended', entries: [], head });
      writer.write({}, {});
      expect(addedSeqs(await append(writer.request(2, 5)))).toEqual([4, 5]);
      await verifyLog(store, document);
    });

    it('refuses a gap, and says what it expects', async () => {
      const writer = new TestWriter(document);
      await append(writer.write({}));
      writer.write({}, {});
      await refuses(writer.request(3, 3), { code: 'gap', seq: 3, expected: 2 });
      const newcomer = new TestWriter(document);
      newcomer.write({}, {});
      await refuses(newcomer.request(2, 2), { code: 'gap', seq: 2, expected: 1 });
    });

    it('refuses a second continuation of a chain, at the first change that differs', async () => {
      const writer = new TestWriter(document);
      await append(writer.write({}, {}));
      const twin = writer.fork();
      await append(writer.write({}, {}));
      twin.write({}, {}, {});
      const fork = { code: 'fork', seq: 3, expected: 5 };
      await refuses(twin.request(3, 3), fork);
      await refuses(twin.request(2, 5), fork);
      await refuses(twin.request(5, 5), { ...fork, seq: 5 });
    });

    it('binds writer, replica and client id to each other', async () => {
      const writer = new TestWriter(document);
      const { author } = writer;
      await append(writer.write({}));
      const otherReplica = { ...author, replica: randomAuthor().replica };
      const otherClient = { ...author, clientId: author.clientId + 1 };
      for (const changed of [otherReplica, otherClient]) {
        const request = { ...writer.fork().write({}), author: changed };
        await refuses(request, { code: 'fork', seq: 2, expected: 2 });
      }
      const thief = new TestWriter(document, randomAuthor(author.clientId));
      await refuses(thief.write({}), { code: 'fork', seq: 1, expected: 1 });
      const stranger = { ...new TestWriter(document).write({}), author: randomAuthor() };
      await refuses(stranger, { code: 'fork', seq: 1, expected: 1 });
    });

    it('refuses what is malformed as a whole, so nothing of it is kept', async () => {
      const malformed = (seq: number) => ({ code: 'malformed', seq, expected: 1 });
      const fresh = (...drafts: Draft[]) => new TestWriter(document).write({}, ...drafts);
      await refuses({ ...fresh({}), last: zeroHash }, malformed(2));
      await refuses({ ...fresh(), changes: [] }, malformed(1));
      await refuses({ ...fresh(), firstSeq: 0 }, malformed(0));
      await refuses({ ...fresh(), previous: none }, malformed(1));
      const records = Uint8Array.of(1, 2, 3);
      await refuses(fresh({ records }), malformed(2));
      await refuses(fresh({ records, effects: { count: 1, hash: zeroHash } }), malformed(2));
      const writer = new TestWriter(document);
      const unreadable = { ...sealDraft({}), header: randomBytes(3).fill(255) };
      await refuses(requestOf(writer, unreadable), malformed(1));
      const header = encodeHeader({ kind: 'operation', ...at(0) });
      await refuses(requestOf(writer, { ...sealDraft({}), header }), malformed(1));
    });

    it('takes effect records that match their seal, and takes their loss', async () => {
      const records = Uint8Array.of(1, 2, 3);
      const effects = { count: 1, hash: sha256(records) };
      const writer = new TestWriter(document);
      await append(writer.write({ effects, records }, { effects }));
      const { entries } = await store.read(document, { after: 0, bytesMax });
      expect(entries.map(({ sealed }) => sealed.effects)).toEqual([records, none]);
    });

    it('takes one operation, one intent and one outcome of an id, ever', async () => {
      const writer = new TestWriter(document);
      const operation = 'c:1';
      await append(writer.write({ kind: 'intent', operation }, { kind: 'operation', operation }));
      const primary = new TestWriter(document);
      await append(asPrimary(primary.write({ kind: 'result', operation })));
      const again = { code: 'duplicate-operation', expected: 1, seq: 1 };
      for (const kind of ['intent', 'operation', 'result', 'cancelled'] as const) {
        await refuses(asPrimary(new TestWriter(document).write({ kind, operation })), again);
      }
      const twice = [{ kind: 'operation', operation: 'c:2' } as const].flatMap((d) => [d, d]);
      await refuses(new TestWriter(document).write(...twice), { ...again, seq: 2 });
      const elsewhere = new TestWriter(documentNamed('b')).write({ kind: 'intent', operation });
      expect(await append(elsewhere)).toMatchObject({ type: 'appended' });
    });

    it('refuses what stands on something that is not committed here', async () => {
      const [writer, other] = [new TestWriter(document), new TestWriter(document)];
      await append(writer.write({}, {}));
      const dotted = (seq: number, hash: Uint8Array): Draft => ({
        context: { epoch: 1, position: 0, dots: [{ writer: writer.author.writer, seq, hash }] },
      });
      writer.write({});
      const missing = { code: 'missing-dependency', seq: 1, expected: 1 };
      const grounds = [at(3), at(0, 2), dotted(3, writer.hash(3)), dotted(1, writer.hash(2))];
      for (const ground of grounds) await refuses(other.fork().write(ground), missing);
      const committed = [at(2), dotted(1, writer.hash(1)), dotted(2, writer.hash(2))];
      expect(addedSeqs(await append(other.write(...committed)))).toEqual([1, 2, 3]);
    });

    it('takes results, cancellations and coordination from the primary alone', async () => {
      for (const kind of ['result', 'cancelled', 'coordination'] as const) {
        const writer = new TestWriter(document);
        const request = writer.write({}, { kind });
        await refuses(request, { code: 'not-permitted', seq: 2, expected: 1 });
        expect(addedSeqs(await append(asPrimary(request)))).toEqual([1, 2]);
      }
    });

    it('appends on a condition only while the last named entry is where it was', async () => {
      const [primary, writer] = [new TestWriter(document), new TestWriter(document)];
      await append(writer.write({ kind: 'operation' }, {}, { kind: 'import' }));
      const facts = { ...asPrimary(primary.write({ kind: 'coordination' })), ifNamedHead: 1 };
      await refuses({ ...facts, ifNamedHead: 0 }, { code: 'moved', seq: 1, expected: 1 });
      expect(addedSeqs(await append(facts))).toEqual([1]);
      await refuses(
        { ...asPrimary(primary.write({ kind: 'coordination' })), ifNamedHead: 1 },
        { code: 'moved', seq: 2, expected: 2 },
      );
      // A lost acknowledgement: its own first attempt moved the head.
      expect(addedSeqs(await append(facts))).toEqual([]);
    });

    it('goes on with the other requests of a group when one is refused', async () => {
      const [a, b] = [new TestWriter(document), new TestWriter(document)];
      const requests = [a.write({}), a.write({}), { ...b.write({}), last: zeroHash }, a.write({})];
      const results = await store.append(requests);
      expect(results.map(addedSeqs)).toEqual([[1], [2], undefined, [3]]);
      expect(results.map(({ head }) => head.position)).toEqual([1, 2, 2, 3]);
      expect(await store.append([])).toEqual([]);
      await verifyLog(store, document);
    });

    it('keeps every append once when many come at the same time', async () => {
      const writers = Array.from({ length: 20 }, () => new TestWriter(document));
      const requests = writers.flatMap((w) => Array.from({ length: 10 }, () => w.write({}, {})));
      const results = await Promise.all([...requests, ...requests].map(append));
      const positions = results.flatMap((r) => (r.type === 'appended' ? r.entries : []));
      expect(new Set(positions.map(({ position }) => position)).size).toBe(400);
      expect((await verifyLog(store, document)).position).toBe(400);
    });

    it('tells how far it has the chains of writers, leaving out strangers', async () => {
      const writer = new TestWriter(document);
      await append(writer.write({}, {}));
      const ids = [randomAuthor().writer, writer.author.writer];
      expect(await store.writers(document, ids)).toEqual([
        { record: writer.author, seq: 2, hash: writer.hash(2) },
      ]);
      expect(await store.writers(documentNamed('b'), ids)).toEqual([]);
    });

    it('keeps the newest checkpoint of a document', async () => {
      expect(await store.checkpoint(document)).toBeUndefined();
      for (const position of [3, 7, 5]) {
        await store.saveCheckpoint(document, position, Uint8Array.of(position));
      }
      expect(await store.checkpoint(document)).toEqual(Uint8Array.of(7));
      expect(await store.checkpoint(documentNamed('b'))).toBeUndefined();
    });

    it('finishes what was asked before closing, and nothing after', async () => {
      const asked = append(new TestWriter(document).write({}));
      await store.close();
      expect(addedSeqs(await asked)).toEqual([1]);
      const closed = { name: 'LogFailure', code: 'closed', retry: false };
      await expect(append(new TestWriter(document).write({}))).rejects.toMatchObject(closed);
      await expect(store.head(document)).rejects.toMatchObject(closed);
      await store.close();
    });
  });
}

/** A request around one change that no writer would make. */
function requestOf(writer: TestWriter, change: SealedChange): AppendRequest {
  const { author } = writer;
  const previous = writer.hash(0);
  const last = chainNext(sha256, previous, change);
  const rest = { document, author, firstSeq: 1, ifNamedHead: undefined, isPrimary: false };
  return { ...rest, previous, last, changes: [change] };
}
