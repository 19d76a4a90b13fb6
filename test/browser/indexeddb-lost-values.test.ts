// Large values that the browser lost, while the database that names them stayed: they are damage like
// any other, and do not keep a device from loading the rest, nor from saving.
import { indexedDbStore, type ReplicaStore } from '@causeway/client';
import type { StoreCommand } from '@causeway/core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
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
  intentOf,
  operationNamed,
  otherDocument,
  replica,
  reserveOf,
  rowOf,
  saveOf,
  sibling,
  snapshotAt,
  writer,
} from '../contracts/store-values.ts';
import { loseValues } from './support/lost-values.ts';

let databases = 0;
let store: ReplicaStore;
beforeEach(async () => {
  store = indexedDbStore({ database: `lost-${databases++}-${crypto.randomUUID()}` });
  await store.open({ fresh: replica });
  for (const id of [document, otherDocument]) {
    await store.commit(id, [commitOf(1, 2), snapshotAt(2), commitOf(3, 4), commitOf(5, 6)]);
  }
  await commit(
    reserveOf(rowOf('o1', 6)),
    enqueueOf(changeOf(writer, 1, 'o1'), [effectOf('o1', 0), effectOf('o1', 1)]),
    enqueueOf(changeOf(sibling, 1)),
    enqueueOf(changeOf(writer, 2)),
    { type: 'save-episode', episode: episodeOf('e1') },
    ...['i1', 'i2', 'i3'].map((name) => saveOf(intentOf(name))),
    ...[claimOf('i2', sibling), dropOf('i3')],
  );
  await store.commit(otherDocument, [reserveOf(rowOf('o9', 1)), enqueueOf(changeOf(writer, 9))]);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await store.close();
});
const commit = (...commands: readonly StoreCommand[]) => store.commit(document, commands);

/** Which value of the document is lost, by store. */
const lost: Readonly<Record<string, (value: object) => boolean>> = {
  tail: hasKey('0000000000000003'),
  effects: hasKey('1'),
  episodes: hasKey('e1'),
  intents: hasKey('i2'),
  snapshots: (value) => value instanceof Uint8Array && value[1] === 2, // That at position 2.
  queue: (value) => 'order' in value && value.order === 1,
};
function hasKey(last: string) {
  return (value: object): boolean => {
    const key = 'key' in value && Array.isArray(value.key) ? value.key : [];
    return key[0] === document && key.at(-1) === last;
  };
}
function lose(name: string): void {
  loseValues((value, store) => {
    return store === name && value instanceof Object && lost[name]?.(value) === true;
  });
}

test.for([
  ['tail', { tail: [] }],
  ['snapshots', { snapshot: undefined, tail: [] }],
  ['episodes', { episodes: [] }],
  ['intents', { intents: [intentOf('i1'), intentOf('i3', { state: 'dropped' })] }],
] as const)('a lost value of %s is named, and the rest is loaded', async ([name, left]) => {
  const whole = await store.load(document);
  lose(name);
  const damaged = [expect.objectContaining({ store: name })];
  expect(await store.load(document)).toEqual({ ...whole, ...left, damaged });
});

test('a lost change is named by its writer and number; an effect is unknown', async () => {
  const whole = await store.load(document);
  lose('queue');
  const queue = whole.queue.slice(1);
  const change = { writer: writer.writer, seq: 1 };
  const damaged = [expect.objectContaining({ store: 'queue', key: '1', change })];
  expect(await store.load(document)).toEqual({ ...whole, queue, damaged });
  expect(await store.queueAfter(document, 0)).toEqual(queue);
  expect(await store.documents()).toContainEqual({ id: document, pending: 5 });
  vi.restoreAllMocks();
  lose('effects');
  const unknown = { ...effectOf('o1', 1, 'unknown'), name: '', payload: undefined };
  expect(await store.load(document)).toMatchObject({
    effects: [effectOf('o1', 0), unknown],
    damaged: [{ store: 'effects', operation: operationNamed('o1') }],
  });
});

test('a lost intent is in the way of nothing else, and stays', async () => {
  lose('intents');
  const taken = { type: 'intent-taken' };
  const [waiting, dropped] = [intentOf('i1'), intentOf('i3', { state: 'dropped' })];
  expect(await store.intents(document)).toEqual([waiting, dropped]);
  expect(await store.documents()).toContainEqual({ id: document, pending: 5 });
  expect(await commit(claimOf('i2'), dropOf('i2'), dropOf('i1'))).toEqual([
    taken,
    taken,
    { type: 'done' },
  ]);
  await store.releaseDead(document, new Set());
  expect(await store.rows(document)).toEqual([rowOf('o1', 6, { state: 'spent' })]);
  const named = [expect.objectContaining({ store: 'intents', operation: operationNamed('i2') })];
  expect(await store.load(document)).toMatchObject({ intents: [], damaged: named });
  vi.restoreAllMocks(); // Lost only for a while: nothing of it was altered.
  const kept = intentOf('i2', { state: 'submitting', writer: sibling.writer });
  expect(await store.load(document)).toMatchObject({ intents: [kept], damaged: [] });
  lose('intents');
  await commit(saveOf(intentOf('i2')));
  vi.restoreAllMocks();
  expect(await store.intents(document)).toEqual([intentOf('i2')]);
});

test('an intent that is handed over while another tab reads one by one is not missed', async () => {
  lose('effects');
  const tab = store;
  const { getAllKeys } = IDBObjectStore.prototype;
  let isMoved: Promise<unknown> | undefined;
  vi.spyOn(IDBObjectStore.prototype, 'getAllKeys').mockImplementation(function (
    this: IDBObjectStore,
    ...args
  ) {
    // In the middle of reading: what has been read of the queue by now lacks it.
    if (this.name === 'effects') {
      isMoved ??= tab.commit(document, [enqueueOf(changeOf(sibling, 2, 'i2'))]);
    }
    return getAllKeys.apply(this, args);
  });
  const { queue, intents } = await store.load(document);
  await isMoved;
  const isQueued = queue.some(({ change }) => change.header.operation?.id === 'i2');
  expect(isQueued || intents.some(({ operation }) => operation === 'i2')).toBe(true);
});

test('what was lost of the log does not keep anything from being saved', async () => {
  lose('tail');
  await commit(enqueueOf(changeOf(writer, 3)), commitOf(3, 7));
  vi.restoreAllMocks(); // The new record has the key of the lost one.
  expect(await store.load(document)).toMatchObject({
    head: { position: 7 },
    snapshot: { position: 2 },
    tail: entriesFrom(3, 7),
    damaged: [],
  });
  expect(await store.queueAfter(document, 3)).toHaveLength(1);
});

test('a lost snapshot makes room for the log from its beginning, or for a newer one', async () => {
  lose('snapshots');
  await commit(commitOf(1, 5));
  const { head, snapshot, tail, damaged } = await store.load(document);
  expect([head?.position, snapshot, tail, damaged]).toEqual([5, undefined, entriesFrom(1, 5), []]);
  await store.commit(otherDocument, [snapshotAt(5)]);
  expect(await store.load(otherDocument)).toMatchObject({
    snapshot: { position: 5 },
    tail: entriesFrom(6, 6),
    damaged: [],
  });
});

test('other failures of reading stay failures', async () => {
  const failing = new DOMException('disk', 'UnknownError');
  vi.spyOn(IDBObjectStore.prototype, 'getAll').mockImplementation(() => {
    throw failing;
  });
  await expect(store.load(document)).rejects.toMatchObject({ code: 'failed', cause: failing });
});
