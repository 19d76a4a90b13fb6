// Could a commit have broken a rule, had the log put what nobody had seen in another order? Some
// causally closed state that somebody could have seen shows it, though no commit did.
// @see Cooper & Marzullo, Consistent Detection of Global Predicates (1991): "possibly";
// docs/adr/0013-attribution.md
import { minimise } from './attribution.ts';
import { violationId } from './case.ts';
import { closedSets } from './closed-sets.ts';
import { concurrentOn, minimalBlame } from './explain-violation.ts';
import { leastClosedSet } from './least-closed-set.ts';
import type { PrimaryState } from './primary-state.ts';
import { violationName } from './rules.ts';
import type { Sums } from './sum-trials.ts';
import { sumsOf } from './sum-trials.ts';
import type { Surroundings, Trials } from './trials.ts';
import { trialsOf } from './trials.ts';

/** States of documents are tried one by one: beyond so many it is not known. */
export const statesMax = 256;
/** Sums are searched without trying: beyond so many concurrent operations it is not known either. */
export const summandsMax = 256;

/** A state that shows it: the concurrent operations in it, and the deficit there, without and with. */
interface Found {
  readonly kept: readonly number[];
  readonly before: number;
  readonly after: number;
}
type Search = Found | 'none' | 'too-many' | 'too-old';

/**
 * Looks for a state in which an operation that made nothing worse at its commit would have. Only the
 * states with this operation are new at its commit, so that over a whole log each state is looked at.
 *
 * @remarks Cost: O(concurrent³) where the rule has a margin; else a copy of the document per state, up to
 * `statesMax` of them and `workMax` changes.
 */
export function notePossible(
  state: PrimaryState,
  { rule, trigger }: Omit<Surroundings, 'concurrent'>,
): void {
  const concurrent = concurrentOn(state, rule, trigger);
  if (concurrent.length === 0) return; // Its author saw what the log shows.
  const around = { rule, trigger, concurrent };
  const sums = sumsOf(around);
  const found = sums ? searchSums(around, sums) : searchStates(state, around);
  if (found === 'none') return;
  const [invariant, key] = rule;
  const about = { invariant, key, position: trigger.summary.position } as const;
  if (typeof found === 'string') {
    const operation = trigger.summary.id;
    state.facts.push({ fact: 'possible-unknown', ...about, operation, why: found });
    return;
  }
  const { summary } = trigger;
  state.facts.push({
    ...{ fact: 'possible', id: violationId(state.hash, violationName(state, rule, summary.id)) },
    ...{ ...about, class: 'possible', from: found.before, to: found.after, trigger: summary },
    ...minimalBlame(concurrent, found.kept, trigger),
  });
}

function searchStates(state: PrimaryState, around: Surroundings): Search {
  const places = around.concurrent.map(({ place }) => place);
  const sets = closedSets(places, statesMax);
  if (!sets) return 'too-many';
  const trials = trialsOf(state, around);
  if (!trials) return 'too-old';
  const first = sets.find(trials.raises);
  const found = first && foundIn(trials, minimise(places, first, trials.raises));
  return trials.isCutShort ? 'too-many' : (found ?? 'none');
}

function searchSums({ concurrent }: Surroundings, sums: Sums): Search {
  if (concurrent.length > summandsMax) return 'too-many';
  const places = concurrent.map(({ place }) => place);
  const items = places.map((place, index) => ({ place, weight: sums.weights[index] ?? 0 }));
  const least = leastClosedSet(items);
  if (!sums.raises(least)) return 'none';
  return foundIn(sums, minimise(places, least, sums.raises));
}

function foundIn({ step }: Trials, kept: readonly number[]): Search {
  const tried = step(kept);
  return tried ? { kept, ...tried } : 'none';
}
