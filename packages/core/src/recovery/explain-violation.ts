// Who takes part in a violation? Chosen among the operations on its key that its author had not seen,
// and told as what it is: a minimal explanation, or everybody.
// @see docs/adr/0013-attribution.md
import { isConcurrent } from '../causality/context.ts';
import type { OperationSummary } from '../coordination/operation-summary.ts';
import type { OperationId } from '../identity.ts';
import { explain } from './attribution.ts';
import type { KeyedOperation, PrimaryState } from './primary-state.ts';
import { keyName } from './primary-state.ts';
import type { RuleKey } from './rules.ts';
import { sumsOf } from './sum-trials.ts';
import { trialsOf } from './trials.ts';

/** Beyond so many concurrent operations everybody is named: too many to try, and to read. */
export const suspectsMax = 15;

/** What a fact says of who did it. */
export interface Blame<Explained = 'minimal' | 'all-writers'> {
  readonly fault: 'concurrent' | 'local';
  /** In commit order, the trigger last. */
  readonly participants: readonly OperationSummary[];
  readonly explained: Explained;
  /** Compensations without which the participants would not explain it: nobody's acts. */
  readonly mendings?: readonly OperationId[];
}

/** What touched the key and was not seen by the trigger's author, in commit order. */
export function concurrentOn(
  state: PrimaryState,
  [invariant, key]: RuleKey,
  { place }: KeyedOperation,
): readonly KeyedOperation[] {
  const all = state.history.get(keyName(invariant, key)) ?? [];
  return all.filter((other) => isConcurrent(other.place, place));
}

/**
 * Cost: O(concurrent²) copies of the document at worst, up to `workMax` changes, and none where the rule
 * has a margin.
 */
export function blameFor(state: PrimaryState, rule: RuleKey, trigger: KeyedOperation): Blame {
  const concurrent = concurrentOn(state, rule, trigger);
  const operations = concurrent.filter(({ isMending }) => !isMending);
  const isFew = operations.length <= suspectsMax;
  const around = { rule, trigger, concurrent };
  const trials = isFew ? (sumsOf(around) ?? trialsOf(state, around)) : undefined;
  const places = concurrent.map(({ place }) => place);
  const kept = trials && explain(places, trials.raises);
  if (kept && !trials.isCutShort) return minimalBlame(concurrent, kept, trigger);
  const participants = [...operations, trigger].map(({ summary }) => summary);
  const fault = operations.length > 0 ? 'concurrent' : 'local';
  return { fault, participants, explained: 'all-writers' };
}

export function minimalBlame(
  concurrent: readonly KeyedOperation[],
  kept: readonly number[],
  trigger: KeyedOperation,
): Blame<'minimal'> {
  const chosen = concurrent.filter((_, index) => kept.includes(index));
  const mendings = chosen.filter(({ isMending }) => isMending).map(({ summary }) => summary.id);
  const operations = chosen.filter(({ isMending }) => !isMending);
  return {
    fault: kept.length > 0 ? 'concurrent' : 'local',
    participants: [...operations, trigger].map(({ summary }) => summary),
    explained: 'minimal',
    ...(mendings.length > 0 && { mendings }),
  };
}
