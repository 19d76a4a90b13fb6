// Two members that should be one become one: the first stays, the others' ids resolve to it.

import { Bug } from '../../assert.ts';
import type { Escalation } from '../compensation.ts';
import type { Member, WritableGrouping, WritableSet } from '../members.ts';
import { membersOf } from '../members.ts';
import type { Schemas } from '../operation.ts';
import type { Found, RestoreOrAsk } from './restore.ts';

export interface MergeDuplicates<R, T, S extends Schemas> extends WritableGrouping<R, T> {
  /** Both as one, under the survivor's id; undefined: they cannot be one. Pure; keeps `by`. */
  readonly merge: (survivor: T, duplicate: T) => T | undefined;
  /** Where old ids are kept: see `resolveAlias`. */
  readonly aliases: (doc: R) => WritableSet<string>;
  /** What people are asked of members that cannot be one. */
  readonly ask: (found: Found, members: readonly Member<T>[]) => Escalation<S>;
}

/**
 * Mends `unique`. The survivor is the first committed where there is an `index`, else the one with the
 * least id: the primary decides once, so it is the same everywhere. It gets what `merge` makes of all
 * of them, in that order; every other one is deleted and becomes an alias of it, so that what refers to
 * an old id finds the survivor. One pair that `merge` gives up on: nothing is changed or dropped, and
 * people are asked.
 *
 * @remarks Leaves one member under the key. Throws Bug `merge-moved-key` where `merge` changed `by`,
 * for that could break another key; people decide then. People are told that their operation was
 * compensated. Cost: O(members under the key), and that of `membersOf`.
 */
export function mergeDuplicates<R, T, S extends Schemas>(
  o: MergeDuplicates<R, T, S>,
): RestoreOrAsk<R, S> {
  return (doc, found) => {
    const members = membersOf(doc, found.key, o);
    const [survivor, ...duplicates] = members;
    if (!survivor || duplicates.length === 0) return undefined;
    let merged = survivor.value;
    for (const { value } of duplicates) {
      const next = o.merge(merged, value);
      if (next === undefined) return o.ask(found, members);
      merged = next;
    }
    if (o.by(merged, survivor.id) !== found.key) {
      throw new Bug('merge-moved-key', `merge of "${found.key}" has another key`);
    }
    o.of(doc).put(survivor.id, merged);
    // It may be an old duplicate that somebody has put again: aliases must not go in a circle.
    o.aliases(doc).delete(survivor.id);
    for (const { id } of duplicates) {
      o.of(doc).delete(id);
      o.aliases(doc).put(id, survivor.id);
    }
    return undefined;
  };
}
