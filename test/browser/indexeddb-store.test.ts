// The store contract on Chromium's real IndexedDB, the store against its model in memory, and what
// only a disk has: deaths between two requests, a full device, and the cost of a look-up.
import {
  createMemoryDatabase,
  indexedDbStore,
  memoryStore,
  type ReplicaStore,
} from '@causeway/client';
import type { StoreCommand } from '@causeway/core';
import { afterEach, expect, test, vi } from 'vitest';
import { describeReplicaStore } from '../contracts/store-contract.ts';
import { compareWithModel } from '../contracts/store-model.ts';
import {
  changeOf,
  claimOf,
  commitOf,
  document,
  dropOf,
  effectOf,
  enqueueOf,
  episodeOf,
  intentOf,
  operationNamed,
  replica,
  reserveOf,
  rowOf,
  saveOf,
  snapshotAt,
  writer,
} from '../contracts/store-values.ts';
import { alterRecord } from './support/raw-database.ts';

let databases = 0;
const freshName = () => `test-${databases++}-${crypto.randomUUID()}`;

afterEach(() => {
  vi.restoreAllMocks();
});

describeReplicaStore('IndexedDB', () => {
  const database = freshName();
  return () => indexedDbStore({ database });
});

test(
  'answers and keeps what its model in memory does, command by command',
  { timeout: 60_000 },
  () =>
    compareWithModel(
      () => {
        const database = freshName();
        return () => indexedDbStore({ database });
      },
      () => {
        const database = createMemoryDatabase();
        return () => memoryStore(database);
      },
      { seed: 20_261_126, numRuns: 40 },
    ),
);

const before: readonly StoreCommand[] = [
  reserveOf(rowOf('o0', 1)),
  enqueueOf(changeOf(writer, 1, 'o0')),
  commitOf(1, 3),
  ...['o1', 'o2', 'o3'].map((name) => saveOf(intentOf(name))),
];
const dying: readonly StoreCommand[] = [
  reserveOf(rowOf('o1', 5), 100),
  enqueueOf(changeOf(writer, 2, 'o1'), [effectOf('o1', 0), effectOf('o1', 1)]),
  commitOf(4, 6, {
    dequeued: [{ writer: writer.writer, seq: 1 }],
    settled: [operationNamed('o0')],
    effects: [effectOf('o2', 0), effectOf('o2', 1)],
  }),
  ...[saveOf(intentOf('o4')), claimOf('o2'), dropOf('o3')],
  snapshotAt(5),
  { type: 'save-episode', episode: episodeOf('e1') },
  { type: 'release', operation: operationNamed('o1') },
];

/** A store that dies at one step, and how many there were. */
function dyingStore(database: string, deadAt: number) {
  let steps = 0;
  const onStep = (): void => {
    steps += 1;
    if (steps === deadAt) throw new Error('the tab died');
  };
  return { store: indexedDbStore({ database, onStep }), countSteps: () => steps };
}

test('a save that dies between any two steps leaves all of it or nothing', async () => {
  const { store: counting, countSteps } = dyingStore(freshName(), Number.POSITIVE_INFINITY);
  await counting.commit(document, before);
  const first = countSteps();
  await counting.commit(document, dying);
  const steps = countSteps() - first;
  await counting.destroy();
  expect(steps).toBeGreaterThanOrEqual(20);
  for (let deadAt = 1; deadAt <= steps; deadAt++) {
    const { store } = dyingStore(freshName(), first + deadAt);
    await store.commit(document, before);
    const kept = await store.load(document);
    await expect(store.commit(document, dying)).rejects.toMatchObject({ name: 'StoreFailure' });
    expect(await store.load(document)).toEqual(kept);
    await store.commit(document, dying); // Nothing of the death is in the way of the next try.
    await store.destroy();
  }
});

test('a full device is told as such, and what is tried again is kept', async () => {
  let isFull = true;
  const onStep = (): void => {
    if (isFull) throw new DOMException('no space left', 'QuotaExceededError');
  };
  const store = indexedDbStore({ database: freshName(), onStep });
  const failing = store.commit(document, before);
  await expect(failing).rejects.toMatchObject({ code: 'quota-exceeded', retry: true });
  isFull = false;
  await store.commit(document, before);
  expect(await store.queueAfter(document, 0)).toHaveLength(1);
  await store.close();
});

test('waits for the disk where something must not be lost, and nowhere else', async () => {
  const asked: (string | undefined)[] = [];
  const { transaction } = IDBDatabase.prototype;
  vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(function (
    this: IDBDatabase,
    ...args
  ) {
    if (args[1] === 'readwrite') asked.push(args[2]?.durability);
    return transaction.apply(this, args);
  });
  const store = indexedDbStore({ database: freshName() });
  await store.open({ fresh: replica });
  const relaxed = { ...enqueueOf(changeOf(writer, 1)), isStrict: false };
  await store.commit(document, [reserveOf(rowOf('o1', 1))]);
  await store.commit(document, [relaxed, enqueueOf(changeOf(writer, 2, 'o1'))]);
  await store.commit(document, [{ type: 'mark-effect', effect: effectOf('o1', 0, 'released') }]);
  await store.commit(document, [relaxed, commitOf(1, 2), snapshotAt(1)]);
  await store.releaseDead(document, new Set());
  expect(asked).toEqual(['strict', 'strict', 'strict', 'strict', 'relaxed', 'strict']);
  // What a person is told is kept, or stopped, and what of two tabs one alone may hand over.
  asked.length = 0;
  await store.commit(document, [saveOf(intentOf('o2'))]);
  await store.commit(document, [claimOf('o2')]);
  await store.commit(document, [dropOf('o2')]);
  await store.commit(document, [commitOf(3, 3, { effects: [effectOf('o2', 0)] })]);
  expect(asked).toEqual(['strict', 'strict', 'strict', 'strict']);
  await store.close();
});

