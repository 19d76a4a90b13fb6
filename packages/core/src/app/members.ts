// Which members of a set stand under a key? Rules that count, compare or pair things per key ask this,
// and so do the strategies that mend them. @see docs/adr/0014-invariants-and-strategies.md
import type { Claims, ClaimsView, Keyed } from './contended.ts';

/** One member of a set: its id there, and its value. */
export interface Member<T> {
  readonly id: string;
  readonly value: T;
}

/**
 * How the members of a set are grouped by keys. Without `index` every member is looked at: O(set) at
 * each evaluation, so at each commit that touches a key. With it: O(members named for the key).
 */
export interface Grouping<V, T> {
  readonly of: (doc: V) => Keyed<T | undefined>;
  /** The key it stands under; undefined: under none. Pure. */
  readonly by: (value: T, id: string) => string | undefined;
  /**
   * Ids of members by key, kept by the application: whatever puts a member under a key claims the key
   * for its id as well. Ids that stand elsewhere by now do no harm; one that is missing is overlooked.
   * The index also tells the commit order.
   */
  readonly index?: (doc: V) => Pick<ClaimsView<string>, 'holders'>;
}

/** The same for what writes: members are put and deleted in `of`, and claimed in `index`. */
export interface WritableGrouping<R, T> extends Grouping<R, T> {
  readonly of: (doc: R) => WritableSet<T>;
  readonly index?: (doc: R) => Pick<Claims<string>, 'holders' | 'claim'>;
}

/** What a strategy needs of an `AddWinsSet`. */
export interface WritableSet<T> extends Keyed<T | undefined> {
  put(id: string, value: T): void;
  delete(id: string): void;
}

/**
 * The members under `key`, each once: in commit order where there is an index, else by id.
 * Cost: O(ids that the index has for the key), or O(set) without an index.
 */
export function membersOf<V, T>(
  doc: V,
  key: string,
  grouping: Grouping<V, T>,
): readonly Member<T>[] {
  const { of, by, index } = grouping;
  const all = of(doc);
  const ids = index
    ? new Set(
        index(doc)
          .holders(key)
          .map((claim) => claim.value),
      )
    : [...all.keys()].sort();
  const members: Member<T>[] = [];
  for (const id of ids) {
    const value = all.get(id);
    if (value !== undefined && by(value, id) === key) members.push({ id, value });
  }
  return members;
}
