// V8 may crash where threads that loaded WebAssembly come and go, and Node strips types by it: a thread
// takes what was stripped before. Each has a cache of its own here, empty at first.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { cli, runNode } from './support/run-cli.ts';

const pathOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const bank = pathOf('../../apps/demo/src/bank.ts');
const withoutWebAssembly = ['--require', pathOf('./support/no-webassembly.cjs')];
const printed = [cli, 'policy', bank];
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'causeway-'));
  onTestFinished(() => rm(folder, { recursive: true }));
});

test('what is loaded before the tests spares their threads WebAssembly', async () => {
  const kept = { NODE_COMPILE_CACHE: folder };
  const cold = await runNode([...withoutWebAssembly, ...printed], kept);
  expect(cold.errors).toContain('WebAssembly is not supported');
  const loaded = await runNode([pathOf('../../scripts/testing/load-sources.ts')], kept);
  expect(loaded).toMatchObject({ status: 0, errors: '' });
  const warm = await runNode([...withoutWebAssembly, ...printed], kept);
  expect(warm).toMatchObject({ status: 0, errors: '' });
});

test('the command line keeps what it compiled where nothing says where', async () => {
  const kept = { NODE_COMPILE_CACHE: undefined, TMPDIR: folder };
  const first = await runNode(printed, kept);
  expect(first).toMatchObject({ status: 0, errors: '' });
  const second = await runNode([...withoutWebAssembly, ...printed], kept);
  expect(second).toEqual(first);
});
