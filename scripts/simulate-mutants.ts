// `npm run simulate:mutants`: puts each fault of test/simulation/mutants.ts into the engine and looks
// for the run that finds it: one of the first seeds, or one that is kept. The unchanged engine passes
// all of them.
import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { type Mutant, mutants } from '../test/simulation/mutants.ts';
import { createProgressBar } from './progress-bar.ts';
import type { Caught } from './simulation/hunt.ts';

const { values } = parseArgs({
  options: { seeds: { type: 'string', default: '200' }, only: { type: 'string' } },
});
const chosen = mutants.filter(({ name }) => !values.only || values.only.split(',').includes(name));

interface Hunted extends Partial<Caught> {
  readonly name: string;
  readonly error?: string;
}

function hunt(mutant: Mutant | undefined): Promise<Hunted> {
  const patch = new URL('./simulation/patch-source.ts', import.meta.url).href;
  const script = new URL('./simulation/hunt.ts', import.meta.url).pathname;
  const args = [
    '--conditions=causeway-source',
    ...(mutant ? ['--import', patch] : []),
    script,
    values.seeds,
  ];
  const name = mutant?.name ?? 'unchanged';
  const env = { ...process.env, CAUSEWAY_MUTANT: name };
  return new Promise((resolve) => {
    execFile(process.execPath, args, { env, timeout: 30 * 60_000 }, (error, stdout) => {
      if (error) resolve({ name, error: error.message.split('\n').slice(0, 6).join(' ') });
      else resolve({ name, ...JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') });
    });
  });
}

function describe({ name, by, problem, error }: Hunted): string {
  const why = mutants.find((mutant) => mutant.name === name)?.why ?? '';
  if (error) return `${name.padEnd(28)} BROKEN    ${error}`;
  if (by === undefined) return `${name.padEnd(28)} SURVIVED  ${why}`;
  return `${name.padEnd(28)} ${by.padEnd(8)}  ${problem?.guarantee}  ${why}`;
}

async function huntAll(): Promise<readonly Hunted[]> {
  const waiting: (Mutant | undefined)[] = [undefined, ...chosen];
  const hunted: Hunted[] = [];
  const progress = createProgressBar('hunts', waiting.length);
  const work = async (): Promise<void> => {
    while (waiting.length > 0) {
      hunted.push(await hunt(waiting.shift()));
      progress.show(hunted.length, hunted.at(-1)?.name ?? '');
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  progress.end();
  return hunted;
}

const hunted = await huntAll();
const unchanged = hunted.find(({ name }) => name === 'unchanged');
const isSound = unchanged?.by === undefined && unchanged?.error === undefined;
for (const one of hunted) if (one.name !== 'unchanged') console.log(describe(one));
console.log(
  isSound
    ? `the unchanged engine passes seeds 1 to ${values.seeds}, and the runs that are kept`
    : `the unchanged engine fails: ${JSON.stringify(unchanged)}`,
);
const caught = hunted.filter(({ name, by }) => name !== 'unchanged' && by !== undefined).length;
console.log(`${caught} caught, ${chosen.length - caught} survived`);
process.exitCode = isSound && caught === chosen.length ? 0 : 1;
