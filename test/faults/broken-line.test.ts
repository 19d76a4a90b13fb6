// Lines that are dead without a word, and lines that break all the time: noticed within bounds, at
// both ends, and nothing is lost or done twice.
import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '@causeway/testkit';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { connectRaw } from '../integration/support/raw-client.ts';
import { type FaultLine, openFaultLine } from './support/fault-line.ts';
import { connected, noticedWithinMs, patient, quick } from './support/fault-world.ts';
import { bothWays } from './support/faulty-proxy.ts';

// A machine that is busy is slow, not wrong: bounds are checked where they are promised.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const idleMs = 1_500;
const slackMs = 1_000;
/** After which a silent socket is given up: `stepLink` allows four bounds, or the ceiling. */
const givenUpWithinMs = quick.idleProbeMs + 4 * quick.fixedMs + 2 * quick.fixedMs;

let line: FaultLine;
let world: FaultLine['world'];
let relay: FaultLine['relay'];
let proxy: FaultLine['proxy'];

beforeEach(async () => {
  line = await openFaultLine({ idleMs });
  ({ world, relay, proxy } = line);
});
afterEach(() => line.close());

const within = (ms: number) => ({ signal: AbortSignal.timeout(ms) });
const settled = () => expect.poll(() => world.unsettled(), { timeout: 12_000 }).toBeUndefined();

test('a half-open socket is a partition, is given up, and what was done meanwhile is committed', async () => {
  const a = await world.device('A', proxy.url, quick);
  await connected(a);
  proxy.cut(bothWays, 'lose');
  await a.handle.status.waitFor(
    ({ mode }) => mode === 'partitioned',
    within(noticedWithinMs + slackMs),
  );
  const receipts = [a.withdraw('ann', 10_00), a.deposit('ben', 3_00)];
  for (const { saved } of receipts) expect((await saved).type).toBe('saved');
  const isGivenUp = ({ link }: { link: string }) => link !== 'connected';
  await a.handle.status.waitFor(isGivenUp, within(givenUpWithinMs + slackMs));
  proxy.heal();
  await settled();
  expect(await world.judge()).toEqual([]);
});

test('a line that accepts and leads nowhere is a partition; each try at it ends', async () => {
  proxy.leadNowhere();
  const a = await world.device('A', proxy.url, quick);
  const noticed = within(quick.fixedMs + slackMs);
  await a.handle.status.waitFor(({ mode }) => mode === 'partitioned', noticed);
  a.deposit('ann', 4_00);
  // Given up after `connectMs`, and tried again.
  await expect.poll(() => proxy.counts.connections, { timeout: 4_000 }).toBeGreaterThan(2);
  expect(a.handle.status.current.link).not.toBe('connected');
  proxy.heal();
  await settled();
  expect(await world.judge()).toEqual([]);
});

test('the relay, too, lets go of who is silent', async () => {
  const silent = await connectRaw(proxy.url);
  silent.greet();
  expect(await silent.isServed()).toBe(true);
  proxy.cut(['up'], 'lose');
  const startedMs = performance.now();
  silent.send({ type: 'probe', nonce: 1 });
  expect(await silent.closed).toEqual({ closeStatus: 4500, fault: 'too-slow' });
  expect(performance.now() - startedMs).toBeLessThan(idleMs + slackMs);
});

test.for(['close', 'reset'] as const)(
  'a line that breaks all the time (%s) carries everything, once',
  async (how) => {
    const random = new Random(7);
    const a = await world.device('A', proxy.url, quick);
    const b = await world.device('B', relay.url, patient);
    await connected(a);
    await connected(b);
    for (let round = 0; round < 100; round++) {
      a.deposit('ann', 1 + random.below(9_00));
      if (round % 4 === 0) b.withdraw('ann', 1 + random.below(20_00));
      if (random.below(8) === 0) proxy.drop(how);
      await sleep(random.below(30));
    }
    expect(proxy.counts.connections).toBeGreaterThan(5);
    await settled();
    expect(await world.judge()).toEqual([]);
  },
);
