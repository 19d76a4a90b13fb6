// Raw clients on a relay process with its log on disk: they converge, a kill loses nothing that was
// acknowledged, and a slow link holds up nobody.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { documentNamed, TestWriter } from '../contracts/log-writer.ts';
import { connectRaw, openRaw, placesOf, type RawClient } from './support/raw-client.ts';
import { type RelayProcess, startRelayProcess } from './support/started-relay.ts';

const document = documentNamed('pad');
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

test('two clients that write at once hear one order, each change once', async () => {
  const clients = await Promise.all([
    openRaw(relay.url, document),
    openRaw(relay.url, document),
    openRaw(relay.url, document),
  ]);
  const [a, b, reader] = clients;
  const writers = [new TestWriter(document), new TestWriter(document)] as const;
  for (let round = 0; round < 100; round++) {
    a.push(writers[0].write({}));
    b.push(writers[1].write({}, {}));
  }
  for (const client of clients) await client.reach(300);
  expect(placesOf(a)).toEqual(placesOf(reader));
  expect(placesOf(b)).toEqual(placesOf(reader));
  const late = await openRaw(relay.url, document);
  await late.reach(300);
  expect(placesOf(late)).toEqual(placesOf(reader));
  expect([...a.items.values()].filter(({ type }) => type === 'own')).toHaveLength(100);
});

test('kill -9 right after a commit loses nothing, and a retry is recognised', async () => {
  const writer = new TestWriter(document);
  const client = await openRaw(relay.url, document);
  client.push(writer.write({}, {}, {}));
  const { prefixHash } = await client.hear('entries');
  await relay.stop('SIGKILL');
  expect((await client.closed).closeStatus).toBe(1006);
  relay = await startRelayProcess({ data, port: relay.port });
  const again = await connectRaw(relay.url);
  again.greet();
  const vector = [[writer.author.writer, 0]] as const;
  again.send({ type: 'open', document, known: undefined, vector });
  const opened = await again.hear('opened');
  expect(opened.head).toMatchObject({ position: 3, prefixHash });
  expect(opened.vector).toEqual([[writer.author.writer, 3]]);
  again.push(writer.request(1, 3)); // As if the acknowledgement had been lost.
  again.push(writer.write({}));
  await again.reach(4);
  expect(placesOf(again).map((place) => place.split(' ')[2])).toEqual(['1', '2', '3', '4']);
});

test('a client that resumes gets what it lacks and no more', async () => {
  const writer = new TestWriter(document);
  const client = await openRaw(relay.url, document);
  client.push(writer.write({}, {}));
  const { prefixHash } = await client.hear('entries');
  client.push(writer.write({}));
  await client.reach(3);
  const { log } = (await (await openAgain()).hear('opened')).head;
  const known = { log, epoch: 1, position: 2, prefixHash };
  const resumed = await openRaw(relay.url, document, known);
  await resumed.reach(3);
  expect([...resumed.items.keys()]).toEqual([3]);
  async function openAgain(): Promise<RawClient> {
    const other = await connectRaw(relay.url);
    other.greet();
    other.send({ type: 'open', document, known: undefined, vector: [] });
    return other;
  }
});

test('a client that does not read holds up nobody, and has all of it once it reads', async () => {
  const [pusher, reader, sleeper] = await Promise.all([
    openRaw(relay.url, document),
    openRaw(relay.url, document),
    openRaw(relay.url, document),
  ]);
  sleeper.socket.pause();
  const writer = new TestWriter(document);
  const count = 400;
  for (let round = 0; round < count; round++) {
    pusher.push(writer.write({ payload: new Uint8Array(30_000) }));
  }
  await reader.reach(count);
  sleeper.socket.resume();
  await sleeper.reach(count);
  expect(placesOf(sleeper)).toEqual(placesOf(reader));
});

test('stopping answers what was pushed, says so, and closes with 1012', async () => {
  const client = await openRaw(relay.url, document);
  client.push(new TestWriter(document).write({}));
  await client.reach(1);
  await relay.stop('SIGTERM');
  expect(await client.closed).toEqual({ closeStatus: 1012, fault: 'shutting-down' });
});
