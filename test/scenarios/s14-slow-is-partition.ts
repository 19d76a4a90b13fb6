// S14: slower than an operation may wait is a partition, though the socket is open and nothing is
// lost (Brewer, "The CAP–latency connection").
import { account, type BankApp, bankOf, fundsAt } from './bank.ts';
import { expectEqual, expectThat } from './expect-equal.ts';
import { outcomesOf } from './s22-retry-is-a-choice.ts';
import type { Scenario } from './scenario.ts';
import { played } from './scenario.ts';
import type { Stage } from './stage.ts';
import { modeOf } from './stage.ts';

/** The detector waits for longer: it is the operation's own bound that decides here. */
const setting = { ...bankOf({ opening: 500 }), bounds: { fixedMs: 5_000 } };
/** How late a timer of the client may be. */
const timerMs = 5;

export const slowIsPartition: Scenario = {
  id: 'S14',
  title: 'Slow = partition',
  variants: [
    played('proceed', setting, playProceed),
    played('a shorter bound', setting, playShorterBound),
    played('cancel', setting, playCancel),
  ],
};

function setRoundTrip({ a }: Stage<BankApp>, ms: number): void {
  a.line.faults.latencyMs = { from: ms / 2, to: ms / 2 };
}

async function deposit(stage: Stage<BankApp>, withinMs: number): Promise<string> {
  const bound = { withinMs, onTimeout: 'proceed' } as const;
  return stage.run(stage.a, 'deposit', { account, amount: 10 }, bound);
}

async function playProceed(stage: Stage<BankApp>): Promise<void> {
  const { a, world } = stage;
  const links: string[] = [];
  a.handle.status.subscribe(({ link }) => links.push(link));
  setRoundTrip(stage, 400);
  const early = await deposit(stage, 500);
  expectEqual('within the bound', await stage.outcome(a, early), { type: 'confirmed' });
  expectEqual('the mode', modeOf(a), 'connected');
  expectEqual('episodes', a.handle.episodes.current, []);

  setRoundTrip(stage, 600);
  const askedMs = world.nowMs;
  const late = await deposit(stage, 500);
  await stage.until('A is in partition mode', () => modeOf(a) === 'partitioned');
  const afterMs = world.nowMs - askedMs;
  expectThat('that is at 500 ms', afterMs >= 500 && afterMs <= 500 + timerMs, afterMs);
  expectEqual('the operation', a.handle.receipt(late)?.state.current.type, 'saved');
  expectThat('it is at the relay', stage.truth.positionByOperation.has(late));
  if (!stage.isReloaded) {
    const isCommitted = () => a.handle.receipt(late)?.state.current.type === 'committed';
    await stage.until('the late acknowledgement is recognised', isCommitted, 150);
    const lateMs = world.nowMs - askedMs;
    expectThat('that is at 600 ms', lateMs >= 600 && lateMs <= 610, lateMs);
  }
  expectThat(
    'the socket was open throughout',
    links.every((link) => link === 'connected'),
    links,
  );
  await world.advance(20); // The episode is on disk.
  await stage.beforeHeal(a);
  setRoundTrip(stage, 20);
  await stage.settle();
  expectEqual('what A is told', await stage.outcome(a, late), { type: 'confirmed' });
  expectEqual('the balance, without a duplicate', fundsAt(a).balance, 520);
  expectEqual(
    'episodes',
    a.handle.episodes.current.map(({ why }) => why),
    ['operation-late'],
  );
}

/** Who would rather not: refused at the bound, and the cancel entry decides what becomes of it. */
async function playCancel(stage: Stage<BankApp>): Promise<void> {
  const { a, world } = stage;
  const bound = { withinMs: 500, onTimeout: 'cancel' } as const;
  setRoundTrip(stage, 400);
  const early = a.handle.run('deposit', { account, amount: 10 }, bound);
  expectEqual('within the bound', await world.until(early.outcome), { type: 'confirmed' });
  expectEqual('the mode', modeOf(a), 'connected');

  setRoundTrip(stage, 600);
  const askedMs = world.nowMs;
  const late = a.handle.run('deposit', { account, amount: 10 }, bound);
  const answer = await world.until(late.committed);
  expectEqual('the answer', answer, { type: 'refused', code: 'cancelling' });
  const afterMs = world.nowMs - askedMs;
  expectThat('that is at 500 ms', afterMs >= 500 && afterMs <= 500 + timerMs, afterMs);
  expectEqual('the mode then', modeOf(a), 'partitioned');
  await world.advance(20); // The cancel entry and the episode are on disk.
  await stage.beforeHeal(a);
  setRoundTrip(stage, 20);
  await stage.settle();
  const [kind, ...more] = outcomesOf(stage, late.id);
  expectEqual('exactly one outcome is in the log', [kind !== undefined, more], [true, []]);
  expectEqual('the balance', fundsAt(a).balance, kind === 'result' ? 520 : 510);
}

/** The same line, and people who wait for less: more of it is a partition. */
async function playShorterBound(stage: Stage<BankApp>): Promise<void> {
  const { a } = stage;
  const links: string[] = [];
  a.handle.status.subscribe(({ link }) => links.push(link));
  setRoundTrip(stage, 400);
  const episodes = [0, 0];
  for (const [at, withinMs] of [500, 100].entries()) {
    const before = a.handle.episodes.current.length;
    for (let count = 0; count < 3; count++) {
      await deposit(stage, withinMs);
      await stage.settle();
    }
    episodes[at] = a.handle.episodes.current.length - before;
  }
  expectEqual('episodes with a bound of 500 ms, and of 100 ms', episodes, [0, 3]);
  expectThat(
    'the socket was open throughout',
    links.every((link) => link === 'connected'),
    links,
  );
  await stage.beforeHeal(a);
  setRoundTrip(stage, 20);
  await stage.settle();
  expectEqual('the balance', fundsAt(a).balance, 560);
}
