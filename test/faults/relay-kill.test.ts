// The short form of `npm run torture:relay`: a real relay on a real log is killed with signal 9 while
// real clients work. Everything that was acknowledged is there afterwards, once, in its place.
import { expect, test } from 'vitest';
import { tortureRelay } from '../../scripts/torture/relay-torture.ts';

test('five kills under load lose nothing, double nothing and move nothing', {
  timeout: 120_000,
}, async () => {
  const report = await tortureRelay({ cycles: 5, seed: 20, clients: 3, settleMs: 45_000 });
  expect(report.violations).toEqual([]);
  expect(report.cycles).toBe(5);
  // Kills without work between them would show nothing.
  expect(report.committed).toBeGreaterThan(50);
});
