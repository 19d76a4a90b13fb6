// At most so many per key: seats of a class, holders of a slot, flags that exclude one another.
import type { ClaimsView } from '../contended.ts';
import type { StateInvariant } from '../invariant.ts';
import { excess } from './excess.ts';

/**
 * At most `most` members per key; the deficit is how many are too many.
 *
 * @remarks Key: what is filled. Operations that add a member, and those that lower `most`, name it.
 * Cost: that of `members`: O(holders of the key) for claims or an index, see `membersOf`.
 */
export function capacity<V>(
  members: (doc: V, key: string) => Iterable<unknown>,
  most: number | ((doc: V, key: string) => number),
): StateInvariant<V> {
  return excess((doc, key) => {
    let count = 0;
    for (const _ of members(doc, key)) count++;
    return count - (typeof most === 'number' ? most : most(doc, key));
  });
}

/**
 * A slot has one holder; the deficit is how many there are beside the first. `nextAlternative` mends it.
 *
 * @remarks Key: the slot. Cost: O(its holders).
 */
export function oneHolder<V>(
  of: (doc: V) => Pick<ClaimsView<unknown>, 'holders'>,
): StateInvariant<V> {
  return capacity((doc, key) => of(doc).holders(key), 1);
}

/**
 * At most one of the flags is on for a key; the deficit is how many are on beside one.
 *
 * @remarks Key: what carries the flags. Operations that set any of them name it. Cost: O(flags).
 */
export function exclusive<V>(
  ...flags: readonly ((doc: V, key: string) => boolean)[]
): StateInvariant<V> {
  return excess((doc, key) => flags.filter((isOn) => isOn(doc, key)).length - 1);
}
