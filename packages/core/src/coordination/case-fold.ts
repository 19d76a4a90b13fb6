// How one case stands after each fact about it. A closed case never opens again: it happens once.
import type { CaseState } from '../app/case-state.ts';
import type { CaseId, OperationId } from '../identity.ts';
import type { CaseFact, ViolationFact } from './case-facts.ts';
import type { CasePeople } from './case-question.ts';
import type { OperationSummary } from './operation-summary.ts';

/** A case as the log tells it, operations by id. */
export interface CaseRecord extends CasePeople {
  readonly id: CaseId;
  readonly invariant: string;
  readonly key: string;
  readonly deficit: number;
  readonly state: CaseState;
  readonly violations: readonly ViolationFact[];
  readonly compensation?: OperationId;
  /** `escalated`: why the engine itself left it to people. */
  readonly reason?: string;
  readonly affected: readonly OperationSummary[];
}

/** True for the states that a case cannot leave. */
export function isClosed(state: CaseState): boolean {
  return state !== 'open' && state !== 'settling' && state !== 'claimed' && state !== 'escalated';
}

/** True where people are asked, whether or not somebody works on it. */
export function isAsked(state: CaseState): boolean {
  return state === 'escalated' || state === 'claimed';
}

/** Undefined where nothing changes: it is known, or the case is over. */
export function caseAfterViolation(
  found: CaseRecord | undefined,
  fact: ViolationFact,
): CaseRecord | undefined {
  if (found?.violations.some((violation) => violation.id === fact.id)) return undefined;
  const first = {
    ...{ id: fact.case, invariant: fact.invariant, key: fact.key },
    ...({ state: 'open', affected: [] } as const),
  };
  const violations = [...(found?.violations ?? []), fact];
  return { ...first, ...found, deficit: fact.to, violations };
}

/** The case, settled and broken still. */
export function withFinal<C extends Pick<CaseRecord, 'violations'>>(found: C): C {
  return { ...found, violations: found.violations.map((one) => ({ ...one, class: 'final' })) };
}

/** Undefined where nothing changes. */
export function caseAfterFact(
  found: CaseRecord | undefined,
  fact: CaseFact,
): CaseRecord | undefined {
  if (!found || isClosed(found.state)) return undefined;
  const { fact: _, id: __, resolution, isFinal, ...told } = fact;
  const { claim: ___, settlesAtMs: ____, ...known } = found; // They hold for their state only.
  const kept = isFinal ? withFinal(known) : known;
  const resolutions = resolution && [...(found.resolutions ?? []), resolution];
  return { ...kept, ...told, ...(resolutions && { resolutions }) };
}
