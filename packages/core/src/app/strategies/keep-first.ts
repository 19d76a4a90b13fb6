// Who was committed first, or last, stays; everybody else is made up to.
import type { CompensationContext } from '../compensation.ts';
import type { Counter } from '../contended.ts';
import type { Member, WritableGrouping } from '../members.ts';
import { membersOf } from '../members.ts';
import type { Effects } from '../operation.ts';
import type { Restore } from './restore.ts';

/** Only an index knows the commit order. */
type Ordered<R, T> = WritableGrouping<R, T> & Required<Pick<WritableGrouping<R, T>, 'index'>>;

export type FirstCommittedWins<R, T, E extends Effects> = Ordered<R, T> & {
  /** How many may stay. Default 1. */
  readonly most?: number | ((doc: R, key: string) => number);
  /** What is owed to one that must go: a refund, a voucher, a message. It is deleted before. */
  readonly lost?: (doc: R, loser: Member<T>, op: CompensationContext<E>) => void;
};

/**
 * Mends `unique` and `capacity` over members of a set. The `most` committed first stay as they are; each
 * other one is deleted, last committed first, and handed to `lost`.
 *
 * @remarks Leaves `most` members under the key, and touches no other key. People whose member went are
 * told that their operation was compensated; `lost` says what for. Cost: that of `membersOf`.
 */
export function firstCommittedWins<R, T, E extends Effects = {}>(
  o: FirstCommittedWins<R, T, E>,
): Restore<R, E> {
  const { most = 1 } = o;
  return (doc, { key }, op) => {
    const room = typeof most === 'number' ? most : most(doc, key);
    for (const loser of membersOf(doc, key, o).slice(Math.max(0, room)).reverse()) {
      o.of(doc).delete(loser.id);
      o.lost?.(doc, loser, op);
    }
  };
}

export type LastWriterWins<R, T> = Ordered<R, T> & {
  /** Where it is counted, per key, how many values were dropped. */
  readonly dropped: (doc: R) => Pick<Counter, 'add'>;
};

/**
 * Mends `unique` by dropping what was committed earlier: the last one stays. It loses work of people, so
 * it counts what it drops: `dropped` grows by the number of members deleted, as an entry of its own.
 *
 * @remarks Leaves one member under the key, and touches no other key. Cost: that of `membersOf`.
 */
export function lastWriterWins<R, T>(o: LastWriterWins<R, T>): Restore<R> {
  return (doc, { key }) => {
    const losers = membersOf(doc, key, o).slice(0, -1);
    for (const { id } of losers) o.of(doc).delete(id);
    if (losers.length > 0) o.dropped(doc).add(key, losers.length);
  };
}
