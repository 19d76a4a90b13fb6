// Trials without documents: where a rule is a sum, what each operation adds is known from its commit,
// and is the same in every state.

import type { KeyedOperation } from './primary-state.ts';
import type { Surroundings, Trials } from './trials.ts';

/** What was just before an operation on its key, and what it did there. */
export interface MarginStep {
  readonly before: number | undefined;
  readonly after: number | undefined;
}

/**
 * What an operation added, or undefined where it is not known to be that in every state: the rule is no
 * sum, the sum is not exact, or something else changed it since the last operation on the key.
 */
export function weightOf(
  { before, after }: MarginStep,
  last: KeyedOperation | undefined,
): number | undefined {
  if (before === undefined || after === undefined) return undefined;
  if (last?.margin !== undefined && last.margin !== before) return undefined;
  const isExact = Number.isSafeInteger(before) && Number.isSafeInteger(after);
  return isExact ? after - before : undefined;
}

/** A trigger and what it was concurrent with, as numbers. */
export interface Sums extends Trials {
  /** What each concurrent operation adds, in the same order. */
  readonly weights: readonly number[];
}

/** Undefined where something is not known: then states are built. Cost: O(concurrent); of a trial, too. */
export function sumsOf({ concurrent, trigger }: Surroundings): Sums | undefined {
  const weights = concurrent.flatMap(({ weight }) => (weight === undefined ? [] : [weight]));
  const { margin: end, weight: own } = trigger;
  if (end === undefined || own === undefined || weights.length < concurrent.length)
    return undefined;
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  const past = end - own - all;
  const step: Sums['step'] = (kept) => {
    const at = kept.reduce((sum, index) => sum + (weights[index] ?? 0), past);
    return { before: Math.max(0, -at), after: Math.max(0, -at - own) };
  };
  return {
    weights,
    step,
    isCutShort: false,
    raises: (kept) => {
      const { before = 0, after = 0 } = step(kept) ?? {};
      return after > before;
    },
  };
}