test('a reservation reads the rows of its own limit only, an operation its own', async () => {
  const store = indexedDbStore({ database: freshName() });
  const others = Array.from({ length: 50 }, (_, at) => rowOf(`x${at}`, 1, { key: `k${at}` }));
  const own = [rowOf('o1', 1), rowOf('o2', 1), rowOf('o2', 1, { invariant: 'audited' })];
  await store.commit(
    document,
    [...others, ...own].map((row) => reserveOf(row)),
  );
  const readBy = readsByCommand(store, 'limits');
  expect(await readBy(reserveOf(rowOf('o3', 1), 10))).toBe(2);
  expect(await readBy(reserveOf(rowOf('o4', 1)))).toBe(0);
  expect(await readBy(enqueueOf(changeOf(writer, 1, 'o2')))).toBe(2);
  expect(await readBy({ type: 'release', operation: operationNamed('o2') })).toBe(2);
  expect(await readBy(commitOf(1, 1, { settled: [operationNamed('o1')] }))).toBe(1);
  await store.close();
});

test('listing documents reads no intent, letting go of the dead none that waits', async () => {
  const store = indexedDbStore({ database: freshName() });
  const names = Array.from({ length: 50 }, (_, at) => `x${at}`);
  await store.commit(document, [
    ...names.map((name) => saveOf(intentOf(name))),
    ...[claimOf('x1'), dropOf('x2'), claimOf('x3')],
  ]);
  const readsOf = countReads('intents');
  expect(await readsOf(() => store.documents())).toBe(0);
  // Three keys and their records.
  expect(await readsOf(() => store.releaseDead(document, new Set([writer.writer])))).toBe(6);
  expect(await readsOf(() => store.commit(document, [claimOf('x9')]))).toBe(1);
  expect(await readsOf(() => store.commit(document, [dropOf('x8')]))).toBe(1);
  expect(await readsOf(() => store.commit(document, [enqueueOf(changeOf(writer, 1, 'x9'))]))).toBe(
    0,
  );
  await store.close();
});

test('following the log reads nothing of it, unless another tab was there first', async () => {
  const store = indexedDbStore({ database: freshName() });
  await store.commit(document, [commitOf(1, 4), snapshotAt(4)]);
  for (const first of [5, 8, 11, 14]) await store.commit(document, [commitOf(first, first + 2)]);
  const readBy = readsByCommand(store, 'tail', 'snapshots');
  expect(await readBy(commitOf(17, 20))).toBe(0);
  expect(await readBy(commitOf(22, 23))).toBe(0); // Leaves a gap.
  expect(await readBy(commitOf(9, 12))).toBe(2); // Lies in two records.
  expect(await readBy(commitOf(20, 25))).toBe(1);
  await store.close();
});

function readsByCommand(store: ReplicaStore, ...names: readonly string[]) {
  const readsOf = countReads(...names);
  return (command: StoreCommand): Promise<number> =>
    readsOf(() => store.commit(document, [command]));
}

/** Answers with how many records, or keys of them, the requests of one act gave back. */
function countReads(...names: readonly string[]) {
  let count = 0;
  const listen = (request: IDBRequest<unknown>, { name }: IDBObjectStore): void => {
    if (!names.includes(name)) return;
    request.addEventListener('success', () => {
      const { result } = request;
      count += Array.isArray(result) ? result.length : Number(result !== undefined);
    });
  };
  for (const method of ['get', 'getAll', 'getAllKeys'] as const) {
    const ofStore = IDBObjectStore.prototype[method] as (...args: unknown[]) => IDBRequest;
    vi.spyOn(IDBObjectStore.prototype, method).mockImplementation(function (
      this: IDBObjectStore,
      ...args: unknown[]
    ) {
      const request = ofStore.apply(this, args);
      listen(request, this);
      return request;
    });
    const ofIndex = IDBIndex.prototype[method] as (...args: unknown[]) => IDBRequest;
    vi.spyOn(IDBIndex.prototype, method).mockImplementation(function (
      this: IDBIndex,
      ...args: unknown[]
    ) {
      const request = ofIndex.apply(this, args);
      listen(request, this.objectStore);
      return request;
    });
  }
  return async (act: () => Promise<unknown>): Promise<number> => {
    const before = count;
    await act();
    return count - before;
  };
}

test('an identity that cannot be read is no reason to take another one', async () => {
  const database = freshName();
  const store = indexedDbStore({ database });
  await store.open({ fresh: replica });
  await alterRecord(database, { store: 'meta' }, (bytes) => bytes.subarray(1));
  const opening = store.open({ fresh: replica });
  await expect(opening).rejects.toMatchObject({ code: 'corrupt', retry: false });
  await alterRecord(database, { store: 'meta' }, () => null);
  await expect(store.open({ fresh: replica })).rejects.toMatchObject({ code: 'corrupt' });
  await store.close();
});
