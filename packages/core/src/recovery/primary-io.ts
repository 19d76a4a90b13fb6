// All that can happen to the primary of one document, and all it may ask of the world.
import type { SealedChange } from '../causality/change.ts';
import type { LogEntry } from '../causality/log-entry.ts';

export type PrimaryInput =
  /** Consecutive committed entries, own ones included, in commit order. */
  | { readonly type: 'entriesCommitted'; readonly entries: readonly LogEntry[] }
  /** The last append was refused. `moved`: named entries came first; they follow as entries. */
  | { readonly type: 'appendRefused'; readonly code: string }
  /** The link to the relay was replaced: unanswered appends are gone; entries come again. */
  | { readonly type: 'linkReplaced' }
  | { readonly type: 'clockAdvanced' };

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
  /** Send `clockAdvanced` at or after this time; a later wish replaces an earlier one. */
  | { readonly type: 'wakeAt'; readonly monotonicMs: number };
