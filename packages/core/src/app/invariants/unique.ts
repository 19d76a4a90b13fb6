// No two members have the same value of something: addresses of people, numbers of invoices.
import type { StateInvariant } from '../invariant.ts';
import type { Grouping } from '../members.ts';
import { membersOf } from '../members.ts';
import { capacity } from './capacity.ts';

/**
 * `by` differs from member to member; the deficit is how many there are beside the first.
 *
 * @remarks Key: the value of `by`. An operation that gives a member a value names it, and the one that it
 * takes away as well: so a case on that one is seen to heal. Cost: O(set) at each evaluation; with an
 * `index`, O(members under the key): see `Grouping`.
 */
export function unique<V, T>(
  of: Grouping<V, T>['of'],
  by: Grouping<V, T>['by'],
  o: Pick<Grouping<V, T>, 'index'> = {},
): StateInvariant<V> {
  const grouping: Grouping<V, T> = { of, by, ...o };
  return capacity((doc, key) => membersOf(doc, key, grouping), 1);
}
