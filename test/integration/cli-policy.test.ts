// `causeway policy`: the table of an application's module, as text, Markdown and HTML, and what is said
// when the module or the call is not right.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from './support/run-cli.ts';

const bank = fileURLToPath(new URL('../../apps/demo/src/bank.ts', import.meta.url));
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'causeway-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function appModule(name: string, source: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, source);
  return path;
}

test('it prints every cell with its reason, and the exposure of so many devices', async () => {
  const { status, out, errors } = await runCli('policy', bank, '--replicas', '3');
  expect({ status, errors }).toEqual({ status: 0, errors: '' });
  expect(out).toMatch(/^Policy table of bank, version 1: 2 operations × 1 invariant = 2 cells,/);
  expect(out).toMatch(/^deposit\n {2}While connected: .*\n {2}covered {2}safe {3}proceeds, and/m);
  expect(out).toMatch(/^ {2}covered {2}limit {2}at most 20000 net per key and device; 3 devices/m);
  expect(out.replace(/\s+/g, ' ')).toContain('3 devices may use 60000; more is refused; mended by');
  for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

test('as Markdown and as HTML', async () => {
  const markdown = await runCli('policy', bank, '--format', 'markdown');
  expect(markdown).toMatchObject({ status: 0, errors: '' });
  expect(markdown.out).toMatch(/^## Policy table of bank/);
  expect(markdown.out.match(/^\| (deposit|withdraw) \| covered \| /gm)).toHaveLength(2);
  expect(markdown.out).toContain('n devices may use n × 20000');
  const html = await runCli('policy', bank, '--format', 'html');
  expect(html).toMatchObject({ status: 0, errors: '' });
  expect(html.out).toMatch(/^<!doctype html>\n[\s\S]*<\/html>\n$/);
  expect(html.out.match(/<tr class="cell">/g)).toHaveLength(2);
});

test('what the module prints does not get into the table, and its timers do not hold it up', async () => {
  const source = `
    console.log('hello from the app');
    setInterval(() => {}, 1_000);
    export const app = { definition: { name: 'pad', version: 1, document: {}, operations: {},
      invariants: {}, compensations: {}, policy: {} } };`;
  const run = await runCli('policy', await appModule('chatty.mjs', source));
  expect(run).toEqual({
    status: 0,
    out: 'Policy table of pad, version 1: edits only, no operations to decide\n',
    errors: 'hello from the app\n',
  });
});

test('a module that is none, or has no app: one sentence that says what to do, status 1', async () => {
  const nowhere = await runCli('policy', join(folder, 'nowhere.ts'));
  expect(nowhere).toMatchObject({ status: 1, out: '' });
  expect(nowhere.errors).toMatch(
    /^causeway: there is no app module at .*nowhere\.ts: name a file\n$/,
  );
  const failures: readonly (readonly [source: string, says: RegExp])[] = [
    ["throw new Error('no such bank')", /failed at load: no such bank; mend it\n$/],
    ['process.exit(0)', /failed at load: it ended its process with status 0; mend it\n$/],
    ['export const bank = 1;', /exports no app: add `export const app = defineApp\(…\)`\n$/],
    ["export const app = { name: 'x' };", /is no app: export what defineApp\(…\) returned\n$/],
  ];
  for (const [index, [source, says]] of failures.entries()) {
    const run = await runCli('policy', await appModule(`failing-${index}.mjs`, source));
    expect(run).toMatchObject({ status: 1, out: '' });
    expect(run.errors).toMatch(/^causeway: .*\n$/);
    expect(run.errors).toMatch(says);
  }
});

test('a wrong call: what is wrong, the help, status 2', async () => {
  const calls: readonly (readonly [args: readonly string[], says: string])[] = [
    [[], 'name the one module that exports the app'],
    [[bank, bank], 'name the one module that exports the app'],
    [[bank, '--format', 'pdf'], 'there is no format "pdf": use one of text, markdown, html'],
    [[bank, '--format', 'constructor'], 'there is no format "constructor"'],
    [[bank, '--replicas', '0'], '--replicas 0: use a whole number from 1'],
    [[bank, '--replicas', 'many'], '--replicas many: use a whole number from 1'],
    [[bank, '--colour'], "Unknown option '--colour'"],
  ];
  for (const [args, says] of calls) {
    const run = await runCli('policy', ...args);
    expect(run).toMatchObject({ status: 2, out: '' });
    expect(run.errors).toContain(`causeway: ${says}`);
    expect(run.errors).toContain('\n\nUsage: causeway policy <app> [options]');
  }
});

test('the help names it', async () => {
  expect((await runCli('--help')).out).toContain('policy    print what an app may do');
  const helped = await runCli('policy', '--help');
  expect(helped).toMatchObject({ status: 0, errors: '' });
  expect(helped.out).toContain('--replicas <n>');
});
