// The detector's numbers in a world whose truth is known: what was cut and for how long, what somebody
// missed, and what was only slow.
import type { SimulatedDevice } from '@causeway/testkit';
import { expect, test } from 'vitest';
import { account, type BankApp, bankOf } from '../scenarios/bank.ts';
import { modeOf, Stage } from '../scenarios/stage.ts';

type Device = SimulatedDevice<BankApp>;
const boundMs = 500; // The stage's fixed bound.
const openStage = () =>
  Stage.open(bankOf({ opening: 500, standIn: 100 }), { seed: 11, isReloaded: false });

const metricsOf = (device: Device) => device.handle.metrics();
const linkOf = (device: Device) => {
  const { link } = device.tab?.client.metrics() ?? {};
  if (!link) throw new Error('no link yet');
  return link;
};
const counts = (device: Device) => {
  const { partition_entries, false_partitions, judged_partitions } = metricsOf(device);
  return { partition_entries, false_partitions, judged_partitions };
};
const none = { partition_entries: 0, false_partitions: 0, judged_partitions: 0 };

/** Echoes come back after two missed bounds and before a third: slow, and not cut. */
async function slowDown(stage: Stage<BankApp>, device: Device): Promise<void> {
  await stage.until('a quiet moment', () => linkOf(device).bounds_missed === 0);
  device.line.faults.latencyMs = { from: boundMs * 1.2, to: boundMs * 1.2 };
  await stage.until('the detector is fooled', () => modeOf(device) === 'partitioned');
  device.line.faults.latencyMs = { from: 5, to: 5 };
  await stage.caughtUp(device);
}

test('connected and busy, nothing is counted', async () => {
  const stage = await openStage();
  for (let n = 0; n < 5; n += 1) await stage.run(stage.a, 'deposit', { account, amount: 1 });
  await stage.settle();
  expect(counts(stage.a)).toEqual(none);
  expect(metricsOf(stage.a).partition_seconds).toBe(0);
  const link = linkOf(stage.a);
  expect(link.echoes_received).toBeGreaterThan(0);
  expect(link.probes_sent).toBeGreaterThanOrEqual(link.echoes_received);
  expect(link).toMatchObject({ ...none, sockets_opened: 1, sockets_closed: 0, bound_seconds: 0.5 });
  expect(link.round_trip_seconds).toBeGreaterThan(0);
});

test('a line that is only slow for a moment: one false partition, by document and by link', async () => {
  const stage = await openStage();
  await slowDown(stage, stage.a);
  expect(counts(stage.a)).toEqual({
    ...none,
    partition_entries: 1,
    false_partitions: 1,
    judged_partitions: 1,
  });
  expect(metricsOf(stage.a).by_cause['bound-missed']).toMatchObject({ false_partitions: 1 });
  expect(linkOf(stage.a)).toMatchObject({ partition_entries: 1, false_partitions: 1 });
  const [episode] = metricsOf(stage.a).episodes;
  expect(episode).toMatchObject({ isOver: true, heldBack: 0, missedEntries: 0, hasLate: false });
  expect(counts(stage.b)).toEqual(none);
});

test('the same slowness with an operation held back is no false partition', async () => {
  const stage = await openStage();
  stage.a.line.faults.latencyMs = { from: boundMs * 1.2, to: boundMs * 1.2 };
  await stage.until('the detector is fooled', () => modeOf(stage.a) === 'partitioned');
  await stage.refused(stage.a, 'withdraw', { account, amount: 101 });
  stage.a.line.faults.latencyMs = { from: 5, to: 5 };
  await stage.caughtUp(stage.a);
  expect(metricsOf(stage.a).episodes).toMatchObject([
    { verdict: 'real', heldBack: 1, operations: 1 },
  ]);
  expect(counts(stage.a)).toEqual({ ...none, partition_entries: 1, judged_partitions: 1 });
});

