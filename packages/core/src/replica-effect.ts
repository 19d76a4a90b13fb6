// All that a replica may ask of the world. Imperative; one ordered list per step.
import type { Bug } from './assert.ts';
import type { SealedChange, WriterRecord } from './causality/change.ts';
import type { LogId, WriterId } from './identity.ts';
import type { StoreCommand, StoredEffect } from './queue/stored.ts';

export type ReplicaEffect =
  /** One transaction; answer with `stored` or `storeFailed` under this ticket. Never two at once. */
  | { readonly type: 'store'; readonly ticket: number; readonly commands: readonly StoreCommand[] }
  | {
      readonly type: 'subscribe';
      readonly known:
        | {
            readonly log: LogId;
            readonly epoch: number;
            readonly position: number;
            readonly prefixHash: Uint8Array;
          }
        | undefined;
      readonly vector: readonly (readonly [WriterId, number])[];
    }
  | {
      readonly type: 'push';
      readonly author: WriterRecord;
      readonly firstSeq: number;
      readonly previous: Uint8Array;
      readonly changes: readonly SealedChange[];
      readonly last: Uint8Array;
    }
  /** Hand a device effect to the application; answer with `effectAnswered`. */
  | { readonly type: 'performEffect'; readonly effect: StoredEffect }
  /** Misuse in the application's own code: throw it to whoever called. The step itself is whole. */
  | { readonly type: 'raiseBug'; readonly bug: Bug }
  /** The relay's bytes break its own promises: drop the link. */
  | { readonly type: 'dropLink'; readonly why: string }
  /** Send `clockAdvanced` at or after this time; a later wish replaces an earlier one. */
  | { readonly type: 'wakeAt'; readonly monotonicMs: number };
