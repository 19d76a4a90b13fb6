// A module that never finishes loading is given up, whatever it does.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeModule } from './describe-module.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'causeway-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

test('one that loops, and one that waits for ever', async () => {
  const sources = ['for (;;);', 'setInterval(() => {}, 9); await new Promise(() => {});'];
  for (const [index, source] of sources.entries()) {
    const path = join(folder, `stuck-${index}.mjs`);
    await writeFile(path, source);
    const task = { url: pathToFileURL(path).href, replicas: undefined };
    await expect(describeModule(task, 500)).rejects.toMatchObject({ code: 'app-timed-out' });
  }
});

test('a table with a cell of no known kind fails naming the cell', async () => {
  const path = join(folder, 'misspelt.mjs');
  const definition = `{ name: 'x', version: 1, document: {}, operations: { act: {} },
    invariants: { low: {} }, compensations: {}, policy: { act: { low: { kind: 'saef' } } } }`;
  await writeFile(path, `export const app = { definition: ${definition} };`);
  const task = { url: pathToFileURL(path).href, replicas: undefined };
  await expect(describeModule(task)).rejects.toThrow(
    'policy.act.low: there is no kind "saef"; use one of safe, risk',
  );
});
