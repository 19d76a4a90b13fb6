// What the client promises at its edges: a document opened while cut says so, a receipt keeps its
// evidence over a reload, and `close` does not let go of what is not saved.
import {
  connect,
  createMemoryDatabase,
  memoryStore,
  type ReplicaStore,
  StoreFailure,
} from '@causeway/client';
import { app } from '@causeway/demo/bank';
import { openMemoryStore, startRelay } from '@causeway/relay';
import { expect, test } from 'vitest';

const effects = { dispense: async () => undefined };
const pay = { account: 'ann', cents: 1_00 };
/** A port where nobody listens: refused at once, as when the relay is down. */
const nobody = 'ws://127.0.0.1:9';

test('a document opened long after the line broke is cut off too, and not for ever "checking"', async () => {
  const bounds = { fixedMs: 50 };
  await using client = connect({ app, url: nobody, store: memoryStore(), effects, bounds });
  const first = await client.open('first');
  await first.status.waitFor(({ mode }) => mode === 'partitioned');
  const late = await client.open('late');
  await late.status.waitFor(({ mode }) => mode === 'partitioned', {
    signal: AbortSignal.timeout(1_000),
  });
});

test('a receipt after a reload names the position that it had before', async () => {
  const relay = await startRelay({ data: 'unused', port: 0, store: openMemoryStore() });
  const database = createMemoryDatabase();
  const open = async () => {
    const client = connect({ app, url: relay.url, store: memoryStore(database), effects });
    return { client, handle: await client.open('branch-7') };
  };
  const before = await open();
  const receipt = before.handle.run('deposit', pay);
  const committed = await receipt.committed;
  expect(committed).toEqual({ type: 'committed', position: '1.1' });
  await before.client.close();
  const after = await open();
  expect(await after.handle.receipt(receipt.id)?.committed).toEqual(committed);
  await after.client.close();
  await relay.close();
});

test('`close` waits until a store that failed has kept everything', async () => {
  const database = createMemoryDatabase();
  const store = memoryStore(database);
  let failures = 3;
  const failing: ReplicaStore = {
    ...store,
    async commit(document, commands) {
      if (failures-- > 0) throw new StoreFailure('quota-exceeded', 'full', { retry: true });
      return await store.commit(document, commands);
    },
  };
  const client = connect({ app, url: nobody, store: failing, effects, offline: true });
  const handle = await client.open('branch-7');
  handle.run('deposit', pay);
  await handle.status.waitFor(({ storage }) => storage === 'storage-failed');
  await client.close();
  const again = connect({ app, url: nobody, store: memoryStore(database), effects, offline: true });
  const kept = await again.open('branch-7');
  expect(kept.pending.current.map(({ name }) => name)).toEqual(['deposit']);
  await again.close();
});
