// What a peer gets wrong ends its own link, with the status that says what it was; a healthy client
// on the same relay process, and the same document, notices nothing.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DocumentId } from '@causeway/core';
import { encodeUp, protocolVersion } from '@causeway/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { documentNamed, TestWriter } from '../contracts/log-writer.ts';
import { connectRaw, openRaw, type RawClient } from './support/raw-client.ts';
import { type RelayProcess, startRelayProcess } from './support/started-relay.ts';

const document = documentNamed('pad');
let data: string;
let relay: RelayProcess;

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'causeway-'));
  relay = await startRelayProcess({ data });
});
afterAll(async () => {
  await relay.stop('SIGKILL');
  await rm(data, { recursive: true });
});

/** What a peer may get wrong, and the status its link ends with. */
const mistakes: Readonly<
  Record<string, { readonly status: number; readonly act: (c: RawClient) => void }>
> = {
  'random bytes': {
    status: 4400,
    act: (client) =>
      client.socket.send(crypto.getRandomValues(new Uint8Array(1_000)).fill(1, 0, 1)),
  },
  'a flipped bit': {
    status: 4400,
    act: (client) => {
      const frame = encodeUp([{ type: 'probe', nonce: 1 }]);
      client.socket.send(frame.with(3, (frame[3] ?? 0) ^ 1));
    },
  },
  'a text message': { status: 4400, act: (client) => client.socket.send('hello') },
  'an empty message': { status: 4400, act: (client) => client.socket.send(new Uint8Array(0)) },
  'a frame of 100 MB': {
    status: 1009,
    act: (client) => client.socket.send(new Uint8Array(100_000_000)),
  },
  'a push before hello': {
    status: 4404,
    act: (client) => client.push(new TestWriter(document).write({})),
  },
  'a push to what was not opened': {
    status: 4405,
    act: (client) => {
      client.greet();
      client.push(new TestWriter(document).write({}));
    },
  },
  'a wrong document id': {
    status: 4403,
    act: (client) => {
      client.greet();
      const wrong = '/no' as DocumentId;
      client.send({ type: 'open', document: wrong, known: undefined, vector: [] });
    },
  },
  'hello twice': {
    status: 4400,
    act: (client) => {
      client.greet();
      client.greet();
    },
  },
  'a version that is too old': {
    status: 4402,
    act: (client) => {
      const { replica } = new TestWriter(document).author;
      const hello = { type: 'hello', app: 'a', appVersion: 1, replica, token: '' } as const;
      client.send({ ...hello, protocol: protocolVersion - 1 });
    },
  },
};

test.for(Object.keys(mistakes))('%s ends its own link and no other', async (name) => {
  const { status, act } = mistakes[name] ?? {};
  const healthy = await openRaw(relay.url, document);
  const broken = await connectRaw(relay.url);
  act?.(broken);
  const goodbye = await broken.closed;
  expect(goodbye.closeStatus).toBe(status);
  expect(await healthy.isServed()).toBe(true);
  const writer = new TestWriter(document);
  healthy.push(writer.write({}));
  await healthy.hear('entries');
});

test('who does not say hello within 5 s is closed', async () => {
  const silent = await connectRaw(relay.url);
  const startedMs = performance.now();
  expect(await silent.closed).toEqual({ closeStatus: 4500, fault: 'too-slow' });
  const waitedMs = performance.now() - startedMs;
  expect(waitedMs).toBeGreaterThan(4_500);
  expect(waitedMs).toBeLessThan(6_500);
});

test('results, coordination and conditions are the primary’s alone', async () => {
  const client = await openRaw(relay.url, document);
  client.push(new TestWriter(document).write({ kind: 'coordination' }));
  expect((await client.hear('push-refused')).code).toBe('not-permitted');
  client.push(new TestWriter(document).write({ kind: 'result' }));
  expect((await client.hear('push-refused')).code).toBe('not-permitted');
  client.push(new TestWriter(document).write({}), { ifNamedHead: 0 });
  expect((await client.hear('push-refused')).code).toBe('not-permitted');
  expect(await client.isServed()).toBe(true);
});

test('a page of another origin may not connect, one of this machine may', async () => {
  await expect(connectRaw(relay.url, 'https://evil.example')).rejects.toThrow('403');
  await expect(connectRaw(relay.url, 'http://127.0.0.1.evil.example')).rejects.toThrow('403');
  const page = await connectRaw(relay.url, 'http://localhost:5173');
  page.greet();
  expect(await page.isServed()).toBe(true);
});
