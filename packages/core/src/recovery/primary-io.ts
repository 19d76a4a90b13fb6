// All that can happen to the primary of one document, and all it may ask of the world.
import type { Case } from '../app/compensation.ts';
import type { SealedChange } from '../causality/change.ts';
import type { LogEntry } from '../causality/log-entry.ts';
import type { EffectId, OperationId } from '../identity.ts';

export type PrimaryInput =
  /**
   * Consecutive committed entries, own ones included, in commit order. `isMore`: others are known to
   * follow. What it would say now they may say already, and its append would be refused as `moved`.
   */
  | {
      readonly type: 'entriesCommitted';
      readonly entries: readonly LogEntry[];
      readonly isMore?: boolean;
    }
  /** The last append was refused. `moved`: named entries came first; they follow as entries. */
  | { readonly type: 'appendRefused'; readonly code: string }
  /** The link to the relay was replaced: unanswered appends are gone; entries come again. */
  | { readonly type: 'linkReplaced' }
  | { readonly type: 'clockAdvanced' }
  /**
   * A handler answered the call with this token: what it gave back, of whatever kind, or why it
   * failed (it threw, or took too long). One that comes too late, or again, changes nothing.
   */
  | ({
      readonly type: 'handlerAnswered';
      readonly effect: EffectId;
      readonly token: string;
    } & ({ readonly receipt: unknown } | { readonly failure: string }));

export type PrimaryEffect =
  /** Append as one step, if the last named entry is at `ifNamedHead`. */
  | {
      readonly type: 'append';
      readonly firstSeq: number;
      readonly previous: Uint8Array;
      readonly changes: readonly SealedChange[];
      readonly last: Uint8Array;
      readonly ifNamedHead: number;
    }
  /** Its claim is durable: act, within the time, and say what became of it. `effect` is the key. */
  | {
      readonly type: 'callHandler';
      readonly effect: EffectId;
      readonly name: string;
      readonly payload: unknown;
      readonly attempt: number;
      readonly operation: OperationId;
      readonly token: string;
      readonly withinMs: number;
    }
  /** This primary gave a case to people: once per case, and never where it dies right then. */
  | { readonly type: 'tellEscalation'; readonly found: Case }
  /** Send `clockAdvanced` at or after this time; a later wish replaces an earlier one. */
  | { readonly type: 'wakeAt'; readonly monotonicMs: number };
