// All causally closed sets of a few operations: with chains of n₁, n₂, … that know nothing of each other
// they are (n₁+1)·(n₂+1)·…, and not 2 to the n.
import type { CausalPlace } from '../causality/context.ts';
import { isBefore } from '../causality/context.ts';

/**
 * The closed sets of `places`, which are in commit order, as ascending indices; small ones first.
 * Undefined when there are more than `countMax`. Cost: O(sets × places²).
 */
export function closedSets(
  places: readonly CausalPlace[],
  countMax: number,
): readonly (readonly number[])[] | undefined {
  const needed = places.map((place) =>
    places.flatMap((earlier, index) => (isBefore(earlier, place) ? [index] : [])),
  );
  let sets: (readonly number[])[] = [[]];
  for (const [index, needs] of needed.entries()) {
    const grown = sets.filter((set) => needs.every((need) => set.includes(need)));
    sets = [...sets, ...grown.map((set) => [...set, index])];
    if (sets.length > countMax) return undefined;
  }
  return sets.sort((a, b) => a.length - b.length);
}
