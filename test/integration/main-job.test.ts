// The main job on a real relay with a real log on disk: two devices, one cut, one merge, one broken
// rule, one compensation (S1 and S2). The browser's own parts are tested in test/e2e.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MemoryDatabase } from '@causeway/client';
import { type Client, connect, createMemoryDatabase, memoryStore } from '@causeway/client';
import { app } from '@causeway/demo/bank';
import { type Relay, startRelay } from '@causeway/relay';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startSlowProxy } from './support/slow-proxy.ts';

const module = new URL('../../apps/demo/src/bank.ts', import.meta.url).href;
let folder: string;
let relay: Relay;
let clients: Client<typeof app>[];
let dispensed: number[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'causeway-'));
  relay = await startRelay({ data: folder, port: 0, app: module });
  clients = [];
  dispensed = [];
});
afterEach(async () => {
  for (const client of clients) await client.close();
  await relay.close();
  await rm(folder, { recursive: true });
});

async function openDevice(
  database: MemoryDatabase = createMemoryDatabase(),
  { url = relay.url, fixedMs }: { readonly url?: string; readonly fixedMs?: number } = {},
) {
  const client = connect({
    app,
    url,
    ...(fixedMs !== undefined && { bounds: { fixedMs } }),
    store: memoryStore(database),
    effects: {
      dispense: async ({ cents }) => {
        dispensed.push(cents);
      },
    },
  });
  clients.push(client);
  const handle = await client.open('branch-7');
  return { client, handle, database };
}
type Device = Awaited<ReturnType<typeof openDevice>>;

const connected = ({ handle }: Device) =>
  handle.status.waitFor((status) => status.mode === 'connected' && status.synced);
const withdraw = ({ handle }: Device, cents: number) =>
  handle.run('withdraw', { account: 'ann', cents });
const deposit = ({ handle }: Device, cents: number) =>
  handle.run('deposit', { account: 'ann', cents });
const balanceOf = ({ handle }: Device) => handle.view.balance.get('ann');

test('an operation climbs the whole ladder, and the other device sees it', async () => {
  const [a, b] = [await openDevice(), await openDevice()];
  await connected(a);
  await connected(b);
  const receipt = deposit(a, 5_00);
  expect((await receipt.saved).type).toBe('saved');
  expect((await receipt.committed).type).toBe('committed');
  expect(await receipt.outcome).toEqual({ type: 'confirmed' });
  await b.handle.select((doc) => doc.balance.get('ann')).waitFor(({ value }) => value === 105_00);
});

test('S2: two cut devices overdraw an account; one case, one fee', async () => {
  const [a, b] = [await openDevice(), await openDevice()];
  await connected(a);
  await connected(b);
  for (const { client } of [a, b]) client.goOffline();
  const receipts = [withdraw(a, 80_00), withdraw(b, 80_00)];
  for (const receipt of receipts) expect((await receipt.saved).type).toBe('saved');
  expect(a.handle.pending.current).toHaveLength(1);
  a.client.goOnline();
  await receipts[0]?.outcome;
  b.client.goOnline();
  const outcome = await receipts[1]?.outcome;
  expect(outcome?.type).toBe('compensated');
  const settled = await b.handle.cases.waitFor(([one]) => one?.state === 'compensated');
  expect(settled).toHaveLength(1);
  const [violation] = settled[0]?.violations ?? [];
  expect(violation?.participants.map(({ id }) => id).sort()).toEqual(
    receipts.map(({ id }) => id).sort(),
  );
  for (const device of [a, b]) {
    const money = device.handle.select((doc) => [doc.balance.get('ann'), doc.owed.get('ann')]);
    await money.waitFor(({ value: [balance, owed] }) => balance === -85_00 && owed === 85_00);
  }
  expect(dispensed).toEqual([80_00, 80_00]); // Cash is not taken back, and not paid twice.
});

