// The same seeds at every run of the tests: each a world of its own, with all checkers on. The long
// exploration is `npm run simulate`.
import { describeProblem, drawPlan, runPlan } from '@causeway/testkit';
import { expect, test } from 'vitest';

const batches = 8;
const seedsPerBatch = 12;

async function findProblems(seed: number): Promise<readonly string[]> {
  const { problems } = await runPlan(drawPlan(seed));
  return problems.map((problem) => `seed ${seed}: ${describeProblem(problem)}`);
}

for (let batch = 0; batch < batches; batch++) {
  const first = 1 + batch * seedsPerBatch;
  test(`seeds ${first} to ${first + seedsPerBatch - 1} keep every promise`, async () => {
    for (let seed = first; seed < first + seedsPerBatch; seed++) {
      expect(await findProblems(seed)).toEqual([]);
    }
  }, 120_000);
}

test('the same seed gives the same trace', async () => {
  for (const seed of [3, 7, 11]) {
    const [one, two] = [await runPlan(drawPlan(seed)), await runPlan(drawPlan(seed))];
    expect(one.steps).toBeGreaterThan(300);
    expect(two.traceHash).toBe(one.traceHash);
  }
  expect((await runPlan(drawPlan(4))).traceHash).not.toBe((await runPlan(drawPlan(5))).traceHash);
}, 60_000);
