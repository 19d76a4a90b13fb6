// Large values that the browser lost, while the database that names them stayed: they are damage like
// any other, and do not keep a device from loading the rest, nor from saving.
import { indexedDbStore, type ReplicaStore } from '@causeway/client';
import type { StoreCommand } from '@causeway/core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  changeOf,
  commitOf,
  document,
  effectOf,
  enqueueOf,
  entriesFrom,
  episodeOf,
  operationNamed,
  otherDocument,
  replica,
  reserveOf,
  rowOf,
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
  expect(await store.documents()).toContainEqual({ id: document, pending: 3 });
  vi.restoreAllMocks();
  lose('effects');
  const unknown = { ...effectOf('o1', 1, 'unknown'), name: '', payload: undefined };
  expect(await store.load(document)).toMatchObject({
    effects: [effectOf('o1', 0), unknown],
    damaged: [{ store: 'effects', operation: operationNamed('o1') }],
  });
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
