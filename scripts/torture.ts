// The long runs against real faults: node --conditions=causeway-source scripts/torture.ts relay
// --cycles 200 --seed 1, or decoders --frames 1000000 --seed 1. Status 1 when a promise was broken.
import { parseArgs } from 'node:util';
import { createProgressBar, group } from './progress-bar.ts';
import { describeReports, tortureDecoders } from './torture/decoder-torture.ts';
import { tortureRelay } from './torture/relay-torture.ts';

async function relay(args: string[]): Promise<boolean> {
  const { values } = parseArgs({
    args,
    options: {
      cycles: { type: 'string', default: '200' },
      seed: { type: 'string', default: '1' },
    },
  });
  const cycles = whole('cycles', values.cycles);
  const seed = whole('seed', values.seed);
  const bar = createProgressBar('kills', cycles);
  const report = await tortureRelay({
    cycles,
    seed,
    onCycle: (now) => {
      const rate = `${group(now.committed / now.seconds)}/s`;
      bar.show(now.cycles, `${group(now.committed)} operations committed, ${rate}`);
    },
  });
  bar.end();
  for (const violation of report.violations) console.error(`violation: ${violation}`);
  const { violations, ...figures } = report;
  console.log(JSON.stringify(figures));
  console.log(
    `relay, seed ${seed}: ${report.cycles} kills, ${group(report.committed)} operations ` +
      `committed in ${group(report.seconds)} s, ${violations.length} violations`,
  );
  // A run in which nothing was committed has shown nothing.
  return violations.length === 0 && report.committed > 0;
}

async function decoders(args: string[]): Promise<boolean> {
  const { values } = parseArgs({
    args,
    options: {
      frames: { type: 'string', default: '1000000' },
      seed: { type: 'string', default: '1' },
      only: { type: 'string', default: '' },
    },
  });
  const [frames, seed] = [whole('frames', values.frames), whole('seed', values.seed)];
  const startedMs = performance.now();
  const reports = await tortureDecoders({ frames, seed, only: values.only });
  console.log(describeReports(reports));
  const done = reports.reduce((sum, report) => sum + report.frames, 0);
  const failures = reports.filter(({ failure }) => failure !== undefined);
  const known = reports.flatMap(({ knownFaults }) => Object.keys(knownFaults));
  const perSecond = (done / (performance.now() - startedMs)) * 1_000;
  console.log(
    `decoders, seed ${seed}: ${group(done)} frames at ${reports.length} decoders, ` +
      `${group(perSecond)} frames/s, ${failures.length} failures, ${known.length} known faults met`,
  );
  return failures.length === 0 && done > 0;
}

function whole(name: string, text: string): number {
  if (/^\d{1,10}$/.test(text)) return Number(text);
  throw new Error(`--${name} ${text} is no whole number`);
}

const runs: Readonly<Record<string, (args: string[]) => Promise<boolean>>> = { relay, decoders };

const [name = '', ...args] = process.argv.slice(2);
const run = Object.hasOwn(runs, name) ? runs[name] : undefined;
if (!run) throw new Error(`name a run: ${Object.keys(runs).join(', ')}`);
process.exitCode = (await run(args)) ? 0 : 1;
