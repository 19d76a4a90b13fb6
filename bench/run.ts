// Runs benchmarks by name: `npm run bench -- policy-decision`. Figures depend on the machine, so none of
// this is a test; a benchmark that misses what it claims says so and ends with status 1.
import { parseArgs } from 'node:util';
import { auditThroughput } from './audit/audit-throughput.ts';
import type { Benchmark } from './benchmark.ts';
import { bulkSaga } from './bulk-saga.ts';
import { policyDecision } from './policy-decision.ts';
import { primaryRestart } from './primary-restart.ts';

const benchmarks: Readonly<Record<string, Benchmark>> = {
  'audit-throughput': auditThroughput,
  'policy-decision': policyDecision,
  'bulk-saga': bulkSaga,
  'primary-restart': primaryRestart,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'power-max': { type: 'string', default: '6' } },
});
const powerMax = readPower(values['power-max']);
let isGood = true;
for (const run of chooseBenchmarks(positionals)) isGood = (await run({ powerMax })) && isGood;
process.exitCode = isGood ? 0 : 1;

function chooseBenchmarks(names: readonly string[]): readonly Benchmark[] {
  if (names.length === 0) return Object.values(benchmarks);
  return names.map((name) => {
    const found = Object.hasOwn(benchmarks, name) ? benchmarks[name] : undefined;
    if (found) return found;
    throw new Error(`there is no benchmark "${name}": ${Object.keys(benchmarks).join(', ')}`);
  });
}

function readPower(text: string): number {
  if (/^[4-7]$/.test(text)) return Number(text);
  throw new Error(`--power-max ${text}: give 4 to 7, for sizes to 10⁴ … 10⁷`);
}
