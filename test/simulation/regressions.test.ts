// Do the runs that found a fault once still pass?
import { deeds, describeProblem, runPlan } from '@causeway/testkit';
import { expect, test } from 'vitest';
import { keptRuns } from './kept-runs.ts';

test('every action is still one that can be done', () => {
  for (const { plan } of keptRuns)
    for (const { deed } of plan.actions) expect(deeds).toContain(deed);
});

test.each(keptRuns)('$name stays mended: $found', async ({ plan }) => {
  const { problems, steps } = await runPlan(plan);
  expect(problems.map(describeProblem)).toEqual([]);
  expect(steps).toBeGreaterThan(300);
});
