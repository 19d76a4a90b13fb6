// The real client at the page's edge: when it warns before closing, and which characters of a text it
// still owes to the relay, also after a reload.
import {
  connect,
  createMemoryDatabase,
  memoryStore,
  type ReplicaStore,
  StoreFailure,
  type WarnBeforeClose,
} from '@causeway/client';
import { app } from '@causeway/demo/bank';
import { openMemoryStore, startRelay } from '@causeway/relay';
import { tentativeRanges } from '@causeway/yjs';
import { afterEach, describe, expect, test, vi } from 'vitest';

const effects = { dispense: async () => undefined };
const pay = { account: 'ann', cents: 1_00 };
const nobody = 'ws://127.0.0.1:9';
/** Kept as on a disk, and (on demand) not at all. */
function openDisk(database = createMemoryDatabase()) {
  const disk = { isFull: false };
  const store = memoryStore(database);
  const kept: ReplicaStore = {
    ...store,
    strength: 'strict',
    async commit(document, commands) {
      if (disk.isFull) throw new StoreFailure('quota-exceeded', 'full', { retry: true });
      return await store.commit(document, commands);
    },
  };
  return { disk, store: kept, database };
}

/** The browser's page, as far as it takes part. */
function standInPage() {
  const window = new EventTarget();
  vi.stubGlobal('window', window);
  vi.stubGlobal('document', Object.assign(new EventTarget(), { visibilityState: 'visible' }));
  return function isWarned(): boolean {
    const event = new Event('beforeunload', { cancelable: true });
    window.dispatchEvent(event);
    return event.defaultPrevented;
  };
}
afterEach(() => vi.unstubAllGlobals());

describe('before the page closes', () => {
  /** [nothing to lose, unsent, unsaved] */
  const cases: readonly [WarnBeforeClose | undefined, readonly boolean[]][] = [
    [undefined, [false, false, false]],
    [false, [false, false, false]],
    [true, [false, true, true]],
    ['unsent', [false, true, true]],
    ['unsaved', [false, false, true]],
  ];
  test.each(cases)('warnBeforeClose %s warns as it says', async (warnBeforeClose, expected) => {
    const isWarned = standInPage();
    const { disk, store } = openDisk();
    const wish = warnBeforeClose === undefined ? {} : { warnBeforeClose };
    const client = connect({ app, url: nobody, store, effects, offline: true, ...wish });
    const handle = await client.open('branch-7');
    const safe: boolean[] = [];
    client.isSafeToClose.subscribe((isSafe) => safe.push(isSafe));
    const warned = [isWarned()];
    expect(client.closeRisk.current).toBe('nothing');
    await handle.run('deposit', pay).saved;
    expect(client.closeRisk.current).toBe('unsent');
    warned.push(isWarned());
    disk.isFull = true;
    handle.run('deposit', pay);
    expect(client.closeRisk.current).toBe('unsaved');
    warned.push(isWarned());
    disk.isFull = false;
    await client.isSafeToClose.waitFor((isSafe) => isSafe);
    expect(warned).toEqual(expected);
    expect(safe).toEqual([true, false, true, false, true]);
    await client.close();
    expect(isWarned()).toBe(false);
  });

  test('what waits for its reservation, or is being typed, is not saved yet', async () => {
    const { store } = openDisk();
    const client = connect({ app, url: nobody, store, effects, offline: true });
    const handle = await client.open('branch-7');
    const receipt = handle.run('withdraw', { account: 'ann', cents: 1 });
    expect(client.isSafeToClose.current).toBe(false);
    await receipt.saved;
    expect(client.isSafeToClose.current).toBe(true);
    handle.doc.getText('note').insert(0, 'x');
    expect(client.closeRisk.current).toBe('unsaved');
    await client.closeRisk.waitFor((risk) => risk === 'unsent');
    await client.close();
  });

  test('where the device keeps nothing, only the relay makes it safe', async () => {
    const relay = await startRelay({ data: 'unused', port: 0, store: openMemoryStore() });
    const client = connect({ app, url: relay.url, store: memoryStore(), effects, offline: true });
    const handle = await client.open('branch-7');
    await handle.run('deposit', pay).saved;
    expect(client.closeRisk.current).toBe('unsaved');
    client.goOnline();
    await client.closeRisk.waitFor((risk) => risk === 'nothing');
    await client.close();
    await relay.close();
  });
});

test('tentative characters are coloured over a reload, and while others write, until committed', async () => {
  const relay = await startRelay({ data: 'unused', port: 0, store: openMemoryStore() });
  const database = createMemoryDatabase();
  const open = async (offline: boolean, store = memoryStore(database)) => {
    const client = connect({ app, url: relay.url, store, effects, offline });
    const handle = await client.open('branch-7');
    return { client, handle, text: handle.doc.getText('note') };
  };
  const first = await open(false);
  first.text.insert(0, 'committed');
  await first.handle.flush();
  expect(tentativeRanges(first.handle, first.text)).toEqual([]);
  first.client.goOffline();
  first.text.insert(0, '>> ');
  first.text.format(3, 4, { bold: true });
  expect(tentativeRanges(first.handle, first.text)).toEqual([{ from: 0, to: 3, isSaved: false }]);
  await first.client.close();

  const again = await open(true);
  expect(again.text.toString()).toBe('>> committed');
  expect(tentativeRanges(again.handle, again.text)).toEqual([{ from: 0, to: 3, isSaved: true }]);
  const other = await open(false, memoryStore());
  await vi.waitFor(() => expect(other.text.toString()).toBe('committed'));
  other.text.insert(0, '!');
  await other.handle.flush();
  again.client.goOnline();
  await vi.waitFor(() => expect(again.text.length).toBe('!>> committed'.length));
  await again.handle.flush();
  expect(tentativeRanges(again.handle, again.text)).toEqual([]);
  await vi.waitFor(() => expect(other.text.toString()).toBe(again.text.toString()));
  await again.client.close();
  await other.client.close();
  await relay.close();
});

test('a value that nobody listens to is read anew, and one with listeners is published once', async () => {
  const { store } = openDisk();
  const client = connect({ app, url: nobody, store, effects, offline: true });
  const handle = await client.open('branch-7');
  const live = handle.keyStatus('balance', 'ann');
  expect(live.current).toBeUndefined();
  const { saved, id } = handle.run('deposit', pay);
  await saved;
  expect(live.current?.status).toBe('tentative');
  expect(live.current).toBe(live.current); // The same object: a framework compares by identity.
  const heard: unknown[] = [];
  const stop = live.subscribe((mark) => heard.push(mark?.operations.length));
  await handle.run('deposit', pay).saved;
  stop();
  stop();
  await handle.run('deposit', pay).saved;
  expect(heard.at(-1)).toBe(2);
  expect(live.current?.operations).toHaveLength(3);
  expect(live.current?.operations[0]).toBe(id);
  const until = { signal: AbortSignal.abort(new Error('enough')) };
  await expect(live.waitFor(() => false, until)).rejects.toThrow('enough');
  await client.close();
});

test('who leaves twice takes nobody else along', async () => {
  const { store } = openDisk();
  const client = connect({ app, url: nobody, store, effects, offline: true });
  const handle = await client.open('branch-7');
  const receipt = handle.run('deposit', pay);
  const live = handle.statusOf(receipt.id);
  const heard: unknown[] = [];
  const leave = live.subscribe(() => undefined);
  live.subscribe((status) => heard.push(status));
  leave();
  leave();
  await receipt.saved;
  expect(heard).toEqual(['unsaved', 'tentative']);
  await client.close();
});
