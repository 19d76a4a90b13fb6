// What coordination entries say of sagas.
// @see docs/adr/0012-sagas.md
import type { SagaState } from '../app/saga.ts';
import type { Json } from '../bytes/canonical-json.ts';
import type { OperationId, ReplicaId } from '../identity.ts';
import type { Mode, PrimaryRefusal } from '../outcome.ts';
import type { OperationSummary } from './operation-summary.ts';

/** To do a step, or to undo it. */
export type SagaDeed = 'do' | 'undo';
/** A saga began: what the primary needs to go on with it, whoever is the primary then. */
export interface SagaFact {
  readonly fact: 'saga';
  /** The operation id of the request that asked for it. */
  readonly saga: OperationId;
  readonly name: string;
  readonly args: Json;
  /** Of the application that began it. */
  readonly version: number;
  /** How many steps there are. */
  readonly total: number;
  /** Names exactly these steps: whoever finds others must not go on with them. */
  readonly plan: string;
  readonly replica: ReplicaId;
  readonly user: string;
  readonly mode: Mode;
  readonly wallMs: number;
}
/** A step was done or undone: its result is in the log right before this. Steps count from 1. */
export interface SagaStepFact {
  readonly fact: 'saga-step';
  readonly saga: OperationId;
  readonly step: number;
  readonly deed: SagaDeed;
  /** Of an undone step: what others did with it meanwhile, and is left as it is. */
  readonly affected?: readonly OperationSummary[];
}
/** A step could not be done, or undone, this time. */
export interface SagaFailedFact {
  readonly fact: 'saga-failed';
  readonly saga: OperationId;
  readonly step: number;
  readonly deed: SagaDeed;
  readonly code: PrimaryRefusal;
  readonly reason: string;
  readonly invariant?: string;
  readonly key?: string;
}
/** It turned back, or came to one of its ends. */
export interface SagaMovedFact {
  readonly fact: 'saga-moved';
  readonly saga: OperationId;
  readonly state: SagaState;
  /** Why it turned back or is stuck: at which step, if it is one's fault, and for what. */
  readonly step?: number;
  readonly reason?: string;
}
/** What is said of sagas. */
export type SagasFact = SagaFact | SagaStepFact | SagaFailedFact | SagaMovedFact;
