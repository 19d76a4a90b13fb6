// What came of a stay in partition mode, as a device tells it: while it lasts, after a reload in the
// middle of the recovery, and when everything is decided. S2's overdraft, with the real engine.
import { reportToMarkdown } from '@causeway/client';
import type { SimulatedDevice } from '@causeway/testkit';
import { expect, test } from 'vitest';
import { account, type BankApp } from '../scenarios/bank.ts';
import type { Stage } from '../scenarios/stage.ts';
import { openBank, rest } from './surface-stage.ts';

type Device = SimulatedDevice<BankApp>;
const lastEpisode = ({ handle }: Device): string => handle.episodes.current.at(-1)?.id ?? '';
const reportOf = (device: Device) => device.handle.report(lastEpisode(device)).current;

/** A and B pay out 80 of 100 while cut off; A heals first. Returns what B did. */
async function overdraw(stage: Stage<BankApp>): Promise<{ byA: string; byB: string }> {
  const { a, b, c } = stage;
  await stage.cut(a, b);
  const byA = await stage.run(a, 'withdraw', { account, amount: 80 });
  const byB = await stage.run(b, 'withdraw', { account, amount: 80 });
  await stage.run(c, 'deposit', { account, amount: 1 });
  await stage.heal(a);
  return { byA, byB };
}

test('a report grows from cut off to settled, and says what was mended', async () => {
  const stage = await openBank();
  const { b } = stage;
  const { byA, byB } = await overdraw(stage);
  const stages: unknown[] = [];
  b.handle.report(lastEpisode(b)).subscribe((report) => stages.push(report?.stage));
  expect(reportOf(b)).toMatchObject({
    ...{ stage: 'cut-off', merged: { own: 0, others: 0 }, order: [], cases: [] },
    done: [{ id: byB, outcome: undefined }],
  });
  await stage.heal(b);
  await rest(stage);
  expect([...new Set(stages)]).toEqual(['cut-off', 'recovering', 'recovered', 'settled']);
  const report = reportOf(b);
  expect(report).toMatchObject({ merged: { own: 1, others: 2 }, unlisted: 0 });
  expect(report?.order.map(({ id, isOwn, outcome }) => [id, isOwn, outcome?.type])).toEqual([
    [expect.any(String), false, 'confirmed'],
    [byA, false, 'confirmed'],
    [byB, true, 'compensated'],
  ]);
  expect(report?.cases).toMatchObject([
    { invariant: 'nonNegative', key: account, state: 'compensated', triggers: [byB] },
  ]);
  expect(report?.cases[0]?.participants).toEqual(expect.arrayContaining([byA, byB]));
  expect(report?.compensations).toEqual([report?.cases[0]?.compensation]);
  await stage.finish();
});

test('a reload in the middle of the recovery counts nothing twice, and forgets nothing', async () => {
  const stage = await openBank();
  const { b } = stage;
  const { byA, byB } = await overdraw(stage);
  b.line.heal();
  await stage.until('something came together', () => reportOf(b)?.merged.others !== 0);
  await stage.cut(b); // Nobody else tells it again what it has by now.
  await stage.world.advance(1_000);
  await stage.reload(b);
  expect(reportOf(b)).toMatchObject({ stage: 'cut-off', merged: { others: 2 } });
  b.line.heal();
  await stage.caughtUp(b);
  await rest(stage);
  const report = reportOf(b);
  expect(report).toMatchObject({ stage: 'settled', merged: { own: 1, others: 2 } });
  expect(report?.order.slice(1).map(({ id }) => id)).toEqual([byA, byB]);
  await stage.reload(b);
  expect(reportOf(b)).toEqual(report);
  await stage.finish();
});

test('it exports as JSON and prints as Markdown', async () => {
  const stage = await openBank();
  await overdraw(stage);
  await stage.heal(stage.b);
  await rest(stage);
  const report = reportOf(stage.b) ?? expect.unreachable();
  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  const printed = reportToMarkdown(report);
  expect(printed).toContain('- Now: over, and everything is decided');
  expect(printed).toContain(`## nonNegative of ${account}: compensated`);
  expect(printed.match(/^\| \d+ \| (deposit|withdraw) \| operation \|/gm)).toHaveLength(3);
  const hostile = { ...report, why: '<img src=x>|`' };
  expect(reportToMarkdown(hostile)).toContain('- Cause: &lt;img src=x&gt;\\|\\`');
});

test('an unknown episode has no report', async () => {
  const stage = await openBank();
  expect(stage.a.handle.report('nowhere').current).toBeUndefined();
});
