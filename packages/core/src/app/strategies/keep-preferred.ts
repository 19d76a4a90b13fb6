// Flags that exclude one another: one of them stays on.
import type { WritableSet } from '../members.ts';
import type { Restore } from './restore.ts';

/**
 * Mends `exclusive` over flags that are keys of sets: of those that are on, the one named first stays.
 *
 * @remarks Leaves one flag of the key on. Cost: O(flags).
 */
export function keepPreferred<R>(
  ...flags: readonly ((doc: R) => Pick<WritableSet<unknown>, 'get' | 'delete'>)[]
): Restore<R> {
  return (doc, { key }) => {
    const on = flags.filter((flag) => flag(doc).get(key) !== undefined);
    for (const flag of on.slice(1)) flag(doc).delete(key);
  };
}
