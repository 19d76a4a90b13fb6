// Runs every check of the project in order, streams what they print, and ends with one line of counts.
// A test that was skipped, or that never ran, counts as failed: green means that everything ran.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setUpNode } from './node-setup.ts';
import { root, runTool, type Tool } from './testing/run-tool.ts';
import { playwrightTally, type Tally, vitestTally } from './testing/tally.ts';
import { findTestFiles } from './testing/test-files.ts';

interface Stage {
  readonly name: string;
  readonly run: (reportFile: string) => Promise<Tally | 'nothing to run'>;
}

const stages: readonly Stage[] = [
  { name: 'types', run: () => check({ bin: 'typescript/bin/tsc', args: ['-b'] }) },
  {
    name: 'lint',
    run: () =>
      check(
        { bin: '@biomejs/biome/bin/biome', args: ['check', '--error-on-warnings', '.'] },
        { script: 'scripts/tidy.ts' },
      ),
  },
  {
    name: 'unit',
    run: (report) =>
      vitest('unit', report, [
        'packages/*/src/**/*.test.ts',
        'test/{unit,golden,integration,faults}/**/*.test.ts',
      ]),
  },
  {
    name: 'simulation',
    run: (report) => vitest('simulation', report, ['test/{simulation,scenarios}/**/*.test.ts']),
  },
  { name: 'browser', run: (report) => vitest('browser*', report, ['test/browser/**/*.test.ts']) },
  { name: 'build', run: buildDemo },
  { name: 'e2e', run: playwright },
];

/** One check made of several tools: it passes when each of them does. */
async function check(...tools: readonly Tool[]): Promise<Tally> {
  let isGood = true;
  for (const tool of tools) isGood = (await runTool(tool)) && isGood;
  return isGood ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

async function vitest(project: string, report: string, patterns: readonly string[]) {
  const files = findTestFiles(patterns);
  if (files.length === 0) return 'nothing to run';
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const args = ['run', '--project', project, ...reporters];
  const isGood = await runTool({ bin: 'vitest/vitest.mjs', args });
  return vitestTally({ report, files, isGood });
}

async function playwright(report: string) {
  const files = findTestFiles(['test/e2e/**/*.test.ts']);
  if (files.length === 0) return 'nothing to run';
  const isGood = await runTool({
    bin: '@playwright/test/cli.js',
    args: ['test', '--reporter=list,json'],
    env: { PLAYWRIGHT_JSON_OUTPUT_FILE: report },
  });
  return playwrightTally({ report, files, isGood });
}

async function buildDemo() {
  if (!existsSync(join(root, 'apps/demo/index.html'))) return 'nothing to run';
  return check({ bin: 'vite/bin/vite.js', args: ['build', 'apps/demo', '--logLevel', 'error'] });
}

function chosenStages(): readonly Stage[] {
  const { values } = parseArgs({ options: { only: { type: 'string' } } });
  if (values.only === undefined) return stages;
  const names = values.only.split(',');
  const unknown = names.filter((name) => !stages.some((stage) => stage.name === name));
  if (unknown.length > 0) {
    const known = stages.map((stage) => stage.name).join(', ');
    throw new Error(`unknown stage ${unknown.join(', ')}: choose from ${known}`);
  }
  return stages.filter((stage) => names.includes(stage.name));
}

async function runStages(reports: string): Promise<Tally> {
  const total = { passed: 0, failed: 0 };
  const lines: string[] = [];
  for (const stage of chosenStages()) {
    console.log(`\n=== ${stage.name}`);
    const startedMs = performance.now();
    const tally = await stage.run(join(reports, `${stage.name}.json`));
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    if (tally === 'nothing to run') {
      lines.push(`${stage.name}: nothing to run`);
      continue;
    }
    lines.push(...(tally.notes ?? []).map((note) => `${stage.name}: ${note}`));
    total.passed += tally.passed;
    total.failed += tally.failed;
    lines.push(`${stage.name}: ${tally.passed} passed, ${tally.failed} failed (${seconds} s)`);
  }
  console.log(`\n${lines.join('\n')}\n`);
  return total;
}

async function loadSources(): Promise<void> {
  const isLoaded = await runTool({ script: 'scripts/testing/load-sources.ts' });
  if (!isLoaded) throw new Error('the sources could not be loaded before the tests: see above');
}

async function runChosen(): Promise<void> {
  const reports = mkdtempSync(join(tmpdir(), 'causeway-test-'));
  try {
    await loadSources();
    const total = await runStages(reports);
    // A run that checked nothing must not look like a good one.
    const failed = total.passed + total.failed === 0 ? 1 : total.failed;
    console.log(`${total.passed} passed, ${failed} failed`);
    process.exitCode = failed > 0 ? 1 : 0;
  } finally {
    rmSync(reports, { recursive: true, force: true });
  }
}

setUpNode();
// Colour codes in a log file or on a CI page only get in the way.
if (!process.stdout.isTTY && !process.env['FORCE_COLOR']) process.env['NO_COLOR'] = '1';
try {
  await runChosen();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
}
