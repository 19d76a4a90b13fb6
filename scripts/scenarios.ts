// Plays the acceptance scenarios: `npm run scenarios`, a line per id and variant, plain and reload.
// `--json`, `--only S1,S2`, `--seed N`. What is missing counts as failed: the specification is whole.
import { parseArgs } from 'node:util';
import { scenarios } from '../test/scenarios/all.ts';
import {
  type Part,
  partsOf,
  playPart,
  type ScenarioResult,
} from '../test/scenarios/play-scenario.ts';
import { createProgressBar } from './progress-bar.ts';
import { formatResult, formatSummary, nameWidth } from './scenarios/format-result.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    only: { type: 'string' },
    seed: { type: 'string', default: '1' },
  },
});

const parts = chooseParts(values.only);
const results = await playAll(parts, readSeed(values.seed));
if (values.json) console.log(JSON.stringify(results, undefined, 2));
else console.log(formatSummary(results));
process.exitCode = results.every(({ result }) => result === 'passed') ? 0 : 1;

/** Lines appear as results do; with `--json` a bar on standard error says how far it is. */
async function playAll(chosen: readonly Part[], seed: number): Promise<readonly ScenarioResult[]> {
  const played: ScenarioResult[] = [];
  const width = nameWidth(chosen);
  const failed = () => played.filter(({ result }) => result === 'failed').length;
  const progress = values.json ? createProgressBar('scenarios', chosen.length) : undefined;
  for (const part of chosen) {
    const result = await playPart(part, seed);
    played.push(result);
    if (progress) progress.show(played.length, `${failed()} failed`);
    else console.log(formatResult(result, part.scenario.title, width));
  }
  progress?.end();
  return played;
}

function chooseParts(only: string | undefined): readonly Part[] {
  if (only === undefined) return partsOf(scenarios);
  const ids = only.split(',').map((id) => id.trim().toUpperCase());
  const strangers = ids.filter((wanted) => !scenarios.some(({ id }) => id === wanted));
  if (strangers.length > 0) throw new Error(`--only ${strangers.join()}: use S1 to S27`);
  return partsOf(scenarios.filter(({ id }) => ids.includes(id)));
}

function readSeed(text: string): number {
  const seed = Number(text);
  if (Number.isSafeInteger(seed) && seed > 0) return seed;
  throw new Error(`--seed ${text}: give a whole number from 1 on`);
}
