// All of them stay, under names that differ: "report", "report (2)".
import { Bug } from '../../assert.ts';
import type { WritableGrouping } from '../members.ts';
import { membersOf } from '../members.ts';
import type { Restore } from './restore.ts';

export interface RenameDuplicates<R, T> extends WritableGrouping<R, T> {
  /** The value under another key, another one for each `attempt` from 2 on. Pure. */
  readonly rename: (value: T, attempt: number) => T;
}

const attemptsMax = 1_000;

/**
 * Mends `unique`. The first one (as in `mergeDuplicates`) keeps its name; each other one gets the first
 * name that nobody has. Nothing is dropped, and no other key gets a second member. The new name is
 * claimed in the `index`, where there is one.
 *
 * @remarks Leaves one member under the key. Throws Bug `no-free-name` after 1,000 attempts for one
 * member; people decide then. Cost: O(members × attempts), each that of `membersOf`.
 */
export function renameDuplicates<R, T>(o: RenameDuplicates<R, T>): Restore<R> {
  return (doc, { key }) => {
    for (const { id, value } of membersOf(doc, key, o).slice(1)) {
      const renamed = freeName(doc, { ...o, value, id });
      o.of(doc).put(id, renamed.value);
      if (renamed.key !== undefined) o.index?.(doc).claim([renamed.key], id);
    }
  };
}

function freeName<R, T>(
  doc: R,
  o: RenameDuplicates<R, T> & { readonly value: T; readonly id: string },
): { readonly key: string | undefined; readonly value: T } {
  for (let attempt = 2; attempt < attemptsMax + 2; attempt++) {
    const value = o.rename(o.value, attempt);
    const key = o.by(value, o.id);
    // The name that it had is taken: by itself, and by the one that keeps it.
    if (key === undefined || membersOf(doc, key, o).length === 0) return { key, value };
  }
  throw new Bug('no-free-name', `${attemptsMax} names for ${o.id} are taken`);
}
