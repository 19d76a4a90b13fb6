// A disk that gives back less than was written: what is left is loaded, the log heals what came from
// it, and what only this device had is named and never passed over.
import { app } from '@causeway/demo/bank';
import { type SimulatedDevice, World } from '@causeway/testkit';
import { beforeEach, expect, test } from 'vitest';

type Device = SimulatedDevice<typeof app>;
let world: World<typeof app>;
let a: Device;
let b: Device;

beforeEach(async () => {
  world = new World({ app, seed: 5, bounds: { fixedMs: 500 } });
  a = world.addDevice('A');
  b = world.addDevice('B');
  await settle(a, b);
});

const isSynced = ({ tab }: Device): boolean => {
  const status = tab?.handle?.status.current;
  return status?.mode === 'connected' && status.synced;
};
async function settle(...devices: readonly Device[]): Promise<void> {
  expect(await world.advanceUntil(() => devices.every(isSynced), 120_000)).toBe(true);
}
const deposit = ({ handle }: Device, cents: number) =>
  handle.run('deposit', { account: 'ann', cents });
const balanceOf = ({ handle }: Device) => handle.view.balance.get('ann');
const storedBy = ({ disk }: Device) => [...disk.database.documents.values()][0];

async function reload(device: Device): Promise<void> {
  device.reload();
  expect(await world.advanceUntil(() => device.tab?.handle !== undefined, 10_000)).toBe(true);
}
async function cutOff(device: Device): Promise<void> {
  device.line.cut('up', 'down');
  await world.advanceUntil(() => device.handle.status.current.mode === 'partitioned', 60_000);
}

test('a tail that ends early is followed from where it ends', async () => {
  for (const cents of [1, 2, 3]) await world.until(deposit(a, cents).outcome);
  a.disk.misread = (stored) => ({
    ...stored,
    tail: stored.tail.slice(0, 2),
    damaged: [{ store: 'tail', key: '3', what: 'simulated' }],
  });
  await reload(a);
  expect(balanceOf(a)).toBeLessThan(100_06);
  await world.advanceUntil(() => balanceOf(a) === 100_06, 60_000);
  expect(balanceOf(a)).toBe(100_06);
  expect(a.handle.status.current.why).not.toBe('log-diverged');
  await world.advance(100);
  expect(a.handle.status.current.damaged).toEqual([]); // The log has given it again.
});

test('where committed records are missing, no limit is given back', async () => {
  await cutOff(a);
  await world.until(a.handle.run('withdraw', { account: 'ann', cents: 50 }).saved);
  a.disk.misread = (stored) => ({
    ...stored,
    queue: [],
    tail: [],
    damaged: [{ store: 'tail', key: '1', what: 'simulated' }],
  });
  await reload(a);
  await world.advance(100);
  expect(storedBy(a)?.rows.size).toBe(1);
});

test('a lost snapshot is told, and another one is kept once the log was followed again', async () => {
  await world.until(deposit(a, 5).outcome);
  a.disk.misread = (stored) => ({
    ...stored,
    head: undefined,
    tail: [],
    damaged: [{ store: 'snapshots', key: '9', what: 'simulated' }],
  });
  a.line.cut('up', 'down');
  await reload(a);
  expect(a.handle.status.current).toMatchObject({ why: 'snapshot-unreadable', synced: true });
  a.line.heal();
  await world.advanceUntil(() => storedBy(a)?.snapshot !== undefined, 60_000);
  expect(storedBy(a)?.snapshot).toBeDefined();
  expect(balanceOf(a)).toBe(100_05);
});

test('a lost queue entry is named, nothing behind it is sent, and others go on', async () => {
  await cutOff(a);
  const receipts = [1, 2, 3].map((cents) => deposit(a, cents));
  for (const receipt of receipts) await world.until(receipt.saved);
  a.disk.misread = (stored) => {
    const [first] = stored.queue;
    if (!first) return stored;
    const { author, seq } = first.change;
    const change = { writer: author.writer, seq };
    const damaged = [{ store: 'queue', key: '1', what: 'simulated', change }] as const;
    return { ...stored, queue: stored.queue.slice(1), damaged };
  };
  await reload(a);
  a.line.heal();
  let pushes = 0;
  world.watch({
    onStep: (_process, { effects }) => {
      pushes += effects.filter(({ type }) => type === 'push').length;
    },
  });
  await world.advance(60_000);
  expect(pushes).toBe(0);
  const status = a.handle.status.current;
  expect(status).toMatchObject({ synced: false, pending: 2, refused: 'damaged' });
  expect(status.damaged).toHaveLength(1);
  await world.until(deposit(b, 7).outcome);
  expect(balanceOf(b)).toBe(100_07);
  await world.until(deposit(a, 10).committed); // New work has a writer of its own.
});

test('a lost queue entry that the log has is found again, and the rest follows it', async () => {
  a.line.cut('down'); // What A sends arrives; A hears nothing of it.
  const receipts = [1, 2].map((cents) => deposit(a, cents));
  for (const receipt of receipts) await world.until(receipt.saved);
  await world.advanceUntil(() => balanceOf(b) === 100_03, 10_000);
  a.line.cut('up', 'down');
  a.line.reset();
  await world.until(deposit(a, 4).saved);
  a.disk.misread = (stored) => {
    const lost = stored.queue[1]?.change;
    if (!lost) return stored;
    const change = { writer: lost.author.writer, seq: lost.seq };
    const damaged = [{ store: 'queue', key: '2', what: 'simulated', change }] as const;
    const queue = stored.queue.filter(({ change: { seq } }) => seq !== lost.seq);
    return { ...stored, queue, damaged };
  };
  await reload(a);
  expect(a.handle.status.current.damaged).toHaveLength(1);
  a.line.heal();
  await settle(a);
  await world.advanceUntil(() => balanceOf(b) === 100_07, 10_000);
  expect([balanceOf(a), balanceOf(b)]).toEqual([100_07, 100_07]);
  expect(a.handle.status.current.damaged).toEqual([]);
});
