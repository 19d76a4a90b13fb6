// Plays seeds, and then the runs that are kept, until one of them fails; prints which, as JSON. In a
// process of its own per mutant.
import { drawPlan, type Plan, type Problem, runPlan } from '@causeway/testkit';
import { keptRuns } from '../../test/simulation/kept-runs.ts';

/** The first run that failed: a seed, or the name of a run that is kept. */
export interface Caught {
  readonly by: string;
  readonly problem: Problem;
}

const seedsMax = Number(process.argv[2]);
const rejections: string[] = [];
process.on('unhandledRejection', (error) => {
  rejections.push(String(error));
});

async function problemIn(plan: Plan): Promise<Problem | undefined> {
  const { problems, lastedMs } = await runPlan(plan);
  const [what] = rejections;
  return problems[0] ?? (what ? { guarantee: 'G17', what, atMs: lastedMs } : undefined);
}

async function hunt(): Promise<Caught | undefined> {
  for (let seed = 1; seed <= seedsMax; seed++) {
    const problem = await problemIn(drawPlan(seed));
    if (problem) return { by: `seed ${seed}`, problem };
  }
  for (const { name, plan } of keptRuns) {
    const problem = await problemIn(plan);
    if (problem) return { by: name, problem };
  }
  return undefined;
}

console.log(JSON.stringify((await hunt()) ?? {}));
