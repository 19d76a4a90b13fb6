// The layout of a client's database: its bytes, the way from an older one, and how tabs of different
// versions make way for each other.
import { indexedDbStore } from '@causeway/client';
import type { StoreCommand } from '@causeway/core';
import { deleteDB, type IDBPDatabase, type IDBPTransaction, openDB } from 'idb';
import { afterEach, expect, test, vi } from 'vitest';
// What the stores of layouts 1 and 2 left in their databases after the first commits below, and what
// that of layout 3 added after the last.
import layout1 from '../contracts/store-layout-1.json' with { type: 'json' };
import layout2 from '../contracts/store-layout-2.json' with { type: 'json' };
import layout3 from '../contracts/store-layout-3.json' with { type: 'json' };
import {
  changeOf,
  claimOf,
  commitOf,
  document,
  dropOf,
  effectOf,
  enqueueOf,
  entriesFrom,
  episodeOf,
  headAt,
  intentOf,
  operationNamed,
  otherDocument,
  replica,
  replicaNamed,
  reserveOf,
  rowOf,
  saveOf,
  sibling,
  snapshotAt,
  writer,
} from '../contracts/store-values.ts';
import { alterRecord, dumpOf, flipBit, putDumped, withDatabase } from './support/raw-database.ts';

let databases = 0;
const freshName = () => `layout-${databases++}-${crypto.randomUUID()}`;
const opened: { close(): unknown }[] = [];
/** Closed when the test is over, however it ends. */
function track<T extends { close(): unknown }>(one: T): T {
  opened.push(one);
  return one;
}
afterEach(async () => {
  vi.restoreAllMocks();
  for (const one of opened.splice(0)) await one.close();
});

const city = { key: 'Ägypten/1' };
const commits: readonly (readonly [typeof document, readonly StoreCommand[]])[] = [
  [
    document,
    [
      ...[commitOf(1, 2), commitOf(3, 4), snapshotAt(2), commitOf(5, 5)],
      reserveOf(rowOf('o1', 6, city), 10),
      reserveOf(rowOf('o2', -2.5, city)),
      reserveOf(rowOf('o3', 1)),
      enqueueOf(changeOf(writer, 1, 'o1'), [effectOf('o1', 0), effectOf('o1', 1, 'done')]),
      enqueueOf(changeOf(writer, 2)),
      { type: 'mark-effect', effect: { ...effectOf('o1', 2, 'released'), payload: undefined } },
      { type: 'save-episode', episode: episodeOf('e1') },
      { type: 'save-episode', episode: episodeOf('e2', { endedWallMs: 2_000.25 }) },
    ],
  ],
  [otherDocument, [reserveOf(rowOf('o1', 3)), enqueueOf(changeOf(sibling, 1, 'o1'))]],
];

/** Of layout 3: an intent in every state, and one without an end. */
const laterCommits: typeof commits = [
  [
    document,
    [
      ...['o4', 'o5', 'o6'].map((name) => saveOf(intentOf(name))),
      saveOf(intentOf('o7', { expiresWallMs: undefined, wallMs: 0.5, args: null })),
      ...[claimOf('o5', sibling), dropOf('o6')],
    ],
  ],
  [otherDocument, [saveOf(intentOf('o4', { subjects: [], dependsOn: [] }))]],
];

/** The stores as the first version made them. */
function makeLayout1(database: IDBPDatabase): void {
  for (const name of ['meta', 'heads', 'snapshots']) database.createObjectStore(name);
  const queue = database.createObjectStore('queue', { keyPath: 'order', autoIncrement: true });
  queue.createIndex('document', 'document');
  queue.createIndex('change', ['document', 'writer', 'seq']);
  for (const name of ['tail', 'limits', 'effects', 'episodes']) {
    database.createObjectStore(name, { keyPath: 'key' }).createIndex('document', 'document');
  }
}
/** And as the second one made them new. */
function makeLayout2(
  database: IDBPDatabase,
  transaction: IDBPTransaction<unknown, string[], 'versionchange'>,
): void {
  makeLayout1(database);
  transaction.objectStore('limits').createIndex('operation', ['document', 'operation']);
}
type Version = 1 | 2;
async function oldDatabase(version: Version = 1): Promise<string> {
  const name = freshName();
  const database = await openDB(name, version, {
    upgrade: (made, _before, _after, transaction) =>
      version === 1 ? makeLayout1(made) : makeLayout2(made, transaction),
  });
  const dump = version === 1 ? layout1 : layout2;
  for (const [store, records] of Object.entries(dump)) await putDumped(database, store, records);
  database.close();
  return name;
}
/** Whatever was there before, indexes included. */
function shapeOf(name: string): Promise<unknown> {
  return withDatabase(name, async (database) =>
    [...database.objectStoreNames].map((store) => {
      const { keyPath, autoIncrement, indexNames } = database.transaction(store).store;
      return { store, keyPath, autoIncrement, indexNames: [...indexNames] };
    }),
  );
}
async function versionOf(name: string): Promise<number | undefined> {
  return (await indexedDB.databases()).find((one) => one.name === name)?.version;
}

