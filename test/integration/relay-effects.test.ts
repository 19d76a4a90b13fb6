// Effects at a real relay: its primary loads the handlers, acts once the claim is in the log, and keeps what
// they gave back. A relay that could not do what the application declares does not start.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createMemoryDatabase, memoryStore } from '@causeway/client';
import { Bug, type OutboxEntry } from '@causeway/core';
import { type RelayEvent, RelayRefusal, startRelay } from '@causeway/relay';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCli } from './support/run-cli.ts';
import { app } from './support/shop-primary.ts';

const module = new URL('./support/shop-primary.ts', import.meta.url).href;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'causeway-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

type How = 'well' | 'large' | 'function' | 'second-time' | 'hangs';

/** What the log says of the charge and the parcel of one purchase, once nothing more will come. */
async function buy(how: How): Promise<readonly object[]> {
  const relay = await startRelay({ data: folder, port: 0, app: module });
  const client = connect({ app, url: relay.url, store: memoryStore(createMemoryDatabase()) });
  try {
    const handle = await client.open('shop');
    const { id } = handle.run('buy', { how });
    const isOver = ({ state }: OutboxEntry): boolean => state !== 'claimed' && state !== 'waiting';
    const live = handle.effects(id);
    const signal = AbortSignal.timeout(15_000);
    const over = await live.waitFor((all) => all.length === 2 && all.every(isOver), { signal });
    return over.map(({ effect, token, ...rest }) => ({
      ...rest,
      effect: effect.replace(id, 'id'),
    }));
  } finally {
    await client.close();
    await relay.close();
  }
}

const charge = { effect: 'id:0', name: 'charge' };
const parcel = { effect: 'id:1', name: 'parcel' };

test('done, and the receipt is in the log', async () => {
  const found = await buy('well');
  expect(found).toMatchObject([
    { ...charge, state: 'done', attempt: 1, receipt: { key: expect.stringMatching(/:0$/) } },
    { ...parcel, state: 'done', attempt: 1, receipt: { key: expect.stringMatching(/:1$/) } },
  ]);
  const { out } = await runCli('inspect', folder, 'shop');
  expect(out).toMatch(/effects at the primary\n\neffect +name +state +attempts +answer\n/);
  expect(out).toMatch(/:0 +charge +done +1 +\{"key":"\w+:0"\}\n/);
});

test.for([
  ['large', 'the receipt is too large'],
  ['function', 'the receipt is no plain JSON'],
] as const)('a receipt that cannot be kept is left out: %s', async ([how, reason]) => {
  const over = { state: 'done', attempt: 1, reason };
  expect(await buy(how)).toEqual([
    { ...charge, ...over },
    { ...parcel, ...over },
  ]);
});

test('what fails is tried again, but for what may happen once only', async () => {
  expect(await buy('second-time')).toMatchObject([
    { ...charge, state: 'done', attempt: 2 },
    { ...parcel, state: 'unknown', attempt: 1, reason: 'busy' },
  ]);
});

test('what hangs is given up, and nothing else waits for it', async () => {
  const reason = 'no answer within 300 ms';
  expect(await buy('hangs')).toEqual([
    { ...charge, state: 'given-up', attempt: 2, reason },
    { ...parcel, state: 'unknown', attempt: 1, reason },
  ]);
});

test('a case that is left to people is told to its owner; an owner who fails stops nothing', async () => {
  const events: RelayEvent[] = [];
  const onEvent = (event: RelayEvent): void => void events.push(event);
  const relay = await startRelay({ data: folder, port: 0, app: module, onEvent });
  const client = connect({ app, url: relay.url, store: memoryStore(createMemoryDatabase()) });
  try {
    const handle = await client.open('shop');
    await handle.run('spill', {}).committed;
    const reason = 'nobody answers the phone for whole at shop';
    const told = { type: 'escalation-failed', document: 'shop', reason };
    await expect.poll(() => events, { timeout: 15_000 }).toEqual([told]);
    expect(handle.cases.current).toMatchObject([{ invariant: 'whole', state: 'escalated' }]);
    const { id } = handle.run('buy', { how: 'well' });
    const isDone = (all: readonly OutboxEntry[]): boolean => all[1]?.state === 'done';
    await handle.effects(id).waitFor(isDone, { signal: AbortSignal.timeout(15_000) });
  } finally {
    await client.close();
    await relay.close();
  }
});

async function refusalOf(lines: readonly string[]): Promise<{ code: string; message: string }> {
  const file = join(folder, `app-${lines.length}.mjs`);
  await writeFile(file, [`import { app, primary } from '${module}';`, ...lines].join('\n'));
  try {
    const relay = await startRelay({ data: join(folder, 'log'), port: 0, app: file });
    await relay.close();
  } catch (error) {
    if (error instanceof RelayRefusal) return error;
    throw error;
  }
  return { code: 'started', message: '' };
}

test('without handlers it does not start, and says for what, and what to do', async () => {
  const { code, message } = await refusalOf(['export { app };']);
  expect(code).toBe('handlers-missing');
  expect(message).toContain('charge, parcel');
  expect(message).toContain('definePrimary');
});

test('of a module that exports both, the primary is taken; of two primaries neither', async () => {
  expect((await refusalOf(['export { app, primary };', ''])).code).toBe('started');
  const two = ['const other = { ...primary };', 'export { primary, other };', ''];
  expect((await refusalOf(two)).code).toBe('app-ambiguous');
});

test('a handler that is forgotten is a Bug that names it', async () => {
  const { definePrimary } = await import('@causeway/relay/primary');
  const forget = (): unknown => definePrimary(app, { effects: {} } as never);
  expect(forget).toThrow(Bug);
  expect(forget).toThrow(/charge, parcel/);
});
