// Long random runs: the ledger adds up after each step, and each policy keeps what it promises.
// 200 runs in all; `npm run escrow:histories` plays 200 of each kind and prints the figures.
import { expect, test } from 'vitest';
import { playRuns } from './support/escrow-run.ts';

const plan = { runs: 40, steps: 4_000 };

test.each([false, true])('firm never goes below the bound (copied profiles: %s)', (hasClones) => {
  const { lowest, counts } = playRuns({ ...plan, reclaim: 'firm', hasClones });
  expect(lowest).toBe(0);
  expect(counts['reclaimed']).toBeUndefined();
  expect(counts['late spend']).toBeUndefined();
  expect(counts['duplicate']).toBeGreaterThan(plan.runs);
  // Only who copied a profile is disappointed, and is found out.
  if (hasClones) expect(counts['fork']).toBeGreaterThan(0);
  else expect(counts['fork']).toBeUndefined();
});

test('hard never goes below the bound, and refuses what comes too late', () => {
  const { lowest, counts } = playRuns({ ...plan, reclaim: 'hard', hasClones: true });
  expect(lowest).toBe(0);
  expect(counts['too-late']).toBeGreaterThan(0);
  expect(counts['late spend']).toBeUndefined();
});

test.each([false, true])('bounded goes below the bound by B at most (copies: %s)', (hasClones) => {
  const { lowest, counts } = playRuns({ ...plan, reclaim: { bounded: 12 }, hasClones });
  expect(lowest).toBeLessThan(0);
  expect(lowest).toBeGreaterThanOrEqual(-12);
  expect(counts['late spend']).toBeGreaterThan(0);
  expect(counts['too-late']).toBeUndefined();
});
