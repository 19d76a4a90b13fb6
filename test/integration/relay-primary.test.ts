// An application that throws, loops, eats all memory or exits at the primary: the relay goes on, its
// process is started again, and the document that did it twice is served without an audit.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, connect, createMemoryDatabase, memoryStore } from '@causeway/client';
import type { DocumentId } from '@causeway/core';
import { openLogReader, type Relay, type RelayEvent, startRelay } from '@causeway/relay';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { app } from './support/hostile-app.ts';

const module = new URL('./support/hostile-app.ts', import.meta.url).href;
let folder: string;
let relay: Relay;
let client: Client<typeof app>;
let events: RelayEvent[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'causeway-'));
  events = [];
  relay = await startRelay({
    data: folder,
    port: 0,
    app: module,
    limits: { heartbeatMs: 2_000, primaryMegabytesMax: 64 },
    onEvent: (event) => events.push(event),
  });
  client = connect({ app, url: relay.url, store: memoryStore(createMemoryDatabase()) });
});
afterEach(async () => {
  await client.close();
  await relay.close();
  await rm(folder, { recursive: true });
});

const names = (): readonly string[] =>
  events.map((event) => `${event.type} ${'document' in event ? event.document : ''}`);

test('an audit whose rule throws goes on: the operation is listed, and the document served', async () => {
  const handle = await client.open('bad');
  const receipt = handle.run('add', { key: 'throw' });
  expect(await receipt.outcome).toEqual({ type: 'confirmed' });
  await expect
    .poll(() => handle.quarantined.current)
    .toMatchObject([{ reason: 'the author made a mistake', invariant: 'sane', key: 'throw' }]);
  expect(await handle.run('add', { key: 'x' }).outcome).toEqual({ type: 'confirmed' });
  expect(names()).toEqual([]);
});

test.for(['loop', 'eat', 'exit'])('an audit that does this: %s', async (key) => {
  const [good, bad] = [await client.open('good'), await client.open('bad')];
  expect(await good.run('add', { key: 'x' }).outcome).toEqual({ type: 'confirmed' });
  const receipt = bad.run('add', { key });
  expect((await receipt.committed).type).toBe('committed');
  await expect
    .poll(names, { timeout: 15_000 })
    .toEqual(['primary-restarted bad', 'primary-restarted bad', 'primary-unavailable bad']);
  // Served, not audited; the other document is both.
  expect((await bad.run('add', { key: 'x' }).committed).type).toBe('committed');
  expect(await good.run('add', { key: 'x' }).outcome).toEqual({ type: 'confirmed' });
  expect(receipt.state.current.type).toBe('committed');
  expect(names()).toHaveLength(3);
  const health = await fetch(`${relay.url}/healthz`);
  expect(await health.json()).toMatchObject({ primary: 'running', unaudited: 1 });
});

test('the primary is one replica per data folder, whatever restarts', async () => {
  const handle = await client.open('good');
  await handle.run('add', { key: 'x' }).outcome;
  await relay.close();
  relay = await startRelay({ data: folder, port: relay.port, app: module });
  expect(await handle.run('add', { key: 'x' }).outcome).toEqual({ type: 'confirmed' });
  const reader = openLogReader(folder);
  const [document] = reader.documents();
  const replicas = document ? reader.roster(document).map(({ record }) => record.replica) : [];
  reader.close();
  expect(replicas).toHaveLength(3); // Three writers: the client's, and one per start of the primary.
  expect(new Set(replicas).size).toBe(2);
});

test('a primary that starts again goes on from its checkpoint', async () => {
  const handle = await client.open('good');
  await relay.close();
  const limits = { checkpointIdleMs: 100 };
  relay = await startRelay({ data: folder, port: relay.port, app: module, limits });
  for (const key of ['x', 'y', 'x']) {
    expect(await handle.run('add', { key }).outcome).toEqual({ type: 'confirmed' });
  }
  const reader = openLogReader(folder);
  const id = 'good' as DocumentId;
  const place = (): number => reader.checkpoint(id)?.position ?? 0;
  await expect.poll(place, { timeout: 15_000 }).toBe(reader.head(id).position);
  reader.close();
  await relay.close();
  relay = await startRelay({ data: folder, port: relay.port, app: module, limits });
  expect(await handle.run('add', { key: 'y' }).outcome).toEqual({ type: 'confirmed' });
  expect(handle.view.sums.get('y')).toBe(2);
});

test('where its application cannot be noted for later audits, a relay says so and serves', async () => {
  await relay.close();
  await rm(join(folder, 'primary-app.json'));
  await mkdir(join(folder, 'primary-app.json.new')); // Nobody can write to a folder.
  const { port } = new URL(relay.url);
  relay = await startRelay({
    ...{ data: folder, port: Number(port), app: module },
    onEvent: (event) => events.push(event),
  });
  expect(names()).toContain('app-not-noted ');
  const handle = await client.open('good');
  expect(await handle.run('add', { key: 'x' }).outcome).toEqual({ type: 'confirmed' });
});
