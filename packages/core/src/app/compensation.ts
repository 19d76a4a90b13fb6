// How a broken rule is mended: restore the state, then amend what had left the system. Once.
import type { CaseId, OperationId, ViolationId } from '../identity.ts';
import type { Effects, Recorded, RunContext, Schemas } from './operation.ts';

/** One commit that made an invariant worse. */
export interface Violation<S extends Schemas = Schemas> {
  readonly id: ViolationId;
  /** Deficit before and after the commit. */
  readonly from: number;
  readonly to: number;
  /** `local`: the author's own view should have refused it. */
  readonly fault: 'concurrent' | 'local';
  /** Committed last: made it worse. */
  readonly trigger: Recorded<S>;
  /** Who explains it, trigger included: all concurrent writers of the key. */
  readonly participants: readonly Recorded<S>[];
}

export const caseStates = [
  'open',
  'settling',
  'claimed',
  'compensated',
  'healed',
  'waived',
  'escalated',
  'resolved',
  'superseded',
] as const;
export type CaseState = (typeof caseStates)[number];

/** The violations of one (invariant, key) from deficit 0 back to 0: what people see. */
export interface Case<S extends Schemas = Schemas, I extends string = string> {
  readonly id: CaseId;
  readonly invariant: I;
  readonly key: string;
  /** The deficit now. */
  readonly deficit: number;
  readonly violations: readonly Violation<S>[];
  readonly participants: readonly Recorded<S>[];
  /** Operations built on it since: left as they are. */
  readonly affected: readonly Recorded<S>[];
  readonly state: CaseState;
  /** The operation that compensated it. */
  readonly compensation?: OperationId;
}

export interface Compensation<R, E extends Effects, S extends Schemas, I extends string> {
  /** When to act: at once, or after settling, if it still fails then. Default `final`. */
  readonly on?: 'commit' | 'final';
  /** How long a case settles, in ms of the primary's clock. Default 60,000. */
  readonly settleMs?: number;
  /** It healed by itself: still mend what was externalised? Default `forgive`. */
  readonly whenHealed?: 'amend' | 'forgive';
  /** Brings the deficit to 0, by keyed writes. Runs at the primary, on the audited state. */
  readonly restore: (doc: R, found: Case<S, I>, op: RunContext<E>) => void;
  /** What is owed for what was externalised: fee, apology, refund. */
  readonly amend?: (doc: R, found: Case<S, I>, op: RunContext<E>) => void;
}
