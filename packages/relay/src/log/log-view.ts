// What an admission asks of a document's log, whichever store keeps it.
import type { LogHead, OperationId, WriterId } from '@causeway/core';
import type { WriterHead } from './log-store.ts';

/** What a change is to its operation. An id has at most one of each. */
export type OperationRole = 'operation' | 'intent' | 'outcome';

/** One document as it is just before a request. Answers are synchronous and change nothing. */
export interface LogView {
  readonly head: LogHead;
  readonly writer: (id: WriterId) => WriterHead | undefined;
  /** The writer that a CRDT client id is bound to. */
  readonly clientOwner: (clientId: number) => WriterId | undefined;
  /** The chain hash of a committed change; answered for every sequence number up to the writer's. */
  readonly changeHash: (writer: WriterId, seq: number) => Uint8Array | undefined;
  readonly hasOperation: (id: OperationId, role: OperationRole) => boolean;
}
