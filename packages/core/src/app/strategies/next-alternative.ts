// Bayou's merge procedure: who was first has it, and everybody else gets the next best that is free.
// @see Terry et al., Bayou (SOSP 1995), §4.3, merge procedures.
import type { CompensationContext } from '../compensation.ts';
import type { Claims } from '../contended.ts';
import type { Interval } from '../invariants/no-overlap.ts';
import { overlaps } from '../invariants/no-overlap.ts';
import type { Member, WritableGrouping } from '../members.ts';
import { membersOf } from '../members.ts';
import type { Effects } from '../operation.ts';
import type { Restore } from './restore.ts';

/**
 * Mends `oneHolder`: the first committed claim of the slot stays; each other one moves to the next of
 * its own alternatives that is free, or is void.
 *
 * @remarks Leaves one holder, and fills only slots that nobody holds. The claim's verdict says `moved`
 * or `void`; its owner is told so. Cost: O(holders × their alternatives).
 */
export function nextAlternative<R>(of: (doc: R) => Pick<Claims<unknown>, 'settle'>): Restore<R> {
  return (doc, { key }) => {
    of(doc).settle(key);
  };
}

export interface MoveOverlapping<R, T, E extends Effects> extends WritableGrouping<R, T> {
  readonly interval: (value: T) => Interval;
  /** Where it would go instead, best first. Those on another resource are passed over. Pure. */
  readonly alternatives: (value: T) => Iterable<T>;
  /** What is owed to one that found no place. It is deleted before. */
  readonly lost?: (doc: R, loser: Member<T>, op: CompensationContext<E>) => void;
}

/**
 * Mends `noOverlap` over members of a set. In commit order where there is an `index`, else by id: who
 * overlaps none of those that stay, stays. Then each other one, in the same order, gets the first of
 * its alternatives that overlaps nothing, or is deleted and handed to `lost`.
 *
 * @remarks Leaves no overlap on the resource, and touches no other one. People who were moved or lost
 * their place are told that their operation was compensated. Cost: O(members² + alternatives ×
 * members), and that of `membersOf`.
 */
export function moveOverlapping<R, T, E extends Effects = {}>(
  o: MoveOverlapping<R, T, E>,
): Restore<R, E> {
  return (doc, { key }, op) => {
    const held: Interval[] = [];
    const isFree = (value: T): boolean => !held.some((one) => overlaps(one, o.interval(value)));
    const losers: Member<T>[] = [];
    for (const member of membersOf(doc, key, o)) {
      if (isFree(member.value)) held.push(o.interval(member.value));
      else losers.push(member);
    }
    for (const loser of losers) {
      const found = nextFree(o, { ...loser, key, isFree });
      if (found) {
        held.push(o.interval(found.value));
        o.of(doc).put(loser.id, found.value);
      } else {
        o.of(doc).delete(loser.id);
        o.lost?.(doc, loser, op);
      }
    }
  };
}

interface Search<T> extends Member<T> {
  readonly key: string;
  readonly isFree: (value: T) => boolean;
}

/** Wrapped, since a value may be anything. */
function nextFree<R, T, E extends Effects>(
  { alternatives, by }: MoveOverlapping<R, T, E>,
  { id, value, key, isFree }: Search<T>,
): { readonly value: T } | undefined {
  for (const other of alternatives(value)) {
    if (by(other, id) === key && isFree(other)) return { value: other };
  }
  return undefined;
}
