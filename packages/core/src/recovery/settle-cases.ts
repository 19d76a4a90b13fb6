// How long may a case still heal by itself before it is mended? Said with its first violation, so that
// people see until when.
import type { CaseFact } from '../coordination/case-facts.ts';
import type { Moment } from '../moment.ts';
import { dueMs } from './compensate.ts';
import type { PrimaryState } from './primary-state.ts';

/**
 * Of each case that is told for the first time and is not due yet. A primary that starts anew lets it
 * settle anew: `settlesAtMs` is a time before which it is not mended. Cost: O(facts not yet told).
 */
export function settlingFacts(state: PrimaryState, moment: Moment): readonly CaseFact[] {
  const told = new Set(
    state.facts.flatMap((fact) => (fact.fact === 'violation' ? [fact.case] : [])),
  );
  return [...state.cases.values()].flatMap((work): readonly CaseFact[] => {
    const waitMs = dueMs(state, work) - moment.monotonicMs;
    if (!told.has(work.id) || state.fold.casesById.has(work.id) || waitMs <= 0) return [];
    const settlesAtMs = Math.ceil(moment.wallMs + waitMs);
    const { id, deficit } = work;
    return [{ fact: 'case', id, state: 'settling', deficit, settlesAtMs }];
  });
}
