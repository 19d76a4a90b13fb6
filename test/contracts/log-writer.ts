// Writers, changes and requests for tests of logs, and a check of a whole log from its bytes.
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
import { expect } from 'vitest';

export const sha256: Hash = (bytes) => Uint8Array.from(createHash('sha256').update(bytes).digest());

export const none = new Uint8Array(0);
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

/** A request around one change that no writer would make. */
export function requestOf(writer: TestWriter, change: SealedChange): AppendRequest {
  const { author } = writer;
  const previous = writer.hash(0);
  const last = chainNext(sha256, previous, change);
  const rest = {
    document: writer.document,
    author,
    firstSeq: 1,
    ifNamedHead: undefined,
    isPrimary: false,
  };
  return { ...rest, previous, last, changes: [change] };
}