test('what is stored has the bytes that it always had', async () => {
  const database = freshName();
  const store = track(indexedDbStore({ database }));
  await store.open({ fresh: replica });
  for (const [id, commands] of commits) await store.commit(id, commands);
  expect(await dumpOf(database)).toEqual({ ...layout2, intents: [], rights: [] });
  for (const [id, commands] of laterCommits) await store.commit(id, commands);
  expect(await dumpOf(database)).toEqual({ ...layout2, ...layout3, rights: [] });
  expect(await versionOf(database)).toBe(3); // A change of layout takes a new version and a way there.
});

test('what layout 3 left is read as it was written', async () => {
  const database = await oldDatabase(2);
  const store = track(indexedDbStore({ database }));
  await store.open({ fresh: replica });
  await withDatabase(database, (raw) => putDumped(raw, 'intents', layout3.intents));
  expect(await store.intents(document)).toEqual([
    intentOf('o7', { expiresWallMs: undefined, wallMs: 0.5, args: null }),
    intentOf('o4'),
    intentOf('o5', { state: 'submitting', writer: sibling.writer }),
    intentOf('o6', { state: 'dropped' }),
  ]);
  expect(await store.intents(otherDocument)).toEqual([
    intentOf('o4', { subjects: [], dependsOn: [] }),
  ]);
  expect(await store.documents()).toContainEqual({ id: document, pending: 5 });
});

test.for([1, 2] as const)(
  'a database of version %i is upgraded with everything in it',
  async (version) => {
    const database = await oldDatabase(version);
    expect(await versionOf(database)).toBe(version);
    const store = track(indexedDbStore({ database }));
    expect(await store.open({ fresh: replicaNamed('d') })).toEqual({ replica });
    expect(await versionOf(database)).toBe(3);
    expect(await dumpOf(database)).toEqual({ ...layout2, intents: [], rights: [] });
    const fresh = freshName();
    await track(indexedDbStore({ database: fresh })).open({ fresh: replica });
    expect(await shapeOf(database)).toEqual(await shapeOf(fresh));
    const { queue, ...kept } = await store.load(document);
    expect(queue.map(({ order, change }) => ({ order, change }))).toEqual([
      { order: 1, change: changeOf(writer, 1, 'o1') },
      { order: 2, change: changeOf(writer, 2) },
    ]);
    expect(kept).toEqual({
      document,
      head: headAt(5),
      snapshot: { position: 2, bytes: snapshotAt(2).bytes },
      tail: entriesFrom(3, 5),
      rows: [rowOf('o3', 1), rowOf('o1', 6, { ...city, state: 'spent' }), rowOf('o2', -2.5, city)],
      effects: [
        effectOf('o1', 0),
        effectOf('o1', 1, 'done'),
        { ...effectOf('o1', 2, 'released'), payload: undefined },
      ],
      episodes: [episodeOf('e1'), episodeOf('e2', { endedWallMs: 2_000.25 })],
      intents: [],
      rights: [],
      damaged: [],
    });
    for (const [id, commands] of laterCommits) await store.commit(id, commands);
    expect(await dumpOf(database)).toEqual({ ...layout2, ...layout3, rights: [] });
  },
);

test.for([1, 2] as const)(
  'rows of an upgraded database of version %i count, are spent and are let go like new ones',
  async (version) => {
    const store = track(indexedDbStore({ database: await oldDatabase(version) }));
    const asked = await store.commit(document, [reserveOf(rowOf('o4', 7, city), 10)]);
    expect(asked).toEqual([
      { type: 'limit-refused', invariant: 'covered', ...city, remaining: 6.5 },
    ]);
    await store.commit(document, [
      enqueueOf(changeOf(writer, 3, 'o3')),
      { type: 'release', operation: operationNamed('o1') },
      commitOf(5, 6, { settled: [operationNamed('o2')] }),
    ]);
    expect(await store.rows(document)).toEqual([rowOf('o3', 1, { state: 'spent' })]);
    expect(await store.rows(otherDocument)).toHaveLength(1);
    expect((await store.queueAfter(document, 2)).map(({ order }) => order)).toEqual([4]);
  },
);

