// A failing seed as people want to read it: what broke, the shortest script that breaks it, and how to
// see every step of it.
import { describePlan, describeProblem, drawPlan, shrinkPlan } from '@causeway/testkit';
import type { SeedReport } from './seed-report.ts';

const shrinkRunsMax = 300;

export async function reportFailure({ seed, problems }: SeedReport): Promise<void> {
  console.log(`\nseed ${seed}:`);
  for (const problem of problems.slice(0, 5)) console.log(`  ${describeProblem(problem)}`);
  const [first] = problems;
  if (!first) return;
  const { plan, runs } = await shrinkPlan(drawPlan(seed), first.guarantee, {
    runsMax: shrinkRunsMax,
  });
  console.log(`  ${plan.actions.length} actions are enough for ${first.guarantee} (${runs} runs):`);
  for (const line of describePlan(plan).split('\n')) console.log(`    ${line}`);
  console.log(`  every step: SEED=${seed} npm run simulate`);
}
