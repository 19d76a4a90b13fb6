// The log port: what the relay asks of a durable log. Narrow on purpose, so that other stores fit.
import type {
  DocumentId,
  LogEntry,
  LogHead,
  SealedChange,
  WriterId,
  WriterRecord,
} from '@causeway/core';

/** Changes of one writer, consecutive from `firstSeq`, to append as one atomic step. */
export interface AppendRequest {
  readonly document: DocumentId;
  readonly author: WriterRecord;
  readonly firstSeq: number;
  /** The writer's chain hash before the first change, and after the last: both are checked. */
  readonly previous: Uint8Array;
  readonly changes: readonly SealedChange[];
  readonly last: Uint8Array;
  /** Only if the log's last entry that is not a plain edit is at this position. */
  readonly ifNamedHead: number | undefined;
  /** It comes from whoever audits: only such a request may carry results and coordination entries. */
  readonly isPrimary: boolean;
}

/** What became of one request. All-or-nothing per request, but for changes already in the log. */
export type AppendResult =
  | {
      readonly type: 'appended';
      /** The new entries; empty when all of them were in the log before (a retry). */
      readonly entries: readonly LogEntry[];
      readonly head: LogHead;
    }
  | {
      readonly type: 'refused';
      readonly code:
        | 'moved'
        | 'gap'
        | 'fork'
        | 'duplicate-operation'
        | 'missing-dependency'
        | 'not-permitted'
        | 'malformed';
      readonly seq: number;
      readonly expected: number;
      readonly head: LogHead;
    };

/** Thrown by stores only. `retry`: the same call may succeed later. */
export class LogFailure extends Error {
  override readonly name = 'LogFailure';
  readonly code: 'disk-full' | 'not-writable' | 'corrupt' | 'failed' | 'closed';
  readonly retry: boolean;
  constructor(code: LogFailure['code'], message: string, o: { retry: boolean; cause?: unknown }) {
    super(message, { cause: o.cause });
    this.code = code;
    this.retry = o.retry;
  }
}

export interface WriterHead {
  readonly record: WriterRecord;
  readonly seq: number;
  readonly hash: Uint8Array;
}

export interface LogStore {
  readonly durability: 'memory' | 'fsync' | 'quorum';
  /** The head; for a document never written, an empty log under an id that stays its own. */
  head(document: DocumentId): Promise<LogHead>;
  /**
   * Appends all requests in order, in one durable step: resolved means synced to disk. Rejects with
   * LogFailure when nothing of it was kept.
   */
  append(requests: readonly AppendRequest[]): Promise<readonly AppendResult[]>;
  /** Entries after a position, in order, at most `bytesMax` of them (but one at least, if any). */
  read(
    document: DocumentId,
    o: { readonly after: number; readonly bytesMax: number },
  ): Promise<{ readonly entries: readonly LogEntry[]; readonly prefixHash: Uint8Array }>;
  /** The prefix hash at a position, or undefined beyond the head. */
  prefixHash(document: DocumentId, position: number): Promise<Uint8Array | undefined>;
  /** What is committed of these writers; those never seen are left out. */
  writers(document: DocumentId, ids: readonly WriterId[]): Promise<readonly WriterHead[]>;
  documents(): Promise<readonly DocumentId[]>;
  /** The newest audit checkpoint of a document, as the primary stored it. */
  checkpoint(document: DocumentId): Promise<Uint8Array | undefined>;
  saveCheckpoint(document: DocumentId, position: number, bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}
