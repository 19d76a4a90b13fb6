// `causeway inspect` while the relay runs: what was done, by whom, and what became of it.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createMemoryDatabase, memoryStore } from '@causeway/client';
import { app } from '@causeway/demo/bank';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCli } from './support/run-cli.ts';
import { type RelayProcess, startRelayProcess } from './support/started-relay.ts';

let data: string;
let relay: RelayProcess;

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'causeway-'));
  relay = await startRelayProcess({ data });
});
afterEach(async () => {
  await relay.stop('SIGKILL');
  await rm(data, { recursive: true });
});

/** Two machines, cut off, overdraw an account; resolves when the bank has dealt with it. */
async function overdraw(): Promise<void> {
  const clients = [1, 2].map(() =>
    connect({
      app,
      url: relay.url,
      store: memoryStore(createMemoryDatabase()),
      effects: { dispense: async () => undefined },
    }),
  );
  const handles = await Promise.all(clients.map((client) => client.open('branch-7')));
  for (const { status } of handles) await status.waitFor(({ mode }) => mode === 'connected');
  for (const client of clients) client.goOffline();
  const receipts = handles.map((handle) =>
    handle.run('withdraw', { account: 'ann', cents: 80_00 }),
  );
  for (const { saved } of receipts) await saved;
  for (const client of clients) client.goOnline();
  for (const { outcome } of receipts) await outcome;
  for (const client of clients) await client.close();
}

test('it prints operations with their outcomes, the case with both machines, and the vector', async () => {
  await overdraw();
  const { status, out, errors } = await runCli('inspect', data, 'branch-7');
  expect({ status, errors }).toEqual({ status: 0, errors: '' });
  expect(out).toMatch(/^branch-7: \d+ entries, audited to \d+ \(log [0-9a-f]{32}, epoch 1\)\n/);
  expect(out).toMatch(/^position +replica +writer +seq +kind +operation +mode +cell +outcome$/m);
  const withdrawals = out.match(/operation +withdraw \{"account":"ann","cents":8000\} .*/g) ?? [];
  expect(withdrawals).toHaveLength(2);
  expect(withdrawals[0]).toMatch(/partitioned +limit covered +confirmed$/);
  expect(withdrawals[1]).toMatch(/partitioned +limit covered +compensated \(k:\w+\)$/);
  expect(out.match(/ result +compensate\.covered /g)).toHaveLength(1);
  expect(out).toMatch(/covered of ann: compensated, deficit \d+\n {2}withdraw .*\n {2}withdraw /);
  expect(out).toMatch(/version vector\n\nwriter +seq\n[0-9a-f]{32} +\d+\n/);
});

test('as JSON it says the same to programs', async () => {
  await overdraw();
  const { out } = await runCli('inspect', data, 'branch-7', '--json');
  const found = JSON.parse(out);
  expect(found.position).toBe(found.entries.length);
  const operations = found.entries.filter(({ kind }: { kind: string }) => kind === 'operation');
  expect(operations).toMatchObject([
    { outcome: 'confirmed', operation: { name: 'withdraw', args: { cents: 8000 } } },
    { outcome: expect.stringContaining('compensated'), operation: { mode: 'partitioned' } },
  ]);
  const total = Object.values<number>(found.vector).reduce((sum, seq) => sum + seq, 0);
  expect(total).toBe(found.position);
});

test('a document that is not there: it says which are; a folder that is not there: it says so', async () => {
  await overdraw();
  const other = await runCli('inspect', data, 'branch-8');
  expect(other).toEqual({
    status: 1,
    out: '',
    errors: `causeway: there is no document "branch-8" in ${data}; there are: branch-7\n`,
  });
  const nowhere = await runCli('inspect', join(data, 'nowhere'), 'branch-7');
  expect(nowhere).toMatchObject({ status: 1, out: '' });
  expect(nowhere.errors).toMatch(/^causeway: there is no folder .*\n$/);
  expect((await runCli('inspect', data, '/no')).status).toBe(2);
});
