// What the log's worker is asked and answers. Bytes travel packed into one buffer a message: the
// platform would copy the whole frame behind every view, and one buffer costs less than hundreds.
import type {
  DocumentId,
  LogEntry,
  LogHead,
  SealedChange,
  WriterId,
  WriterRecord,
} from '@causeway/core';
import type { AppendRequest, WriterHead } from './log-store.ts';
import type { FailureNotice } from './sqlite-failure.ts';
import type { RequestOutcome } from './sqlite-log.ts';
import type { DatabaseOptions } from './sqlite-schema.ts';

export interface WorkerSetup extends DatabaseOptions {
  readonly folder: string;
}

/** Every question by name: what is asked, and what is answered. */
export interface StoreCalls {
  append: { ask: PackedRequests; answer: readonly RequestOutcome[] };
  'save-checkpoint': {
    ask: { readonly document: DocumentId; readonly position: number; readonly bytes: Uint8Array };
    answer: readonly RequestOutcome[];
  };
  head: { ask: { readonly document: DocumentId }; answer: LogHead };
  read: {
    ask: { readonly document: DocumentId; readonly after: number; readonly bytesMax: number };
    answer: PackedEntries & { readonly prefixHash: Uint8Array };
  };
  'prefix-hash': {
    ask: { readonly document: DocumentId; readonly position: number };
    answer: Uint8Array | undefined;
  };
  writers: {
    ask: { readonly document: DocumentId; readonly ids: readonly WriterId[] };
    answer: readonly WriterHead[];
  };
  documents: { ask: object; answer: readonly DocumentId[] };
  checkpoint: { ask: { readonly document: DocumentId }; answer: Uint8Array | undefined };
  close: { ask: object; answer: undefined };
}
export type StoreCallName = keyof StoreCalls;
export type StoreCall = {
  [N in StoreCallName]: {
    readonly id: number;
    readonly name: N;
    readonly ask: StoreCalls[N]['ask'];
  };
}[StoreCallName];
export type StoreAnswer = StoreCalls[StoreCallName]['answer'];
export type StoreReply =
  | { readonly id: number; readonly type: 'answered'; readonly answer: StoreAnswer }
  | { readonly id: number; readonly type: 'failed'; readonly failure: FailureNotice };
/** First of all, with id 0: whether the file could be opened. */
export const openingId = 0;

interface BytePack {
  readonly lengths: Uint32Array;
  readonly bytes: Uint8Array;
}

export interface PackedRequests extends BytePack {
  readonly requests: readonly (Omit<AppendRequest, 'previous' | 'changes' | 'last'> & {
    readonly count: number;
  })[];
}

export interface PackedEntries extends BytePack {
  readonly entries: readonly {
    readonly position: number;
    readonly author: WriterRecord;
    readonly seq: number;
  }[];
}

export function packRequests(requests: readonly AppendRequest[]): PackedRequests {
  return {
    requests: requests.map(({ previous, changes, last, ...rest }) => {
      return { ...rest, count: changes.length };
    }),
    ...pack(requests.flatMap((r) => [r.previous, r.last, ...r.changes.flatMap(sealedParts)])),
  };
}

export function unpackRequests(packed: PackedRequests): readonly AppendRequest[] {
  const next = unpack(packed);
  return packed.requests.map(({ count, ...rest }) => {
    const [previous, last] = [next(), next()];
    const changes = Array.from({ length: count }, () => nextSealed(next));
    return { ...rest, previous, changes, last };
  });
}

export function packEntries(entries: readonly LogEntry[]): PackedEntries {
  return {
    entries: entries.map(({ position, author, seq }) => ({ position, author, seq })),
    ...pack(entries.flatMap(({ sealed }) => sealedParts(sealed))),
  };
}

export function unpackEntries(packed: PackedEntries): readonly LogEntry[] {
  const next = unpack(packed);
  return packed.entries.map((entry) => ({ ...entry, sealed: nextSealed(next) }));
}

function sealedParts({ header, payload, effects }: SealedChange): Uint8Array[] {
  return [header, payload, effects];
}

function nextSealed(next: () => Uint8Array): SealedChange {
  return { header: next(), payload: next(), effects: next() };
}

function pack(parts: readonly Uint8Array[]): BytePack {
  const lengths = Uint32Array.from(parts, (part) => part.length);
  const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return { lengths, bytes };
}

/** The parts in order, one a call, as views of the pack. */
function unpack({ lengths, bytes }: BytePack): () => Uint8Array {
  let [index, at] = [0, 0];
  return () => {
    const length = lengths[index++] ?? 0;
    at += length;
    return bytes.subarray(at - length, at);
  };
}
