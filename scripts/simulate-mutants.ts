// `npm run simulate:mutants`: puts each fault of test/simulation/mutants.ts into the engine and looks
// for the seed that finds it. The unchanged engine passes the same seeds first.
import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import type { Problem } from '@causeway/testkit';
import { type Mutant, mutants } from '../test/simulation/mutants.ts';
import { showProgress } from './simulation/progress.ts';

const { values } = parseArgs({
  options: { seeds: { type: 'string', default: '200' }, only: { type: 'string' } },
});
const chosen = mutants.filter(({ name }) => !values.only || values.only.split(',').includes(name));

interface Hunted {
  readonly name: string;
  readonly seed?: number;
  readonly problem?: Problem;
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

function describe({ name, seed, problem, error }: Hunted): string {
  const why = mutants.find((mutant) => mutant.name === name)?.why ?? '';
  if (error) return `${name.padEnd(28)} BROKEN    ${error}`;
  if (seed === undefined) return `${name.padEnd(28)} SURVIVED  ${why}`;
  return `${name.padEnd(28)} seed ${String(seed).padStart(3)}  ${problem?.guarantee}  ${why}`;
}

async function huntAll(): Promise<readonly Hunted[]> {
  const waiting: (Mutant | undefined)[] = [undefined, ...chosen];
  const hunted: Hunted[] = [];
  const progress = showProgress(waiting.length, () => hunted.at(-1)?.name ?? '');
  const work = async (): Promise<void> => {
    while (waiting.length > 0) {
      hunted.push(await hunt(waiting.shift()));
      progress.advance();
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  progress.end();
  return hunted;
}

const hunted = await huntAll();
const unchanged = hunted.find(({ name }) => name === 'unchanged');
const isSound = unchanged?.seed === undefined && unchanged?.error === undefined;
for (const one of hunted) if (one.name !== 'unchanged') console.log(describe(one));
console.log(
  isSound
    ? `the unchanged engine passes seeds 1 to ${values.seeds}`
    : `the unchanged engine fails: ${JSON.stringify(unchanged)}`,
);
const caught = hunted.filter(({ name, seed }) => name !== 'unchanged' && seed !== undefined).length;
console.log(`${caught} caught, ${chosen.length - caught} survived`);
process.exitCode = isSound && caught === chosen.length ? 0 : 1;
