// A line that works one way only: bytes go and nothing comes back, or the other way round. Sockets
// stay open, so only the missing echo tells. (S11: a partition is a bound on time, not a close.)
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type FaultLine, openFaultLine } from './support/fault-line.ts';
import { connected, type Device, noticedWithinMs, patient, quick } from './support/fault-world.ts';

// A machine that is busy is slow, not wrong: bounds are checked where they are promised.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** Beside the bound itself: what a busy machine may take to notice that it has passed. */
const slackMs = 1_000;

let line: FaultLine;
let world: FaultLine['world'];
let relay: FaultLine['relay'];
let proxy: FaultLine['proxy'];

beforeEach(async () => {
  line = await openFaultLine();
  ({ world, relay, proxy } = line);
});
afterEach(() => line.close());

/** The socket is kept for as long as a test takes, so that A goes on hearing what it can hear. */
const keeping = { ...quick, ceilingMs: 30_000 };

/** Device A behind the proxy, device B on a good line, and every mode that B was in since then. */
async function openBoth() {
  const a = await world.device('A', proxy.url, keeping);
  const b = await world.device('B', relay.url, patient);
  await connected(a);
  await connected(b);
  const modesOfB = new Set<string>();
  b.handle.status.subscribe(({ mode }) => modesOfB.add(mode));
  return { a, b, modesOfB };
}

async function msUntilPartitioned({ handle }: Device): Promise<number> {
  const startedMs = performance.now();
  const signal = AbortSignal.timeout(5_000);
  await handle.status.waitFor(({ mode }) => mode === 'partitioned', { signal });
  return performance.now() - startedMs;
}

const settled = () => expect.poll(() => world.unsettled(), { timeout: 12_000 }).toBeUndefined();

test.for([
  ['up', 'lose'],
  ['up', 'hold'],
  ['down', 'lose'],
  ['down', 'hold'],
] as const)(
  'a line cut %s only (its bytes: %s) is a partition at A alone; it heals without loss',
  async ([direction, how]) => {
    const { a, b, modesOfB } = await openBoth();
    await a.deposit('ann', 1_00).committed;
    proxy.cut([direction], how);
    const waitedMs = await msUntilPartitioned(a);
    expect(waitedMs).toBeLessThan(noticedWithinMs + slackMs);
    const cutOff = [a.withdraw('ann', 30_00), a.deposit('ben', 2_00)];
    for (const { saved } of cutOff) expect((await saved).type).toBe('saved');
    expect(await b.deposit('ann', 5_00).outcome).toEqual({ type: 'confirmed' });
    if (direction === 'up') {
      // A hears of it: that proves nothing. Only the echo of its own probe would.
      const balance = a.handle.select((doc) => doc.balance.get('ann'));
      await balance.waitFor(({ value }) => value === 76_00);
    }
    expect(a.handle.status.current).toMatchObject({ mode: 'partitioned', pending: 2 });
    proxy.heal();
    await settled();
    expect(await world.judge()).toEqual([]);
    expect([...modesOfB]).toEqual(['connected']);
    expect(a.handle.episodes.current.map(({ why }) => why)).toContain('bound-missed');
  },
);

test('A’s work reaches the log while A hears nothing, and counts once when it is heard', async () => {
  const { a, b } = await openBoth();
  proxy.cut(['down'], 'lose');
  const receipt = a.deposit('ann', 7_00);
  // B sees it, so it is committed; only its author does not know.
  const balance = b.handle.select((doc) => doc.balance.get('ann'));
  await balance.waitFor(({ value }) => value === 107_00);
  await msUntilPartitioned(a);
  expect(receipt.state.current.type).toBe('saved');
  proxy.heal();
  await settled();
  // And it goes on: the retry was no offence.
  expect(await a.deposit('ann', 1_00).outcome).toEqual({ type: 'confirmed' });
  await settled();
  expect(await world.judge()).toEqual([]);
});
