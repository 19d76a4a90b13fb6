// The store port: what the client asks of the disk under it. IndexedDB in browsers, memory in tests.
import type {
  DocumentId,
  LimitRow,
  QueuedChange,
  ReplicaId,
  StoreCommand,
  StoredDocument,
  StoreResult,
  Strength,
  WriterId,
} from '@causeway/core';

/** Thrown by stores only; enters the machines as an input. `code` says what to do (docs/ERRORS.md). */
export class StoreFailure extends Error {
  override readonly name = 'StoreFailure';
  readonly code: 'quota-exceeded' | 'blocked' | 'corrupt' | 'closed' | 'unavailable' | 'failed';
  readonly retry: boolean;
  constructor(code: StoreFailure['code'], message: string, o: { retry: boolean; cause?: unknown }) {
    super(message, { cause: o.cause });
    this.code = code;
    this.retry = o.retry;
  }
}

export interface ReplicaStore {
  readonly kind: 'indexeddb' | 'sqlite' | 'memory';
  readonly strength: Strength;
  /** Opens, creating the replica's identity at first (`fresh` is then kept). Bounded wait. */
  open(o: { readonly fresh: ReplicaId }): Promise<{ readonly replica: ReplicaId }>;
  /** Everything of one document; one transaction. */
  load(document: DocumentId): Promise<StoredDocument>;
  /** Runs the commands of one document in order in one transaction: all or nothing. */
  commit(document: DocumentId, commands: readonly StoreCommand[]): Promise<readonly StoreResult[]>;
  /** What counts against stand-in limits now, over all tabs. */
  rows(document: DocumentId): Promise<readonly LimitRow[]>;
  /** Queue entries saved after `order`, by any tab. */
  queueAfter(document: DocumentId, order: number): Promise<readonly QueuedChange[]>;
  /** Releases reservations that never became a change, of writers that are not `alive`. */
  releaseDead(document: DocumentId, alive: ReadonlySet<WriterId>): Promise<void>;
  documents(): Promise<readonly { readonly id: DocumentId; readonly pending: number }[]>;
  /** Tells when other tabs saved something to a document's queue. Returns unsubscribe. */
  onSibling(listener: (document: DocumentId) => void): () => void;
  /** Called when the browser takes the database away (closed, deleted, upgraded elsewhere). */
  onLost(listener: (failure: StoreFailure) => void): () => void;
  close(): Promise<void>;
  destroy(): Promise<void>;
}
