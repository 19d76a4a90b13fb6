// Why a relay does not start: a sentence with its remedy, a code for programs, nothing left behind.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Relay, RelayRefusal, type RelayRefusalCode, startRelay } from '@causeway/relay';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCli } from './support/run-cli.ts';

const bank = fileURLToPath(new URL('../../apps/demo/src/bank.ts', import.meta.url));
let folder: string;
let relays: Relay[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'causeway-'));
  relays = [];
});
afterEach(async () => {
  for (const relay of relays) await relay.close();
  await rm(folder, { recursive: true });
});

const at = (name: string): string => join(folder, name);

/** The code of the refusal to start. */
async function refusalOf(o: Partial<Parameters<typeof startRelay>[0]>): Promise<RelayRefusalCode> {
  try {
    relays.push(await startRelay({ data: at('log'), port: 0, ...o }));
  } catch (error) {
    if (error instanceof RelayRefusal) return error.code;
    throw error;
  }
  throw new Error('it started');
}

async function appModule(name: string, source: string): Promise<string> {
  await writeFile(at(name), source);
  return at(name);
}

test('an address that others can reach is refused before anything is opened', async () => {
  for (const host of ['0.0.0.0', '::', '192.168.1.7', 'relay.example', '127.0.0.1.example']) {
    expect(await refusalOf({ host })).toBe('public-without-auth');
  }
  relays.push(await startRelay({ data: at('log'), port: 0, host: '::1' }));
});

test('a port in use is named, and the log is free again', async () => {
  const other = createServer();
  const { promise, resolve } = Promise.withResolvers<void>();
  other.listen(0, '127.0.0.1', resolve);
  await promise;
  const address = other.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  expect(await refusalOf({ port, app: bank })).toBe('port-in-use');
  const run = await runCli('serve', '--data', at('log'), '--port', String(port));
  expect(run).toMatchObject({ status: 1, out: '' });
  expect(run.errors).toBe(
    `causeway: port ${port} is in use: stop what uses it, or choose another with --port\n`,
  );
  other.close();
  relays.push(await startRelay({ data: at('log'), port }));
});

test('a data folder that cannot be written, or that another relay has', async () => {
  await writeFile(at('file'), '');
  expect(await refusalOf({ data: at('file') })).toBe('data-not-writable');
  expect(await refusalOf({ data: join(at('file'), 'log') })).toBe('data-not-writable');
  expect(await refusalOf({ data: '/proc/causeway' })).toBe('data-not-writable');
  relays.push(await startRelay({ data: at('log'), port: 0 }));
  expect(await refusalOf({ data: at('log') })).toBe('data-unusable');
});

test('a site without a page, and a port that is none', async () => {
  expect(await refusalOf({ site: folder })).toBe('site-not-found');
  expect(await refusalOf({ port: 70_000 })).toBe('bad-port');
});

test('an app module that is not one says what it should be', async () => {
  expect(await refusalOf({ app: at('nowhere.ts') })).toBe('app-not-found');
  const throwing = await appModule('throwing.mjs', "throw new Error('no such bank')");
  expect(await refusalOf({ app: throwing })).toBe('app-failed');
  const broken = await appModule('broken.ts', 'export const app = ;');
  expect(await refusalOf({ app: broken })).toBe('app-failed');
  const stray = await appModule('stray.mjs', "import './nowhere.mjs';");
  expect(await refusalOf({ app: stray })).toBe('app-failed');
  const leaving = await appModule('leaving.mjs', 'process.exit(0)');
  expect(await refusalOf({ app: leaving })).toBe('app-failed');
  const empty = await appModule('empty.mjs', 'export const bank = 1;');
  expect(await refusalOf({ app: empty })).toBe('app-not-exported');
  const wrong = await appModule('wrong.mjs', "export const app = { name: 'bank' };");
  expect(await refusalOf({ app: wrong })).toBe('not-an-app');
  const one = '{ definition: { document: {} } }';
  const two = await appModule('two.mjs', `export const a = ${one}, b = ${one};`);
  expect(await refusalOf({ app: two })).toBe('app-ambiguous');
});

test('an app module that loops, or waits for ever, at load is given up', async () => {
  const limits = { appLoadMs: 500 };
  const looping = await appModule('looping.mjs', 'for (;;);');
  expect(await refusalOf({ app: looping, limits })).toBe('app-timed-out');
  const waiting = await appModule(
    'waiting.mjs',
    'setInterval(() => {}, 9); await new Promise(() => {});',
  );
  expect(await refusalOf({ app: waiting, limits })).toBe('app-timed-out');
});

test('the command line: one sentence, no stack trace, status 2 for a wrong call', async () => {
  const throwing = await appModule('throwing.mjs', "throw new Error('no such bank')");
  const failed = await runCli('serve', '--data', at('log'), '--port', '0', '--app', throwing);
  expect(failed).toMatchObject({ status: 1, out: '' });
  expect(failed.errors).toMatch(/^causeway: the app module .* failed at load: no such bank; .*\n$/);
  const open = await runCli('serve', '--data', at('log'), '--port', '0', '--host', '0.0.0.0');
  expect(open).toMatchObject({ status: 1, out: '' });
  expect(open.errors).toContain('0.0.0.0 can be reached from outside');
  for (const args of [
    [],
    ['dance'],
    ['serve'],
    ['serve', '--data', 'x', '--port', 'y'],
    ['inspect'],
  ]) {
    const run = await runCli(...args);
    expect(run).toMatchObject({ status: 2, out: '' });
    expect(run.errors).toMatch(/^causeway: .+\n\nUsage: causeway /);
  }
  const helped = await runCli('serve', '--help');
  expect(helped).toMatchObject({ status: 0, errors: '' });
  expect(helped.out).toContain('--data <folder>');
});

test('versions that do not belong together are refused at the start', async () => {
  const o = { app: bank, previousApps: [bank] };
  expect(await refusalOf(o)).toBe('bad-app-versions');
  const missing = await refusalOf({ app: bank, previousApps: [at('v1.ts')] });
  expect(missing).toBe('app-not-found');
  const run = await runCli('serve', '--data', at('log'), '--app-previous', bank);
  expect(run).toMatchObject({ status: 2, out: '' });
});
