// What a client keeps on its device, and the commands by which it changes: one list of commands is
// one transaction, so a change, its queue entry, its spend and its effects are kept or lost together.
import type { Change } from '../causality/change.ts';
import type { LogEntry, LogHead } from '../causality/log-entry.ts';
import type { DocumentId, OperationId, WriterId } from '../identity.ts';

/** An uncommitted change of this replica. `order`: the device's save order, given by the store. */
export interface QueuedChange {
  readonly order: number;
  readonly change: Change;
}

/**
 * What one operation takes of (or, negative, gives back to) a stand-in limit. Rows are the limit:
 * their sum per key is what is used, and confirmation deletes them.
 */
export interface LimitRow {
  readonly invariant: string;
  readonly key: string;
  readonly operation: OperationId;
  readonly amount: number;
  readonly writer: WriterId;
  /** `reserved`: no change yet; released if its writer died. */
  readonly state: 'reserved' | 'spent';
}

/** One act outside, durable before it happens. */
export interface StoredEffect {
  readonly operation: OperationId;
  readonly index: number;
  readonly name: string;
  readonly payload: unknown;
  /** `released`: handed to the application; `unknown`: a crash came before its answer. */
  readonly state: 'recorded' | 'released' | 'done' | 'unknown';
}

/** One stay in partition mode. */
export interface StoredEpisode {
  readonly id: string;
  readonly beganWallMs: number;
  readonly why: string;
  readonly operations: readonly OperationId[];
  readonly endedWallMs: number | undefined;
}

export type StoreCommand =
  /** Refused as a whole when a row with a `max` would pass it. */
  | {
      readonly type: 'reserve';
      readonly rows: readonly (LimitRow & { readonly max: number | undefined })[];
    }
  | { readonly type: 'release'; readonly operation: OperationId }
  /** Appends to the queue; reserved rows of its operation become spent. `isStrict`: wait for disk. */
  | {
      readonly type: 'enqueue';
      readonly change: Change;
      readonly effects: readonly StoredEffect[];
      readonly isStrict: boolean;
    }
  /** Moves committed changes from the queue to the log tail and drops rows that are confirmed. */
  | {
      readonly type: 'commit';
      readonly entries: readonly LogEntry[];
      readonly head: LogHead;
      readonly dequeued: readonly { readonly writer: WriterId; readonly seq: number }[];
      readonly settled: readonly OperationId[];
    }
  /** With `from`: only if it stands there now, so that of two tabs one alone performs the act. */
  | {
      readonly type: 'mark-effect';
      readonly effect: StoredEffect;
      readonly from?: StoredEffect['state'];
    }
  | { readonly type: 'save-episode'; readonly episode: StoredEpisode }
  /** The committed prefix at `position` as one value; the tail up to there goes. */
  | { readonly type: 'snapshot'; readonly position: number; readonly bytes: Uint8Array };

export type StoreResult =
  | { readonly type: 'done' }
  /** The effect stood elsewhere: another tab has taken it. */
  | { readonly type: 'effect-taken' }
  | {
      readonly type: 'limit-refused';
      readonly invariant: string;
      readonly key: string;
      readonly remaining: number;
    };

/** A record that cannot be read back: what is left without it is loaded all the same. */
export interface DamagedRecord {
  readonly store: 'heads' | 'snapshots' | 'tail' | 'queue' | 'limits' | 'effects' | 'episodes';
  /** Where it lies, and what that means: for people. */
  readonly key: string;
  readonly what: string;
  /** In the queue: the own change that is lost here. Later ones of its writer cannot be sent. */
  readonly change?: { readonly writer: WriterId; readonly seq: number };
  /** In limits and effects: whose. */
  readonly operation?: OperationId;
}

/** All of one document on this device, as read at opening. Tail entries follow the snapshot. */
export interface StoredDocument {
  readonly document: DocumentId;
  readonly head: LogHead | undefined;
  readonly snapshot: { readonly position: number; readonly bytes: Uint8Array } | undefined;
  readonly tail: readonly LogEntry[];
  readonly queue: readonly QueuedChange[];
  readonly rows: readonly LimitRow[];
  readonly effects: readonly StoredEffect[];
  readonly episodes: readonly StoredEpisode[];
  /** What the lists above lack, or hold only as `unknown`. Absent means nothing. */
  readonly damaged?: readonly DamagedRecord[];
}
