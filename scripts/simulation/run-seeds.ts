// A worker of the exploration: runs its share of the seeds, one after the other.
import { parentPort, workerData } from 'node:worker_threads';
import { drawPlan, type Problem, runPlan } from '@causeway/testkit';
import type { SeedReport, WorkOrder } from './seed-report.ts';

const leastSteps = 300;
const order: WorkOrder = workerData;
const rejections: string[] = [];
process.on('unhandledRejection', (error) => {
  rejections.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
});

async function runSeed(seed: number): Promise<SeedReport> {
  rejections.length = 0;
  const result = await runPlan(drawPlan(seed), { leastSteps });
  const problems: Problem[] = [...result.problems];
  for (const what of rejections) problems.push({ guarantee: 'G17', what, atMs: result.lastedMs });
  let { steps } = result;
  if (order.isTwice) {
    const again = await runPlan(drawPlan(seed), { leastSteps, isRepeat: true });
    steps += again.steps;
    if (again.traceHash !== result.traceHash) {
      const what = `trace ${result.traceHash}, and ${again.traceHash} when run again`;
      problems.push({ guarantee: 'G18', what, atMs: result.lastedMs });
    }
  }
  const runs = order.isTwice ? 2 : 1;
  const { coverage, lastedMs } = result;
  return { seed, problems, steps, runs, lastedMs, coverage };
}

for (let seed = order.first; seed < order.end; seed += order.step) {
  parentPort?.postMessage(await runSeed(seed));
}
