// The committed log on a device: it only ever grows at its end, whichever tab tells it, and a
// snapshot takes the place of its beginning.
import type { ReplicaStore } from '@causeway/client';
import { expect } from 'vitest';
import type { StoreClaim } from './store-claim.ts';
import {
  changeOf,
  commitOf,
  document,
  enqueueOf,
  entriesFrom,
  headAt,
  sibling,
  snapshotAt,
  writer,
} from './store-values.ts';

/** What is kept of the log, as positions. */
async function logOf(store: ReplicaStore) {
  const { head, snapshot, tail } = await store.load(document);
  const positions = tail.map(({ position }) => position);
  expect(tail).toEqual(entriesFrom(positions[0] ?? 1, positions.at(-1) ?? 0));
  if (head) expect(head).toEqual(headAt(head.position));
  if (snapshot) expect(snapshot.bytes).toEqual(snapshotAt(snapshot.position).bytes);
  return { head: head?.position, snapshot: snapshot?.position, tail: positions };
}
const range = (first: number, last: number): readonly number[] =>
  entriesFrom(first, last).map(({ position }) => position);

export const storeLog: Readonly<Record<string, StoreClaim>> = {
  'moves committed changes from the queue to the tail, and keeps the head': async (open) => {
    const store = await open();
    await store.commit(document, [
      enqueueOf(changeOf(writer, 1)),
      enqueueOf(changeOf(writer, 2)),
      enqueueOf(changeOf(sibling, 1)),
    ]);
    const dequeued = [
      { writer: writer.writer, seq: 1 },
      { writer: sibling.writer, seq: 1 },
      { writer: sibling.writer, seq: 2 }, // Another tab's, dequeued there already.
    ];
    await store.commit(document, [commitOf(1, 4, { dequeued })]);
    await store.commit(document, [commitOf(5, 5)]);
    expect(await logOf(store)).toEqual({ head: 5, snapshot: undefined, tail: range(1, 5) });
    const queue = await store.queueAfter(document, 0);
    expect(queue.map(({ order, change }) => [order, change.seq])).toEqual([[2, 2]]);
  },

  'never moves backwards: what two tabs tell is kept once': async (open) => {
    const [first, second] = [await open(), await open()];
    await first.commit(document, [commitOf(1, 3)]);
    await second.commit(document, [commitOf(1, 3)]);
    await second.commit(document, [commitOf(1, 5)]); // Overlaps: only the new ones are added.
    await first.commit(document, [commitOf(2, 4)]);
    await first.commit(document, [commitOf(1, 1)]);
    expect(await logOf(first)).toEqual({ head: 5, snapshot: undefined, tail: range(1, 5) });
    await second.commit(document, [commitOf(4, 9)]);
    expect(await logOf(first)).toEqual({ head: 9, snapshot: undefined, tail: range(1, 9) });
  },

  'dequeues and settles also where another tab was first to tell the entries': async (open) => {
    const [first, second] = [await open(), await open()];
    await first.commit(document, [enqueueOf(changeOf(writer, 1)), commitOf(1, 3)]);
    await second.commit(document, [
      commitOf(1, 2, { dequeued: [{ writer: writer.writer, seq: 1 }] }),
    ]);
    expect(await first.queueAfter(document, 0)).toEqual([]);
  },

  'takes no entries that would leave a gap: they come again': async (open) => {
    const store = await open();
    await store.commit(document, [commitOf(2, 3)]);
    expect(await logOf(store)).toEqual({ head: undefined, snapshot: undefined, tail: [] });
    await store.commit(document, [commitOf(1, 2), commitOf(4, 5)]);
    expect(await logOf(store)).toEqual({ head: 2, snapshot: undefined, tail: range(1, 2) });
    await store.commit(document, [commitOf(3, 5)]);
    expect(await logOf(store)).toEqual({ head: 5, snapshot: undefined, tail: range(1, 5) });
  },

  'keeps the head and the tail as they are when a commit only dequeues': async (open) => {
    const store = await open();
    await store.commit(document, [enqueueOf(changeOf(writer, 1)), commitOf(1, 2)]);
    const dequeued = [{ writer: writer.writer, seq: 1 }];
    const only = { ...commitOf(3, 9, { dequeued }), entries: [] };
    await store.commit(document, [only]);
    expect(await logOf(store)).toEqual({ head: 2, snapshot: undefined, tail: range(1, 2) });
    expect(await store.queueAfter(document, 0)).toEqual([]);
  },

  'a snapshot cuts the tail up to it, also within what was committed at once': async (open) => {
    const store = await open();
    await store.commit(document, [commitOf(1, 3), commitOf(4, 8), commitOf(9, 9)]);
    await store.commit(document, [snapshotAt(2)]);
    expect(await logOf(store)).toEqual({ head: 9, snapshot: 2, tail: range(3, 9) });
    await store.commit(document, [snapshotAt(6)]);
    expect(await logOf(store)).toEqual({ head: 9, snapshot: 6, tail: range(7, 9) });
    await store.commit(document, [snapshotAt(9)]);
    expect(await logOf(store)).toEqual({ head: 9, snapshot: 9, tail: [] });
    await store.commit(document, [commitOf(9, 11)]);
    expect(await logOf(store)).toEqual({ head: 11, snapshot: 9, tail: range(10, 11) });
  },

  'leaves out an older snapshot, and one of entries that are not here': async (open) => {
    const [first, second] = [await open(), await open()];
    await first.commit(document, [snapshotAt(1)]);
    expect(await logOf(first)).toEqual({ head: undefined, snapshot: undefined, tail: [] });
    await first.commit(document, [commitOf(1, 8), snapshotAt(6)]);
    await second.commit(document, [snapshotAt(4), snapshotAt(9)]);
    expect(await logOf(first)).toEqual({ head: 8, snapshot: 6, tail: range(7, 8) });
  },

  'what a snapshot covers is not taken again': async (open) => {
    const [first, second] = [await open(), await open()];
    await first.commit(document, [commitOf(1, 8), snapshotAt(6)]);
    await second.commit(document, [commitOf(2, 5)]);
    expect(await logOf(first)).toEqual({ head: 8, snapshot: 6, tail: range(7, 8) });
    await second.commit(document, [commitOf(5, 9)]);
    expect(await logOf(first)).toEqual({ head: 9, snapshot: 6, tail: range(7, 9) });
  },
};
