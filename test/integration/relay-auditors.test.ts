// A relay that believes its clients' auditors: what they append on a condition is taken under the rules
// that a primary's appends are under, and nothing else of theirs is.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connect, createMemoryDatabase, memoryStore } from '@causeway/client';
import { createAuditor } from '@causeway/client/auditor';
import { app } from '@causeway/demo/bank';
import { startRelay } from '@causeway/relay';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { documentNamed, TestWriter } from '../contracts/log-writer.ts';
import { openRaw } from './support/raw-client.ts';
import { runCli } from './support/run-cli.ts';
import { type RelayProcess, startRelayProcess } from './support/started-relay.ts';

const bank = fileURLToPath(new URL('../../apps/demo/src/bank.ts', import.meta.url));
const document = documentNamed('branch-7');
let data: string;
let relay: RelayProcess;

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'causeway-'));
  relay = await startRelayProcess({ data, auditors: 'clients' });
});
afterEach(async () => {
  await relay.stop('SIGKILL');
  await rm(data, { recursive: true });
});

test('results and coordination of clients are taken on their condition, and not without', async () => {
  const client = await openRaw(relay.url, document);
  for (const kind of ['coordination', 'result'] as const) {
    client.push(new TestWriter(document).write({ kind }));
    expect((await client.hear('push-refused')).code).toBe('not-permitted');
  }
  client.push(new TestWriter(document).write({ kind: 'coordination' }), { ifNamedHead: 0 });
  expect((await client.hear('entries')).from).toBe(1);
  client.push(new TestWriter(document).write({ kind: 'result' }), { ifNamedHead: 0 });
  expect((await client.hear('push-refused')).code).toBe('moved');
  client.push(new TestWriter(document).write({ kind: 'result' }), { ifNamedHead: 1 });
  expect((await client.hear('entries')).from).toBe(2);
});

test('a relay with an app believes nobody else, and says so before it starts', async () => {
  const both = startRelay({ data: join(data, 'other'), port: 0, app: bank, auditors: 'clients' });
  await expect(both).rejects.toMatchObject({ name: 'RelayRefusal', code: 'auditors-beside-app' });
  const run = await runCli('serve', '--data', data, '--app', bank, '--clients-audit');
  expect(run).toMatchObject({ status: 1, out: '' });
  expect(run.errors).toContain('leave out the app (--app), or the auditors (--clients-audit)');
});

const owed = { balance: -85_00, owed: 85_00 };

test('S2 without a primary: two clients audit; one case, one fee, everywhere the same', async () => {
  const clients = [1, 2].map(() =>
    connect({
      ...{ app, url: relay.url, store: memoryStore(createMemoryDatabase()) },
      auditor: createAuditor(),
      effects: { dispense: async () => undefined },
    }),
  );
  const handles = await Promise.all(clients.map((client) => client.open('branch-7')));
  for (const client of clients) await client.status.waitFor((s) => s.auditor === 'auditing');
  for (const client of clients) client.goOffline();
  const receipts = handles.map((handle) =>
    handle.run('withdraw', { account: 'ann', cents: 80_00 }),
  );
  for (const receipt of receipts) expect((await receipt.saved).type).toBe('saved');
  for (const [index, client] of clients.entries()) {
    client.goOnline();
    await receipts[index]?.committed;
  }
  expect((await receipts[1]?.outcome)?.type).toBe('compensated');
  for (const handle of handles) {
    const money = handle.select((doc) => ({
      balance: doc.balance.get('ann'),
      owed: doc.owed.get('ann'),
    }));
    await money.waitFor(({ value }) => JSON.stringify(value) === JSON.stringify(owed));
    const [found, ...others] = await handle.cases.waitFor(([one]) => one?.state === 'compensated');
    expect([found?.violations.length, others]).toEqual([1, []]);
  }
  const ids = handles.map((handle) => handle.cases.current[0]?.id);
  expect(ids[0]).toBe(ids[1]);
  for (const client of clients) await client.close();
});

test('beside a relay that audits itself an auditor is told that it is not needed', async () => {
  const other = await startRelay({ data: join(data, 'audited'), port: 0, app: bank });
  const client = connect({
    ...{ app, url: other.url, store: memoryStore(createMemoryDatabase()) },
    auditor: createAuditor(),
    effects: { dispense: async () => undefined },
  });
  const handle = await client.open('branch-7');
  await client.status.waitFor((s) => s.auditor === 'auditing');
  const receipt = handle.run('deposit', { account: 'ann', cents: 1_00 });
  expect(await receipt.outcome).toEqual({ type: 'confirmed' });
  await client.status.waitFor((s) => s.auditor === 'not-permitted');
  await client.close();
  await other.close();
});
