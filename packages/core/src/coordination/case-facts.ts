// What coordination entries say of rules: which commit broke one, or could have, and how its case goes on.
import type { CaseState } from '../app/case-state.ts';
import type { CaseId, OperationId, ViolationId } from '../identity.ts';
import type { CasePeople, CaseResolution } from './case-question.ts';
import type { OperationSummary } from './operation-summary.ts';

/** One commit that made an invariant worse; opens the case when it is its first. */
export interface ViolationFact {
  readonly fact: 'violation';
  readonly id: ViolationId;
  readonly case: CaseId;
  readonly invariant: string;
  /** Of the invariant; absent: 1. */
  readonly version?: number;
  readonly key: string;
  readonly from: number;
  readonly to: number;
  readonly fault: 'concurrent' | 'local';
  /** Absent: `commit`. A fold says `final` once its case had settled and was broken still. */
  readonly class?: 'commit' | 'final';
  readonly trigger: OperationSummary;
  /** Who explains it, trigger included. */
  readonly participants: readonly OperationSummary[];
  /** `minimal`: without any of them it would not have become worse. Absent: `all-writers`. */
  readonly explained?: 'minimal' | 'all-writers';
  /** Compensations that a minimal explanation stands on. */
  readonly mendings?: readonly OperationId[];
  readonly position: number;
}
/**
 * A commit that made nothing worse, and could have: a state that somebody could have seen shows it. It
 * opens no case.
 */
export interface PossibleFact {
  readonly fact: 'possible';
  readonly class: 'possible';
  readonly id: ViolationId;
  readonly invariant: string;
  readonly key: string;
  /** The deficit in that state without the trigger, and with it. */
  readonly from: number;
  readonly to: number;
  readonly fault: 'concurrent' | 'local';
  readonly trigger: OperationSummary;
  /** What is in that state and explains it, trigger included. */
  readonly participants: readonly OperationSummary[];
  readonly explained: 'minimal';
  readonly mendings?: readonly OperationId[];
  readonly position: number;
}
/** Whether a commit could have made a rule worse is not known, and will not be. */
export interface PossibleUnknownFact {
  readonly fact: 'possible-unknown';
  readonly invariant: string;
  readonly key: string;
  readonly operation: OperationId;
  /** Too many states to look at, or its author's view is older than what the primary keeps. */
  readonly why: 'too-many' | 'too-old';
  readonly position: number;
}
/** A case moved on. `compensation`: the operation id that mended it. */
export interface CaseFact extends Omit<CasePeople, 'resolutions'> {
  readonly fact: 'case';
  readonly id: CaseId;
  readonly state: CaseState;
  readonly deficit: number;
  /** It was broken still when it had settled. */
  readonly isFinal?: true;
  readonly compensation?: OperationId;
  /** `escalated`: why people must decide, where the engine itself gave up. */
  readonly reason?: string;
  /** What was built on it since, and is left as it is. */
  readonly affected?: readonly OperationSummary[];
  /** A choice that ran right before this. */
  readonly resolution?: CaseResolution;
}
