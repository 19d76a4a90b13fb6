// Runs seeds until one of them fails, and prints which, as JSON. In a process of its own per mutant.
import { drawPlan, type Problem, runPlan } from '@causeway/testkit';

const seedsMax = Number(process.argv[2]);
const rejections: string[] = [];
process.on('unhandledRejection', (error) => {
  rejections.push(String(error));
});

async function hunt(): Promise<{ seed: number; problem: Problem } | undefined> {
  for (let seed = 1; seed <= seedsMax; seed++) {
    const { problems, lastedMs } = await runPlan(drawPlan(seed));
    const [problem] = problems;
    if (problem) return { seed, problem };
    const [what] = rejections;
    if (what) return { seed, problem: { guarantee: 'G17', what, atMs: lastedMs } };
  }
  return undefined;
}

console.log(JSON.stringify((await hunt()) ?? {}));
