// A damaged log on a client's disk: it ends, or begins again, where it can be believed, and what the
// relay has comes back in the place of what was damaged.
import { indexedDbStore, type ReplicaStore } from '@causeway/client';
import type { StoreCommand, StoreResult } from '@causeway/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  commitOf,
  document,
  entriesFrom,
  headAt,
  must,
  replica,
  snapshotAt,
} from '../contracts/store-values.ts';
import { alterRecord, deleteRecord, dumpOf, flipBit } from './support/raw-database.ts';

let databases = 0;
let database = '';
let store: ReplicaStore;
beforeEach(async () => {
  database = `log-${databases++}-${crypto.randomUUID()}`;
  store = indexedDbStore({ database });
  await store.open({ fresh: replica });
  await commit(commitOf(1, 3), commitOf(4, 5), commitOf(6, 8), commitOf(9, 9));
});
afterEach(() => store.close());

const commit = (...commands: readonly StoreCommand[]): Promise<readonly StoreResult[]> =>
  store.commit(document, commands);
const flip = (name: string, at = 0): Promise<void> =>
  alterRecord(database, { store: name, at }, flipBit);

/** The log that is loaded, as positions, and where it is damaged. */
async function logNow() {
  const { head, snapshot, tail, damaged } = await store.load(document);
  const positions = tail.map(({ position }) => position);
  expect(tail).toEqual(entriesFrom(positions[0] ?? 1, positions.at(-1) ?? 0));
  return {
    head: head?.position,
    snapshot: snapshot?.position,
    tail: positions,
    damaged: damaged?.map((one) => one.store),
  };
}
const range = (first: number, last: number): readonly number[] =>
  entriesFrom(first, last).map(({ position }) => position);
const sound = (last: number) => ({
  head: last,
  snapshot: undefined,
  tail: range(1, last),
  damaged: [],
});

test('ends where the tail is damaged, and is whole again when the rest came again', async () => {
  await flip('tail', 1);
  expect(await logNow()).toEqual({ ...sound(3), head: 9, damaged: ['tail'] });
  await commit(commitOf(4, 7));
  expect(await logNow()).toEqual(sound(7));
  await commit(commitOf(8, 11));
  expect(await logNow()).toEqual(sound(11));
});

test.for([
  ['from before the damage', [commitOf(2, 10)]],
  ['in pieces', [commitOf(1, 2), commitOf(3, 5), commitOf(5, 6), commitOf(7, 10)]],
  [
    'after other tabs went on',
    [commitOf(10, 10), commitOf(4, 7), commitOf(10, 11), commitOf(8, 10)],
  ],
  ['with a snapshot over it', [snapshotAt(9), commitOf(10, 10)]],
] as const)('is whole again when the rest comes %s', async ([, told]) => {
  await flip('tail', 1);
  for (const one of told) await commit(one);
  const now = await logNow();
  expect(now).toMatchObject({ head: 10, damaged: [] });
  expect(now.tail).toEqual(range((now.snapshot ?? 0) + 1, 10));
});

test('is whole again when the last record was damaged, or is missing', async () => {
  await flip('tail', 3);
  expect(await logNow()).toEqual({ ...sound(8), head: 9, damaged: ['tail'] });
  await commit(commitOf(9, 9));
  expect(await logNow()).toEqual(sound(9));
  await deleteRecord(database, 'tail', 3);
  expect(await logNow()).toEqual({ ...sound(8), head: 9, damaged: ['tail'] });
  await commit(commitOf(9, 10));
  expect(await logNow()).toEqual(sound(10));
});

test.for([0, 1, 2])('has no gap where record %i is missing', async (at) => {
  await deleteRecord(database, 'tail', at);
  const reached = must([0, 3, 5][at]);
  expect(await logNow()).toEqual({ ...sound(reached), head: 9, damaged: ['tail'] });
  await commit(commitOf(reached + 1, 12));
  expect(await logNow()).toEqual(sound(12));
});

test('is not touched by what lies before the damage, nor by what leaves a gap', async () => {
  await flip('tail', 2);
  const before = await dumpOf(database);
  await commit(commitOf(1, 5));
  await commit(commitOf(11, 12));
  await commit({ ...commitOf(1, 5), entries: [] });
  expect(await dumpOf(database)).toEqual(before);
});

test('is followed from its beginning when the snapshot is damaged', async () => {
  await commit(snapshotAt(7));
  await flip('snapshots');
  const nothing = { ...sound(0), damaged: ['snapshots'] };
  expect(await logNow()).toEqual({ ...nothing, head: 9 });
  await commit(commitOf(8, 9)); // A tab that has it all: the records are kept until they are replaced.
  expect(await logNow()).toEqual({ ...nothing, head: 9 });
  await commit(commitOf(1, 4));
  expect(await logNow()).toEqual(sound(4));
  await commit(commitOf(5, 10), snapshotAt(8));
  expect(await logNow()).toEqual({ head: 10, snapshot: 8, tail: [9, 10], damaged: [] });
});

test('takes a newer snapshot in the place of a damaged one', async () => {
  await commit(snapshotAt(5));
  await flip('snapshots');
  await commit(snapshotAt(9));
  expect(await logNow()).toEqual({ head: 9, snapshot: 9, tail: [], damaged: [] });
});

test('goes on from a snapshot when the tail behind it is damaged', async () => {
  await commit(snapshotAt(5));
  await flip('tail', 0);
  expect(await logNow()).toEqual({ head: 9, snapshot: 5, tail: [], damaged: ['tail'] });
  await commit(commitOf(6, 7));
  expect(await logNow()).toEqual({ head: 7, snapshot: 5, tail: [6, 7], damaged: [] });
});

test('whose head is damaged is not believed without a snapshot, and takes the next head', async () => {
  await flip('heads');
  expect(await logNow()).toEqual({ ...sound(0), head: undefined, damaged: ['heads'] });
  await commit(commitOf(1, 4)); // There already: nobody knows yet how far the head goes.
  expect(await logNow()).toEqual({ ...sound(0), head: undefined, damaged: ['heads'] });
  await commit(commitOf(5, 9));
  expect(await logNow()).toEqual(sound(9));
  await flip('heads');
  await commit(commitOf(9, 11));
  expect(await logNow()).toEqual(sound(11));
});

test('whose head is damaged is loaded on a snapshot', async () => {
  await commit(snapshotAt(5));
  await flip('heads');
  expect(await logNow()).toEqual({
    head: undefined,
    snapshot: 5,
    tail: range(6, 9),
    damaged: ['heads'],
  });
  await commit(snapshotAt(8), commitOf(6, 12));
  expect(await logNow()).toEqual({ head: 12, snapshot: 8, tail: range(9, 12), damaged: [] });
});

test('a head keeps its hashes through a mended log', async () => {
  await flip('tail', 1);
  await commit(commitOf(4, 5));
  expect((await store.load(document)).head).toEqual(headAt(5));
});
