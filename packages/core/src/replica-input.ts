// All that can happen to a replica of one document. Past tense: the world reports, nobody asks.
import type { Touch } from './app/document-type.ts';
import type { Bound } from './app/operation.ts';
import type { Share } from './app/policy-table.ts';
import type { SealedChange, WriterRecord } from './causality/change.ts';
import type { LogHead } from './causality/log-entry.ts';
import type { OperationId, WriterId } from './identity.ts';
import type { CaseAnswer, StoredIntent } from './intents/intent.ts';
import type { ModeEvent } from './partition/mode.ts';
import type { QueuedChange, RightsRow, StoreResult } from './queue/stored.ts';

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
      /** Of an intent: not handed over any more after so long, by this device's clock. */
      readonly expiresInMs?: number;
      /** Handed over after these were confirmed, and refused with them. */
      readonly dependsOn?: readonly OperationId[];
      /** What the person meant once, wherever it is submitted. */
      readonly dedupKey?: string;
    }
  /** The engine's own request to the primary, as a person's act makes one. */
  | {
      readonly type: 'primaryAsked';
      readonly id: OperationId;
      readonly asked:
        | { readonly what: 'reserve'; readonly key: string; readonly share: Share }
        | { readonly what: 'release'; readonly key: string }
        /** Everything committed by now, and audited, is here once it is answered. */
        | { readonly what: 'read' }
        | CaseAnswer;
      /** Without it the request waits for as long as it takes. */
      readonly bound?: Bound;
    }
  /** A person starts a saga. */
  | {
      readonly type: 'sagaRequested';
      readonly id: OperationId;
      readonly name: string;
      readonly args: unknown;
      readonly expiresInMs?: number;
      readonly dependsOn?: readonly OperationId[];
    }
  /** A person wants a saga undone; `id` is that of this wish. */
  | { readonly type: 'sagaAborted'; readonly id: OperationId; readonly saga: OperationId }
  /** A person wants an intent no more. */
  | { readonly type: 'cancelRequested'; readonly operation: OperationId }
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
  /** Another tab of this replica saved something; `alive`: the writers that live now. */
  | {
      readonly type: 'siblingsSaved';
      readonly changes: readonly QueuedChange[];
      readonly intents: readonly StoredIntent[];
      readonly rights: readonly RightsRow[];
      readonly alive: ReadonlySet<WriterId>;
    }
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