test.for([1, 2] as const)('damage does not stop an upgrade from version %i', async (version) => {
  const database = await oldDatabase(version);
  for (const name of ['heads', 'queue', 'limits']) {
    await alterRecord(database, { store: name }, flipBit);
  }
  const store = track(indexedDbStore({ database }));
  const { damaged = [], rows } = await store.load(document);
  expect(damaged.map((one) => one.store)).toEqual(['heads', 'queue', 'limits']);
  expect(rows).toHaveLength(2);
  await store.commit(document, [{ type: 'release', operation: operationNamed('o3') }]);
  expect((await store.load(document)).damaged).toHaveLength(2);
});

test('an upgrade that fails leaves the database as it was, and is tried again', async () => {
  const database = await oldDatabase();
  const before = await dumpOf(database);
  const store = track(indexedDbStore({ database }));
  const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
    throw new DOMException('no space left', 'QuotaExceededError');
  });
  await expect(store.load(document)).rejects.toMatchObject({ code: 'quota-exceeded' });
  put.mockRestore();
  expect(await versionOf(database)).toBe(1);
  expect(await dumpOf(database)).toEqual(before);
  expect(await store.rows(document)).toHaveLength(3);
  expect(await versionOf(database)).toBe(3);
});

test('a step of an upgrade that fails takes the earlier ones with it', async () => {
  const database = await oldDatabase();
  const before = await dumpOf(database);
  const store = track(indexedDbStore({ database }));
  const { createObjectStore } = IDBDatabase.prototype;
  const create = vi.spyOn(IDBDatabase.prototype, 'createObjectStore');
  create.mockImplementation(function (this: IDBDatabase, name, o) {
    if (name === 'intents') throw new DOMException('no space left', 'QuotaExceededError');
    return createObjectStore.call(this, name, o);
  });
  await expect(store.load(document)).rejects.toMatchObject({ code: 'quota-exceeded' });
  create.mockRestore();
  expect([await versionOf(database), await dumpOf(database)]).toEqual([1, before]);
  await store.commit(document, [saveOf(intentOf('o4'))]);
  expect(await store.load(document)).toMatchObject({ intents: [intentOf('o4')], damaged: [] });
});

test('a tab of another version that makes way lets the upgrade through', async () => {
  const database = await oldDatabase();
  const old = track(await openDB(database, 1, { blocking: () => old.close() }));
  const store = track(indexedDbStore({ database }));
  expect(await store.rows(document)).toHaveLength(3);
});

test('one that does not is waited for within bounds; once it is gone the store opens', async () => {
  const database = await oldDatabase();
  const old = track(await openDB(database, 1));
  const store = track(indexedDbStore({ database, openWithinMs: 50 }));
  await expect(store.load(document)).rejects.toMatchObject({ code: 'blocked', retry: true });
  const close = vi.spyOn(IDBDatabase.prototype, 'close');
  old.close();
  const asking = () => store.rows(document).catch(() => []);
  await expect.poll(asking, { timeout: 10_000 }).toHaveLength(3);
  expect(close.mock.calls.length).toBeGreaterThan(1); // What opened too late is let go of.
});

test('a store makes way for a newer version, and then asks for a reload', async () => {
  const database = freshName();
  const store = track(indexedDbStore({ database }));
  await store.open({ fresh: replica });
  const lost: string[] = [];
  store.onLost(({ code }) => lost.push(code));
  track(await openDB(database, 99));
  expect(lost).toEqual(['closed']);
  const asked = store.load(document);
  await expect(asked).rejects.toMatchObject({ code: 'unavailable', retry: false });
});

test('deleting everything waits within bounds, too', async () => {
  const database = freshName();
  const other = track(await openDB(database));
  const store = indexedDbStore({ database, openWithinMs: 50 });
  await expect(store.destroy()).rejects.toMatchObject({ code: 'blocked', retry: true });
  other.close();
  await expect.poll(() => versionOf(database)).toBeUndefined();
});

test('opens again after its connection was closed under it', async () => {
  const store = track(indexedDbStore({ database: freshName() }));
  const { transaction } = IDBDatabase.prototype;
  let connection: IDBDatabase | undefined;
  vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(function (
    this: IDBDatabase,
    ...args
  ) {
    connection = this;
    return transaction.apply(this, args);
  });
  await store.commit(document, [enqueueOf(changeOf(writer, 1))]);
  connection?.close();
  const asked = store.queueAfter(document, 0);
  await expect(asked).rejects.toMatchObject({ code: 'closed', retry: true });
  expect(await store.queueAfter(document, 0)).toHaveLength(1);
});

test('goes on, empty, after its database was deleted under it', async () => {
  const database = freshName();
  const store = track(indexedDbStore({ database }));
  await store.commit(document, [enqueueOf(changeOf(writer, 1))]);
  await deleteDB(database);
  expect(await store.queueAfter(document, 0)).toEqual([]);
  await store.commit(document, [commitOf(8, 9)]); // Of a log whose beginning is gone.
  expect(await store.load(document)).toMatchObject({ head: undefined, tail: [], damaged: [] });
});
