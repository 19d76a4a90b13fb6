// `npm run simulate:mutants:prove`: is each mutant a fault that nothing else would have found? In a copy
// of the project every patch must pass the type check and the unit tests of the packages.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Mutant, mutants } from '../test/simulation/mutants.ts';
import { createProgressBar } from './progress-bar.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({ options: { only: { type: 'string' } } });
const chosen = mutants.filter(({ name }) => !values.only || values.only.split(',').includes(name));

/** A copy whose packages find each other, and share the original's dependencies. */
function copyProject(): string {
  const copy = mkdtempSync(join(tmpdir(), 'causeway-mutants-'));
  const isWanted = (path: string): boolean => !/[/\\](node_modules|dist|\.git)$/.test(path);
  for (const name of readdirSync(root)) {
    if (!isWanted(join(root, name)) || name === 'test-results') continue;
    cpSync(join(root, name), join(copy, name), { recursive: true, filter: isWanted });
  }
  const modules = join(copy, 'node_modules');
  mkdirSync(join(modules, '@causeway'), { recursive: true });
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (name !== '@causeway' && name !== '.cache') {
      symlinkSync(join(root, 'node_modules', name), join(modules, name));
    }
  }
  for (const name of readdirSync(join(copy, 'packages'))) {
    symlinkSync(join(copy, 'packages', name), join(modules, '@causeway', name));
  }
  symlinkSync(join(copy, 'apps', 'demo'), join(modules, '@causeway', 'demo'));
  return copy;
}

function passes(copy: string, ...args: readonly string[]): boolean {
  const { status } = spawnSync(process.execPath, args, { cwd: copy, stdio: 'ignore' });
  return status === 0;
}

/** What finds it, beside the simulation. */
function judge(copy: string, { file, from, to }: Mutant): string {
  const path = join(copy, file);
  const source = readFileSync(path, 'utf8');
  writeFileSync(path, source.split(from).join(to));
  try {
    if (!passes(copy, 'node_modules/typescript/bin/tsc', '-b')) return 'the type check';
    const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'unit', '--bail', '1'];
    return passes(copy, ...vitest, 'packages', 'test/unit') ? 'nothing' : 'a unit test';
  } finally {
    writeFileSync(path, source);
  }
}

const copy = copyProject();
try {
  const lines: string[] = [];
  const progress = createProgressBar('mutants', chosen.length);
  for (const mutant of chosen) {
    lines.push(`${mutant.name.padEnd(30)} found by ${judge(copy, mutant)}`);
    progress.show(lines.length, lines.at(-1) ?? '');
  }
  progress.end();
  for (const line of lines) console.log(line);
  const unseen = lines.filter((line) => line.endsWith('nothing')).length;
  console.log(`${unseen} of ${chosen.length} are seen by the simulation only`);
} finally {
  rmSync(copy, { recursive: true, force: true });
}