test('an own change that waits longer than a bound makes it real', async () => {
  const stage = await openStage();
  stage.a.line.cut('up');
  await stage.run(stage.a, 'deposit', { account, amount: 1 });
  await stage.until('A is cut off', () => modeOf(stage.a) === 'partitioned');
  await stage.world.advance(boundMs * 0.5);
  stage.a.line.heal();
  await stage.caughtUp(stage.a);
  // Echoed within a bound, too, and the deposit came within one after that: it was in time.
  expect(metricsOf(stage.a).episodes).toMatchObject([{ verdict: 'false', hasLate: false }]);
  stage.a.line.cut('up');
  await stage.run(stage.a, 'deposit', { account, amount: 1 });
  await stage.until('A is cut off', () => modeOf(stage.a) === 'partitioned');
  await stage.world.advance(boundMs * 2);
  await stage.heal(stage.a);
  expect(metricsOf(stage.a).episodes[1]).toMatchObject({ verdict: 'real', hasLate: true });
});

test('an operation past its own bound is late, though the link never missed one', async () => {
  const stage = await openStage();
  stage.a.line.faults.latencyMs = { from: boundMs * 0.3, to: boundMs * 0.3 };
  await stage.run(stage.a, 'deposit', { account, amount: 1 }, { withinMs: boundMs * 0.2 });
  await stage.until('it is late', () => modeOf(stage.a) === 'partitioned');
  await stage.caughtUp(stage.a);
  expect(metricsOf(stage.a).episodes).toMatchObject([
    { cause: 'operation-late', verdict: 'real', hasLate: true },
  ]);
  expect(linkOf(stage.a)).toMatchObject(none); // The line itself kept its bound.
});

test('two slow moments in one recovery are no false partition: the line was not well again', async () => {
  const stage = await openStage();
  const { a } = stage;
  const { id } = a.handle.run('deposit', { account, amount: 1 });
  const isCommitted = () => a.handle.statusOf(id).current === 'committed';
  await stage.withoutPrimary('it is committed, and not audited', isCommitted);
  const slowly = async (mode: string, ms: number) => {
    a.line.faults.latencyMs = { from: ms, to: ms };
    await stage.withoutPrimary(`A is ${mode}`, () => modeOf(a) === mode);
  };
  await slowly('partitioned', boundMs * 1.2);
  await slowly('recovering', 5);
  await slowly('partitioned', boundMs * 1.2);
  a.line.faults.latencyMs = { from: 5, to: 5 };
  await stage.caughtUp(a);
  expect(metricsOf(a).episodes).toMatchObject([{ verdict: 'real', hasLate: false, heldBack: 0 }]);
});

test('for the link, what waited for an answer meanwhile makes it real', async () => {
  const stage = await openStage();
  const { a } = stage;
  a.line.faults.latencyMs = { from: boundMs * 1.2, to: boundMs * 1.2 };
  await stage.run(a, 'deposit', { account, amount: 1 });
  await stage.until('the detector is fooled', () => modeOf(a) === 'partitioned');
  a.line.faults.latencyMs = { from: 5, to: 5 };
  await stage.caughtUp(a);
  const [cut] = linkOf(a).episodes;
  expect(cut).toMatchObject({ verdict: 'real', hasLate: true });
  expect(cut?.durationMs).toBeLessThan(boundMs);
});

test('a one-sided partition is counted where it is noticed, with its cause and its duration', async () => {
  const stage = await openStage();
  const { a, b } = stage;
  a.line.cut('up');
  await stage.until('A is cut off', () => modeOf(a) === 'partitioned');
  const beganMs = stage.world.nowMs;
  await stage.run(b, 'deposit', { account, amount: 1 });
  await stage.world.advance(10_000);
  const ongoing = metricsOf(a);
  expect(ongoing.partition_seconds).toBeCloseTo((stage.world.nowMs - beganMs) / 1_000, 3);
  expect(ongoing).toMatchObject({ partition_entries: 1, judged_partitions: 0 });
  expect(ongoing.episodes).toMatchObject([{ isOver: false, verdict: 'unjudged' }]);
  await stage.heal(a);
  expect(counts(a)).toEqual({ ...none, partition_entries: 1, judged_partitions: 1 });
  expect(metricsOf(a).partition_seconds).toBeCloseTo((stage.world.nowMs - beganMs) / 1_000, 1);
  expect(Object.keys(metricsOf(a).by_cause)).toEqual(['bound-missed']);
  expect(counts(b)).toEqual(none);
  expect(linkOf(b)).toMatchObject(none);
});

