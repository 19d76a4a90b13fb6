// What a client keeps on its device, and the commands by which it changes: one list of commands is
// one transaction, so a change, its queue entry, its spend and its effects are kept or lost together.
import type { Change } from '../causality/change.ts';
import type { LogEntry, LogHead } from '../causality/log-entry.ts';
import type { SpentRow } from '../escrow/grant.ts';
import type { HeldGrant, HeldRow } from '../escrow/holder.ts';
import type { DocumentId, GrantId, OperationId, WriterId } from '../identity.ts';
import type { StoredIntent } from '../intents/intent.ts';

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

/** Numbers of a grant that an operation of this device took: never given out again while it is held. */
export interface RightsRow extends HeldRow {
  readonly operation: OperationId;
  readonly writer: WriterId;
}

/** What an operation needs of one key: the grants that this device holds on it, oldest first. */
export interface RightsAsked {
  readonly invariant: string;
  readonly root: string;
  readonly key: string;
  readonly amount: number;
  readonly grants: readonly HeldGrant[];
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
  /** What came together when the line was back; absent until something did. */
  readonly merged?: MergedEntries;
}

/** A named entry that was committed while an episode lasted, or in its recovery. */
export interface MergedOperation {
  readonly position: number;
  readonly id: OperationId;
  readonly name: string;
  readonly kind: 'operation' | 'intent' | 'result' | 'cancelled';
  /** Made by this replica. */
  readonly isOwn: boolean;
}

/** The entries that an episode brought together, in commit order. */
export interface MergedEntries {
  /** The position after which they begin, and up to which they were counted. */
  readonly after: number;
  readonly upTo: number;
  /** Changes of this replica, and of everybody else: edits and named ones. */
  readonly own: number;
  readonly others: number;
  /** Entries that came inside a snapshot, which does not say whose they are; absent while there are none. */
  readonly unread?: number;
  readonly order: readonly MergedOperation[];
  /** Named entries beyond what one episode keeps: counted above, not listed. */
  readonly unlisted: number;
}

export type StoreCommand =
  /** Refused as a whole when a row with a `max` would pass it, or rights do not suffice. */
  | {
      readonly type: 'reserve';
      readonly rows: readonly (LimitRow & { readonly max: number | undefined })[];
      readonly rights?: {
        readonly operation: OperationId;
        readonly writer: WriterId;
        readonly asked: readonly RightsAsked[];
      };
    }
  | { readonly type: 'release'; readonly operation: OperationId }
  /** These grants are closed: nobody takes from them any more. */
  | { readonly type: 'forget-grants'; readonly grants: readonly GrantId[] }
  /**
   * Appends to the queue; reserved rows of its operation become spent, and its intent is no longer
   * kept. `isStrict`: wait for disk.
   */
  | {
      readonly type: 'enqueue';
      readonly change: Change;
      readonly effects: readonly StoredEffect[];
      readonly isStrict: boolean;
    }
  /** One that is kept under its operation already stays as it stands. */
  | { readonly type: 'save-intent'; readonly intent: StoredIntent }
  /** Its writer is about to make a change of it. Only while it waits: else `intent-taken`. */
  | { readonly type: 'claim-intent'; readonly operation: OperationId; readonly writer: WriterId }
  /** Only while it waits: else `intent-taken`. */
  | { readonly type: 'drop-intent'; readonly operation: OperationId }
  /**
   * Moves committed changes from the queue to the log tail, drops rows that are confirmed, and keeps
   * the effects of results, each unless it is known here already.
   */
  | {
      readonly type: 'commit';
      readonly entries: readonly LogEntry[];
      readonly head: LogHead;
      readonly dequeued: readonly { readonly writer: WriterId; readonly seq: number }[];
      readonly settled: readonly OperationId[];
      readonly effects: readonly StoredEffect[];
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
  /** The numbers that were taken. */
  | { readonly type: 'rights-reserved'; readonly rows: readonly SpentRow[] }
  /** The effect stood elsewhere: another tab has taken it. */
  | { readonly type: 'effect-taken' }
  /** Another tab has handed it over or dropped it. */
  | { readonly type: 'intent-taken' }
  | {
      readonly type: 'rights-refused';
      readonly invariant: string;
      readonly key: string;
      readonly remaining: number;
    }
  | {
      readonly type: 'limit-refused';
      readonly invariant: string;
      readonly key: string;
      readonly remaining: number;
    };

/** A record that cannot be read back: what is left without it is loaded all the same. */
export interface DamagedRecord {
  readonly store:
    | 'heads'
    | 'snapshots'
    | 'tail'
    | 'queue'
    | 'limits'
    | 'effects'
    | 'episodes'
    | 'intents'
    | 'rights';
  /** Where it lies, and what that means: for people. */
  readonly key: string;
  readonly what: string;
  /** In the queue: the own change that is lost here. Later ones of its writer cannot be sent. */
  readonly change?: { readonly writer: WriterId; readonly seq: number };
  /** In limits, effects and intents: whose. */
  readonly operation?: OperationId;
}

/** True for records that the log gives again. */
export function isFromLog({ store }: DamagedRecord): boolean {
  return store === 'heads' || store === 'snapshots' || store === 'tail';
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
  readonly intents: readonly StoredIntent[];
  readonly rights: readonly RightsRow[];
  /** What the lists above lack, or hold only as `unknown`. Absent means nothing. */
  readonly damaged?: readonly DamagedRecord[];
}
