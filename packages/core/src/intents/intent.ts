// An intent: a named operation that waits. Name and arguments only; the primary runs it, once, on the
// state of then. @see Bayou (SOSP 1995), tentative writes; docs/ARCHITECTURE.md, §3, "Intents".
import type { Json } from '../bytes/canonical-json.ts';
import type { Decision } from '../causality/change.ts';
import type { CaseId, OperationId, WriterId } from '../identity.ts';

/** An intent as a device keeps it, for as long as it has not been handed to a link. */
export interface StoredIntent {
  readonly operation: OperationId;
  readonly name: string;
  readonly args: Json;
  readonly subjects: readonly string[];
  /** Whose code is to run it; absent in what earlier engines kept: that of whoever hands it over. */
  readonly codeVersion?: number | undefined;
  /** The author's clock, Unix ms. */
  readonly wallMs: number;
  readonly decision: Decision;
  /** By the author's clock: not handed over any more from then on. */
  readonly expiresWallMs: number | undefined;
  /** Handed over only after these were confirmed, and refused with them. */
  readonly dependsOn: readonly OperationId[];
  readonly dedupKey?: string;
  /** The one writer that may hand it over. */
  readonly writer: WriterId;
  /**
   * `submitting`: it may have become a change; only its own writer goes on. `dropped`: kept until its
   * writer's end, so that other tabs can tell it from one that was handed over.
   */
  readonly state: 'waiting' | 'submitting' | 'dropped';
}

/** Where an intent of this replica is. */
export type IntentStage =
  /** On its way to this device's disk. */
  | 'saving'
  /** On this device, and nowhere else. */
  | 'waiting'
  /** Being taken off this device's disk: nobody wants it any more. */
  | 'dropping'
  /** Being made a change of. */
  | 'submitting'
  /** A change in the queue, or in the log: the primary answers. */
  | 'submitted';

/** What the engine itself asks of the primary: intents, too, so that they are durable and once. */
export const engineRequests = {
  cancel: 'causeway.cancel',
  reserve: 'causeway.reserve',
  release: 'causeway.release',
  rights: 'causeway.rights',
  giveBack: 'causeway.give-back',
  read: 'causeway.read',
  choose: 'causeway.choose',
  waive: 'causeway.waive',
  claim: 'causeway.claim',
  startSaga: 'causeway.start-saga',
  abortSaga: 'causeway.abort-saga',
} as const;

/** What a person decides of a case. `round`: which of its questions; `token`: of an own claim. */
export type CaseAnswer =
  | {
      readonly what: 'choose';
      readonly case: CaseId;
      readonly round: number;
      readonly label: string;
      readonly token?: number;
    }
  | {
      readonly what: 'waive';
      readonly case: CaseId;
      readonly round: number;
      readonly reason: string;
      readonly token?: number;
    }
  | { readonly what: 'claim'; readonly case: CaseId; readonly leaseMs?: number };

/** No operation of an application is named like this. */
export function isEngineRequest(name: string): boolean {
  return name.startsWith('causeway.');
}

/** Each writer asks once: two tabs must not make two changes under one id. */
export function cancellationId(writer: WriterId, operation: OperationId): OperationId {
  return `x:${writer}:${operation}` as OperationId;
}
