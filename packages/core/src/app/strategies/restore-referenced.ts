// Something refers to what is gone: bring it back, or take away what refers to it.
import type { Escalation } from '../compensation.ts';
import type { WritableGrouping, WritableSet } from '../members.ts';
import { membersOf } from '../members.ts';
import type { Schemas } from '../operation.ts';
import type { Found, Restore, RestoreOrAsk } from './restore.ts';

export interface RestoreReferenced<R, T, S extends Schemas> {
  readonly to: (doc: R) => WritableSet<T>;
  /**
   * What it was, by its id: what its removal kept elsewhere in the document, say. Undefined: nobody
   * knows.
   */
  readonly was: (doc: R, id: string) => T | undefined;
  /** Members refer to one another (a tree): what this one refers to must exist with it. */
  readonly refersTo?: (value: T) => string | undefined;
  readonly ask: (found: Found) => Escalation<S>;
}

/**
 * Mends `references`: what was removed is there again, under its id, as `was` tells, and of a tree what
 * it refers to in its turn. Where nobody knows what one of them was, nothing is changed and people are
 * asked.
 *
 * @remarks The deficit is 0, since it exists, and what comes back refers to nothing that is missing.
 * Whoever removed it is told that the operation was compensated. It may count for other rules again (a
 * name that it had): let `was` give a value that does not. Cost: O(what comes back), each that of `was`.
 */
export function restoreReferenced<R, T, S extends Schemas>(
  o: RestoreReferenced<R, T, S>,
): RestoreOrAsk<R, S> {
  return (doc, found) => {
    const target = o.to(doc);
    const missing = new Map<string, T>();
    let id: string | undefined = found.key;
    while (id !== undefined && !missing.has(id) && target.get(id) === undefined) {
      const value = o.was(doc, id);
      if (value === undefined) return o.ask(found);
      missing.set(id, value);
      id = o.refersTo?.(value);
    }
    for (const [at, value] of missing) target.put(at, value);
    return undefined;
  };
}

export interface Cascade<R, T> extends WritableGrouping<R, T> {
  /** Members refer to one another by their ids (a tree): what refers to what goes, goes as well. */
  readonly isTree?: boolean;
}

/**
 * Mends `references`: everything that stands under the missing key is deleted; of a tree, all below it.
 *
 * @remarks Leaves nothing that refers to the key, and of a tree nothing that refers to what it deleted:
 * the same rule fails for no other key. Other rules about what it deletes are not looked at. Whoever
 * added a member is told that the operation was compensated. Cost: O(what is deleted), each that of
 * `membersOf`.
 */
export function cascade<R, T>(o: Cascade<R, T>): Restore<R> {
  return (doc, { key }) => {
    const gone = new Set<string>();
    const waiting = [key];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      for (const { id } of membersOf(doc, next, o)) {
        o.of(doc).delete(id);
        if (o.isTree && !gone.has(id)) waiting.push(id);
        gone.add(id);
      }
    }
  };
}
