// Explores the simulated world: `npm run simulate -- --seeds 1000`. Many seeds on all cores with all
// checkers on, each run twice to the same trace; `SEED=n npm run simulate` replays one, line by line.
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import {
  describeCoverage,
  describeProblem,
  drawPlan,
  type Guarantee,
  guarantees,
  runPlan,
} from '@causeway/testkit';
import { createProgressBar } from './progress-bar.ts';
import { reportFailure } from './simulation/report-failure.ts';
import type { SeedReport, WorkOrder } from './simulation/seed-report.ts';

interface Total {
  seeds: number;
  steps: number;
  runs: number;
  virtualMs: number;
  fewestSteps: number;
  readonly failed: SeedReport[];
  readonly coverage: Map<string, number>;
}

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '200' },
    first: { type: 'string', default: '1' },
    jobs: { type: 'string', default: String(availableParallelism()) },
    once: { type: 'boolean', default: false },
    keep: { type: 'string', default: '3' },
  },
});

const replay = process.env['SEED'];
if (replay === undefined) await explore();
else await replaySeed(Number(replay));

async function replaySeed(seed: number): Promise<void> {
  const result = await runPlan(drawPlan(seed), { keepLines: true, leastSteps: 300 });
  for (const line of result.lines) console.log(line);
  for (const problem of result.problems) console.log(describeProblem(problem));
  console.log(`seed ${seed}: ${result.steps} steps, trace ${result.traceHash}`);
  process.exitCode = result.problems.length > 0 ? 1 : 0;
}

async function explore(): Promise<void> {
  const first = wholeNumber('first', values.first);
  const count = wholeNumber('seeds', values.seeds);
  const jobs = Math.min(wholeNumber('jobs', values.jobs), count);
  const total: Total = {
    seeds: 0,
    steps: 0,
    runs: 0,
    virtualMs: 0,
    fewestSteps: Number.POSITIVE_INFINITY,
    failed: [],
    coverage: new Map(),
  };
  const startedMs = performance.now();
  const progress = createProgressBar('seeds', count);
  const facts = (): string => {
    const seconds = (performance.now() - startedMs) / 1_000;
    const rate = Math.round(total.steps / seconds / jobs);
    return `${total.failed.length} failed, ${rate} steps/s per core`;
  };
  const orders = Array.from({ length: jobs }, (_, job) => ({ first: first + job, step: jobs }));
  await Promise.all(
    orders.map((order) =>
      runJob({ ...order, end: first + count, isTwice: !values.once }, (report) => {
        add(total, report);
        const [problem] = report.problems;
        if (problem) progress.note(`seed ${report.seed}: ${describeProblem(problem)}`);
        progress.show(total.seeds, facts());
      }),
    ),
  );
  progress.end();
  await summarise(total, { jobs, seconds: (performance.now() - startedMs) / 1_000 });
}

function runJob(order: WorkOrder, onReport: (report: SeedReport) => void): Promise<void> {
  const worker = new Worker(new URL('./simulation/run-seeds.ts', import.meta.url), {
    workerData: order,
    execArgv: [...process.execArgv],
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  worker.on('message', onReport);
  worker.on('error', reject);
  worker.on('exit', () => resolve());
  return promise;
}

function add(total: Total, report: SeedReport): void {
  total.seeds += 1;
  total.steps += report.steps;
  total.runs += report.runs;
  total.virtualMs += report.lastedMs;
  total.fewestSteps = Math.min(total.fewestSteps, report.steps / report.runs);
  for (const [name, n] of report.coverage) {
    total.coverage.set(name, (total.coverage.get(name) ?? 0) + n);
  }
  if (report.problems.length > 0) total.failed.push(report);
}

async function summarise(total: Total, o: { jobs: number; seconds: number }): Promise<void> {
  console.log(describeCoverage(total.coverage));
  const failed = total.failed.sort((a, b) => a.seed - b.seed);
  for (const report of failed.slice(0, Number(values.keep))) await reportFailure(report);
  for (const line of seedsByGuarantee(failed)) console.log(line);
  const perRun = Math.round(total.steps / Math.max(1, total.runs));
  const rate = Math.round(total.steps / o.seconds / o.jobs);
  const hours = (total.virtualMs / 3_600_000).toFixed(1);
  console.log(
    `${total.seeds} seeds, ${total.runs} runs of ${perRun} steps on average and ${total.fewestSteps} at least, ${total.steps} steps in ${o.seconds.toFixed(1)} s: ${rate} steps/s per core on ${o.jobs} cores, ${hours} simulated hours`,
  );
  console.log(`${total.seeds - failed.length} passed, ${failed.length} failed`);
  process.exitCode = failed.length > 0 || total.seeds === 0 ? 1 : 0;
}

function seedsByGuarantee(failed: readonly SeedReport[]): readonly string[] {
  const seeds = new Map<Guarantee, number[]>();
  for (const { seed, problems } of failed) {
    for (const guarantee of new Set(problems.map((problem) => problem.guarantee))) {
      seeds.set(guarantee, [...(seeds.get(guarantee) ?? []), seed]);
    }
  }
  return [...seeds].map(([guarantee, list]) => {
    const shown = list.slice(0, 20).join(' ');
    return `${guarantee} (${guarantees[guarantee]}): ${list.length} seeds: ${shown}`;
  });
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new Error(`--${name} ${text}: give a whole number from 1 on`);
}
