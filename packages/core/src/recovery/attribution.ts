// Who explains that a commit made a rule worse? A set of concurrent operations, closed under what they
// had seen, without any of which the rule would not have become worse.
// @see docs/adr/0013-attribution.md; Zeller & Hildebrandt, Simplifying and Isolating Failure-Inducing
// Input (2002), §3.1: one-minimality.
import type { CausalPlace } from '../causality/context.ts';
import { isBefore } from '../causality/context.ts';

/**
 * Would the rule become worse if the trigger came right after these and its own past? The members
 * are indices of the concurrent operations, ascending.
 */
export type Raises = (kept: readonly number[]) => boolean;

/**
 * A 1-minimal closed explanation among the operations concurrent with the trigger, in commit order.
 * Empty: the author's own view should have refused it. Undefined: not even all of them explain it.
 *
 * @remarks Cost: O(n²) calls of `raises` at worst, mostly 2n.
 */
export function explain(
  concurrent: readonly CausalPlace[],
  raises: Raises,
): readonly number[] | undefined {
  if (raises([])) return [];
  const all = concurrent.map((_, index) => index);
  return raises(all) ? minimise(concurrent, all, raises) : undefined;
}

/**
 * Leaves out of a closed set that raises whatever can be left out, each with what depends on it. Until
 * nothing can be: what a deposit had made good can be left out only once the deposit is gone, so one
 * pass is not enough.
 */
export function minimise(
  concurrent: readonly CausalPlace[],
  from: readonly number[],
  raises: Raises,
): readonly number[] {
  let kept = from;
  let hasShrunk = true;
  while (hasShrunk) {
    hasShrunk = false;
    for (const index of kept.toReversed()) {
      if (!kept.includes(index)) continue; // It went with what it depends on.
      const rest = without(concurrent, kept, index);
      if (!raises(rest)) continue;
      kept = rest;
      hasShrunk = true;
    }
  }
  return kept;
}

/** Nobody can have seen what is left out. */
function without(
  concurrent: readonly CausalPlace[],
  kept: readonly number[],
  index: number,
): readonly number[] {
  const left = concurrent[index];
  return kept.filter((other) => {
    const place = concurrent[other];
    return other !== index && !(left && place && isBefore(left, place));
  });
}
