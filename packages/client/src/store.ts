// The store port: what the client asks of the disk under it. IndexedDB in browsers, memory in tests.
// What every store must do is written down as test/contracts/store-contract.ts.
import type {
  DocumentId,
  LimitRow,
  QueuedChange,
  ReplicaId,
  RightsRow,
  StoreCommand,
  StoredDocument,
  StoredEffect,
  StoredEpisode,
  StoredIntent,
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

/** Keeps copies of what it is handed, hands out copies, and rejects with StoreFailure only. */
export interface ReplicaStore {
  readonly kind: 'indexeddb' | 'sqlite' | 'memory';
  readonly strength: Strength;
  /** Opens, creating the replica's identity at first (`fresh` is then kept). Bounded wait. */
  open(o: { readonly fresh: ReplicaId }): Promise<{ readonly replica: ReplicaId }>;
  /** Everything of one document that can be read, and what cannot; one transaction. */
  load(document: DocumentId): Promise<StoredDocument>;
  /**
   * Runs the commands of one document in order in one transaction: all or nothing. A refused
   * reservation is a result; the commands after it run.
   *
   * Told twice is told once: a change that is queued is not queued again, an intent that is kept is
   * left as it stands, entries and snapshots that do not continue what is kept are left out, as
   * another tab wrote them, or will.
   */
  commit(document: DocumentId, commands: readonly StoreCommand[]): Promise<readonly StoreResult[]>;
  /** What counts against stand-in limits now, over all tabs. */
  rows(document: DocumentId): Promise<readonly LimitRow[]>;
  /** Which numbers of its grants this device has used, over all tabs. */
  rights(document: DocumentId): Promise<readonly RightsRow[]>;
  /** What waits for the primary, of any tab, and what a living writer dropped; oldest first. */
  intents(document: DocumentId): Promise<readonly StoredIntent[]>;
  /** Queue entries saved after `order`, by any tab. */
  queueAfter(document: DocumentId, order: number): Promise<readonly QueuedChange[]>;
  /**
   * Releases what never became a change of writers that are not `alive`: their reservations are gone,
   * intents that they were handing over wait again, and those that they dropped are forgotten.
   */
  releaseDead(document: DocumentId, alive: ReadonlySet<WriterId>): Promise<void>;
  /** Documents of which something is committed, queued or waiting here, by id. */
  documents(): Promise<readonly { readonly id: DocumentId; readonly pending: number }[]>;
  /** Tells when other tabs changed a document's queue or intents. Returns unsubscribe. */
  onSibling(listener: (document: DocumentId) => void): () => void;
  /** Called when the database is taken away (closed, deleted, upgraded elsewhere). */
  onLost(listener: (failure: StoreFailure) => void): () => void;
  /** Finishes what was asked before; whatever is asked later fails as `closed`. */
  close(): Promise<void>;
  /** Closes, and deletes everything of every document; other tabs are told by `onLost`. */
  destroy(): Promise<void>;
}

function compare<T extends number | string>(a: T, b: T): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** The orders in which stores give lists back. */
export function compareRows(a: LimitRow, b: LimitRow): number {
  const limit = compare(a.invariant, b.invariant) || compare(a.key, b.key);
  return limit || compare(a.operation, b.operation);
}
export function compareEffects(a: StoredEffect, b: StoredEffect): number {
  return compare(a.operation, b.operation) || a.index - b.index;
}
export function compareEpisodes(a: StoredEpisode, b: StoredEpisode): number {
  return compare(a.beganWallMs, b.beganWallMs) || compare(a.id, b.id);
}

export function compareIntents(a: StoredIntent, b: StoredIntent): number {
  return compare(a.wallMs, b.wallMs) || compare(a.operation, b.operation);
}

const strictTypes: ReadonlySet<StoreCommand['type']> = new Set([
  'reserve',
  'mark-effect',
  'save-intent',
  'claim-intent',
  'drop-intent',
]);

/** Which commands are done only once they are on disk: those that anything outside stands on. */
export function waitsForDisk(command: StoreCommand): boolean {
  if (command.type === 'enqueue') return command.isStrict;
  if (command.type === 'commit') return command.effects.length > 0;
  return strictTypes.has(command.type);
}

/** What other tabs should hear of. */
export function concernsSiblings(command: StoreCommand): boolean {
  if (command.type === 'reserve') return command.rights !== undefined;
  return command.type === 'enqueue' || command.type.endsWith('-intent');
}

/** Nothing is asked of a store that was closed: its owner is gone. */
export function closedFailure(): StoreFailure {
  return new StoreFailure('closed', 'this store was closed: open another one', { retry: false });
}
