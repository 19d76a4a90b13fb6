// What is referred to exists: the account of a booking, the folder of a note.
import type { StateInvariant } from '../invariant.ts';
import { excess } from './excess.ts';

/**
 * Whatever `from` finds referring to a key needs `to` to say that it exists; the deficit is how many
 * refer to nothing.
 *
 * @remarks Key: the id that is referred to, so that both sides meet on it: an operation that refers to
 * it names it, and so does one that removes it. Cost: that of `to` while it exists, else that of
 * `from` as well.
 */
export function references<V>(
  from: (doc: V, key: string) => Iterable<unknown>,
  to: (doc: V, key: string) => boolean,
): StateInvariant<V> {
  return excess((doc, key) => (to(doc, key) ? 0 : [...from(doc, key)].length));
}
