// All that can happen to a replica of one document. Past tense: the world reports, nobody asks.
import type { Touch } from './app/document-type.ts';
import type { Bound } from './app/operation.ts';
import type { SealedChange, WriterRecord } from './causality/change.ts';
import type { LogHead } from './causality/log-entry.ts';
import type { OperationId, WriterId } from './identity.ts';
import type { ModeEvent } from './partition/mode.ts';
import type { QueuedChange, StoreResult } from './queue/stored.ts';

/** A committed change as it arrives: whole, or as a reference to one that this replica pushed. */
export type ArrivedItem =
  | {
      readonly type: 'change';
      readonly author: WriterRecord;
      readonly seq: number;
      readonly sealed: SealedChange;
    }
  | { readonly type: 'own'; readonly writer: WriterId; readonly seq: number };

export type ReplicaInput =
  | {
      readonly type: 'runRequested';
      /** Minted by the driver, 128 random bits. */
      readonly id: OperationId;
      readonly name: string;
      readonly args: unknown;
      readonly bound?: Bound;
    }
  /** An editor bound to the document changed it. */
  | {
      readonly type: 'editCaptured';
      readonly update: Uint8Array;
      readonly touched: readonly Touch[];
    }
  /** The page may go at any moment: seal what is still open. */
  | { readonly type: 'sealRequested' }
  /** The store finished the group of commands sent under this ticket. */
  | { readonly type: 'stored'; readonly ticket: number; readonly results: readonly StoreResult[] }
  | { readonly type: 'storeFailed'; readonly ticket: number; readonly code: string }
  /** Another tab of this replica saved changes. */
  | { readonly type: 'siblingsSaved'; readonly changes: readonly QueuedChange[] }
  | {
      readonly type: 'linkOpened';
      readonly hasPrimary: boolean;
      readonly changeBytesMax: number;
    }
  | { readonly type: 'linkClosed' }
  | {
      readonly type: 'subscribed';
      readonly head: LogHead;
      readonly relation: 'resumed' | 'new-log' | 'behind' | 'diverged';
      readonly vector: readonly (readonly [WriterId, number])[];
    }
  | {
      readonly type: 'entriesReceived';
      readonly from: number;
      readonly items: readonly ArrivedItem[];
      readonly prefixHash: Uint8Array;
    }
  | {
      readonly type: 'pushRefused';
      readonly writer: WriterId;
      readonly seq: number;
      readonly code: string;
      readonly expected: number;
    }
  /** What the link learned, or a person decided. */
  | { readonly type: 'modeEventHappened'; readonly event: Exclude<ModeEvent, 'caught-up'> }
  /** The application answered for a device effect. */
  | {
      readonly type: 'effectAnswered';
      readonly operation: OperationId;
      readonly index: number;
      readonly result: 'done' | 'failed';
    }
  | { readonly type: 'clockAdvanced' };
