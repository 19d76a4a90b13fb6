// V8 may crash where threads that loaded WebAssembly come and go, and Node strips types by it: the log's
// thread takes what was stripped before. Each test has a cache of its own, empty at first.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { cli, runNode } from './support/run-cli.ts';

const pathOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'causeway-'));
  onTestFinished(() => rm(folder, { recursive: true }));
});

test('what is loaded before the tests spares threads WebAssembly', async () => {
  const kept = { NODE_COMPILE_CACHE: join(folder, 'compiled') };
  const withoutWebAssembly = ['--require', pathOf('./support/no-webassembly.cjs')];
  const opened = [...withoutWebAssembly, pathOf('./support/open-log.ts'), join(folder, 'data')];
  const cold = await runNode(opened, kept);
  expect(cold.errors).toContain('WebAssembly is not supported');
  const loaded = await runNode([pathOf('../../scripts/testing/load-sources.ts')], kept);
  expect(loaded).toMatchObject({ status: 0, errors: '' });
  const warm = await runNode(opened, kept);
  expect(warm).toMatchObject({ status: 0, errors: '' });
});

test('the command line keeps what it compiled where nothing says where', async () => {
  const bank = pathOf('../../apps/demo/src/bank.ts');
  const nowhere = { NODE_COMPILE_CACHE: undefined, TMPDIR: folder };
  const printed = await runNode([cli, 'policy', bank], nowhere);
  expect(printed).toMatchObject({ status: 0, errors: '' });
  expect(await readdir(folder)).toEqual(['node-compile-cache']);
});