test('S1: the stand-in limit is net, survives a reload, and is given back by confirmation', async () => {
  const a = await openDevice();
  await connected(a);
  await deposit(a, 400_00).outcome;
  a.client.goOffline();
  expect((await withdraw(a, 150_00).saved).type).toBe('saved');
  expect((await deposit(a, 40_00).saved).type).toBe('saved');
  expect((await withdraw(a, 80_00).saved).type).toBe('saved');
  const refused = { type: 'refused', code: 'stand-in-limit', remaining: 10_00 };
  expect(await withdraw(a, 20_00).saved).toMatchObject(refused);
  expect(balanceOf(a)).toBe(310_00);

  await a.client.close();
  const again = await openDevice(a.database);
  again.client.goOffline();
  expect(again.handle.pending.current.map(({ name }) => name)).toEqual([
    'withdraw',
    'deposit',
    'withdraw',
  ]);
  expect(balanceOf(again)).toBe(310_00);
  expect(await withdraw(again, 20_00).saved).toMatchObject(refused);
  again.client.goOnline();
  await connected(again);
  await again.handle.limits.waitFor((uses) => uses.every(({ used }) => used === 0));
  again.client.goOffline();
  expect((await withdraw(again, 200_00).saved).type).toBe('saved');
});

test('two tabs that spend the same remainder: exactly one succeeds', async () => {
  const a = await openDevice();
  await connected(a);
  const tab = await openDevice(a.database);
  await connected(tab);
  await deposit(a, 900_00).outcome;
  for (const { client } of [a, tab]) client.goOffline();
  expect((await withdraw(a, 190_00).saved).type).toBe('saved');
  for (let round = 0; round < 100; round++) {
    const answers = await Promise.all([withdraw(a, 10_00).saved, withdraw(tab, 10_00).saved]);
    expect(answers.map(({ type }) => type).sort()).toEqual(['refused', 'saved']);
    expect((await deposit(round % 2 ? a : tab, 10_00).saved).type).toBe('saved');
  }
});

test('bad input is a typed refusal with evidence, and nothing is written', async () => {
  const { handle, client } = await openDevice();
  const loose = handle.run as (name: string, args: unknown) => ReturnType<typeof handle.run>;
  expect(await loose('withdraw', { account: 'ann', cents: -1 }).saved).toMatchObject({
    code: 'invalid-args',
  });
  expect(await loose('rob', {}).saved).toMatchObject({
    code: 'unknown-operation',
    known: ['deposit', 'withdraw'],
  });
  await expect(client.open('no spaces')).rejects.toMatchObject({ code: 'bad-document-id' });
  expect(handle.pending.current).toEqual([]);
});

test('S14: slower than an operation may wait is a partition; it proceeds, and commits once', async () => {
  const proxy = await startSlowProxy(relay.port);
  try {
    const url = `http://127.0.0.1:${proxy.port}`;
    const a = await openDevice(createMemoryDatabase(), { url, fixedMs: 5_000 });
    await connected(a);
    const bound = { withinMs: 500, onTimeout: 'proceed' } as const;
    const pay = () => a.handle.run('deposit', { account: 'ann', cents: 10_00 }, bound);

    proxy.setDelay(200); // A round trip of 400 ms is within the bound.
    await pay().committed;
    expect(a.handle.status.current.mode).toBe('connected');

    proxy.setDelay(450);
    const late = pay();
    await a.handle.status.waitFor(({ mode }) => mode === 'partitioned');
    expect(late.state.current.type).toBe('saved'); // Tentative: nothing was lost or refused.
    expect(a.handle.status.current.link).toBe('connected'); // The socket was open throughout.
    await late.committed;
    proxy.setDelay(0);
    expect(await late.outcome).toEqual({ type: 'confirmed' });
    await connected(a);
    expect(balanceOf(a)).toBe(120_00); // The late acknowledgement was recognised: no duplicate.
    expect(a.handle.episodes.current.map(({ why }) => why)).toEqual(['operation-late']);
  } finally {
    await proxy.close();
  }
});
