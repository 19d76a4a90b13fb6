// Intervals of one resource do not overlap: bookings of a room, shifts of a person.
import type { StateInvariant } from '../invariant.ts';
import { excess } from './excess.ts';

/** Half-open: from `start` on, up to and without `end`. Empty unless `start` is less. */
export interface Interval {
  readonly start: number;
  readonly end: number;
}

/** True where both hold some moment. */
export function overlaps(a: Interval, b: Interval): boolean {
  return !isEmpty(a) && !isEmpty(b) && a.start < b.end && b.start < a.end;
}

/**
 * No two intervals of a resource overlap; the deficit is the number of pairs that do. Pairs, and not
 * the time that they share: a pair is a conflict between two people, one more booking on a taken time
 * always adds some, and whoever only shortens or prolongs an overlap that is there breaks nothing new.
 *
 * @remarks Key: the resource. Cost: that of `of`, and O(n log n) for n intervals of the resource.
 */
export function noOverlap<V, T>(
  of: (doc: V, resource: string) => Iterable<T>,
  interval: (one: T) => Interval,
): StateInvariant<V> {
  return excess((doc, resource) => countPairs([...of(doc, resource)].map(interval)));
}

/** Each start meets what has begun before it and not ended yet. */
function countPairs(intervals: readonly Interval[]): number {
  const held = intervals.filter((one) => !isEmpty(one));
  const starts = held.map(({ start }) => start).sort((a, b) => a - b);
  const ends = held.map(({ end }) => end).sort((a, b) => a - b);
  let ended = 0;
  let pairs = 0;
  for (const [begun, start] of starts.entries()) {
    while ((ends[ended] ?? Number.POSITIVE_INFINITY) <= start) ended++;
    pairs += begun - ended;
  }
  return pairs;
}

/** Also where a bound is no number. */
function isEmpty({ start, end }: Interval): boolean {
  return !(start < end);
}