test('what others did meanwhile and had to be fetched is missed, however short the cut was', async () => {
  const stage = await openStage();
  const { a, b } = stage;
  a.line.cut('up', 'down');
  await stage.run(b, 'deposit', { account, amount: 1 });
  a.line.reset();
  await stage.until('A is cut off', () => modeOf(a) === 'partitioned');
  await stage.heal(a);
  expect(metricsOf(a).episodes).toMatchObject([{ cause: 'closed-past-bound', verdict: 'real' }]);
  expect(metricsOf(a).episodes[0]?.missedEntries).toBeGreaterThan(0);
});

test('lost acknowledgements: what the relay had, and never said, was late', async () => {
  const stage = await openStage();
  const { a } = stage;
  a.line.cut('down');
  const byA = await stage.run(a, 'withdraw', { account, amount: 10 });
  await stage.until('the relay has it', () => stage.truth.positionByOperation.has(byA));
  await stage.until('A is cut off', () => modeOf(a) === 'partitioned');
  await stage.world.advance(boundMs);
  a.line.reset();
  await stage.heal(a);
  expect(metricsOf(a).episodes).toMatchObject([{ verdict: 'real', hasLate: true }]);
  expect(linkOf(a).sockets_opened).toBe(2);
});

test('a line that flaps while it recovers is one episode, and shorter flaps are none', async () => {
  const stage = await openStage();
  const { a } = stage;
  for (let n = 0; n < 3; n += 1) {
    a.line.cut('up', 'down');
    await stage.world.advance(boundMs / 5);
    a.line.heal();
    await stage.world.advance(boundMs);
  }
  expect(counts(a)).toEqual(none);
  await stage.cut(a);
  const modes: string[] = [];
  a.handle.status.subscribe(({ mode }) => mode !== modes.at(-1) && modes.push(mode));
  // Nobody audits what A did, so that it stays in recovery: the next cuts belong to the same episode.
  await stage.run(a, 'deposit', { account, amount: 1 });
  for (let n = 0; n < 3; n += 1) {
    a.line.heal();
    await stage.withoutPrimary('A recovers', () => modeOf(a) === 'recovering');
    a.line.cut('up', 'down');
    await stage.withoutPrimary('A is cut again', () => modeOf(a) === 'partitioned');
  }
  await stage.heal(a);
  expect(modes.filter((mode) => mode === 'partitioned').length).toBe(4);
  expect(counts(a)).toEqual({ ...none, partition_entries: 1, judged_partitions: 1 });
});

test('by hand: counted with its cause, and never as false, however short', async () => {
  const stage = await openStage();
  const { a } = stage;
  a.tab?.client.goOffline();
  await stage.world.advance(10);
  a.tab?.client.goOnline();
  await stage.caughtUp(a);
  const expected = { ...none, partition_entries: 1, judged_partitions: 1 };
  expect(counts(a)).toEqual(expected);
  expect(metricsOf(a).by_cause).toMatchObject({ 'went-offline': expected });
  expect(linkOf(a)).toMatchObject({ ...expected, sockets_closed: 1 });
  expect(linkOf(a).by_cause).toMatchObject({ 'went-offline': expected });
});

test('an episode that a reload cut in two is counted once, and not judged', async () => {
  const stage = await openStage();
  const { a } = stage;
  await stage.cut(a);
  await stage.world.advance(4_000);
  await stage.reload(a);
  expect(counts(a)).toEqual({ ...none, partition_entries: 1 });
  expect(metricsOf(a).partition_seconds).toBeGreaterThanOrEqual(4);
  await stage.heal(a);
  expect(counts(a)).toEqual({ ...none, partition_entries: 1 });
  await stage.world.advance(1_000); // Its end is on the disk, too.
  await stage.reload(a);
  expect(metricsOf(a).episodes).toMatchObject([{ isOver: true, verdict: 'unjudged' }]);
  expect(metricsOf(a).partition_seconds).toBeGreaterThanOrEqual(4);
});
