// A new version of an invariant means something else: open cases of the old one end, and their keys are
// judged anew. What was audited under another version is not found again.
// docs/adr/0015-cases-and-people.md

import type { ViolationFact } from '../coordination/case-facts.ts';
import type { CaseRecord } from '../coordination/case-fold.ts';
import { isClosed } from '../coordination/case-fold.ts';
import type { Fact } from '../coordination/facts.ts';
import type { OperationSummary } from '../coordination/operation-summary.ts';
import type { OperationId } from '../identity.ts';
import type { Moment } from '../moment.ts';
import { caseId, violationId } from './case.ts';
import type { CaseWork, Due, PrimaryState } from './primary-state.ts';
import { keyName } from './primary-state.ts';
import { deficitOf } from './rules.ts';
import { factsChange } from './seal-results.ts';

/** All open cases of versions that hold no more, in one append. Cost: O(open cases). */
export function nextSuperseding(state: PrimaryState): Due {
  const facts = [...state.fold.casesById.values()]
    .filter((record) => !isClosed(record.state) && isOfOtherVersion(state, record))
    .flatMap((record) => supersede(state, record));
  if (facts.length === 0) return { waitUntilMs: Number.POSITIVE_INFINITY };
  return { changes: [factsChange(state, facts)] };
}

/** An invariant that is not declared any more has none. */
function versionOf({ definition }: PrimaryState, invariant: string): number | undefined {
  const declared = definition.invariants[invariant];
  return declared && (declared.version ?? 1);
}

function isOfOtherVersion(state: PrimaryState, { invariant, violations }: CaseRecord): boolean {
  return (violations[0]?.version ?? 1) !== versionOf(state, invariant);
}

function supersede(state: PrimaryState, record: CaseRecord): readonly Fact[] {
  const { id, invariant, key } = record;
  const deficit = deficitOf(state, invariant, key);
  const next = deficit > 0 ? violationAnew(state, record, deficit) : undefined;
  const over: Fact = {
    ...{ fact: 'case', id, state: 'superseded', deficit },
    ...(next && { supersededBy: next.case }),
  };
  return next ? [over, next] : [over];
}

/** Whoever made it worse last is the trigger: everyone finds the same one. */
function violationAnew(
  state: PrimaryState,
  { invariant, key, violations }: CaseRecord,
  deficit: number,
): ViolationFact | undefined {
  const last = violations.at(-1);
  const version = versionOf(state, invariant);
  if (!last || version === undefined) return undefined;
  const { trigger } = last;
  const byId = new Map<OperationId, OperationSummary>();
  for (const one of violations.flatMap(({ participants }) => participants)) byId.set(one.id, one);
  byId.delete(trigger.id);
  const named = { document: state.id, invariant, version, key, trigger: trigger.id };
  return {
    ...last,
    id: violationId(state.hash, named),
    case: caseId(state.hash, named),
    ...{ version, from: 0, to: deficit },
    fault: byId.size > 0 ? 'concurrent' : 'local',
    participants: [...byId.values(), trigger],
  };
}

/** The log says which case a violation belongs to; what was found here goes by that name. */
export function followViolation(state: PrimaryState, fact: ViolationFact, moment: Moment): void {
  const { invariant, key, trigger } = fact;
  const all = [...state.cases.values(), ...state.healed];
  const found = all.find(
    (work) =>
      work.invariant === invariant &&
      work.key === key &&
      work.triggers.some(({ id }) => id === trigger.id),
  );
  if (found) {
    found.id = fact.case;
    return;
  }
  const name = keyName(invariant, key);
  const deficit = deficitOf(state, invariant, key);
  if (deficit === 0 || state.cases.has(name)) return;
  state.cases.set(name, {
    ...{ id: fact.case, invariant, key, deficit, openedMs: moment.monotonicMs },
    ...{ affected: [], triggers: [trigger], isEscalated: false },
  });
}

/** Found by today's rules where yesterday's audit found nothing: the log has no such case. */
export function forgetUntold(state: PrimaryState): void {
  const { auditedTo, casesById } = state.fold;
  const isUntold = ({ id, triggers }: CaseWork): boolean =>
    !casesById.has(id) && triggers.every(({ position }) => position <= auditedTo);
  for (const [name, work] of state.cases) if (isUntold(work)) state.cases.delete(name);
  state.healed = state.healed.filter((work) => !isUntold(work));
}
