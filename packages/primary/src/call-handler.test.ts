// A handler is not ours: whatever it does, there is an answer in time, and a late one is told as well.
import { effectIdOf, type Platform, type PrimaryInput, parseOperationId } from '@causeway/core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { callHandler } from './call-handler.ts';
import type { PrimaryCall, PrimaryHandler } from './define-primary.ts';

const operation = parseOperationId('o1') ?? expect.unreachable();
const effect = effectIdOf(operation, 3);
const call = {
  ...{ type: 'callHandler' as const, effect, name: 'charge', payload: { cents: 5 }, attempt: 2 },
  ...{ operation, token: 'w:9', withinMs: 1_000 },
} as const satisfies Omit<Parameters<typeof callHandler>[0], 'type'>;

const platform: Platform = {
  moment: () => ({ monotonicMs: performance.now(), wallMs: Date.now(), random: 0.5 }),
  randomBytes: (count) => new Uint8Array(count),
  after(ms, act) {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
  afterTurn: (act) => void setImmediate(act),
};

let told: PrimaryInput[];
beforeEach(() => {
  vi.useFakeTimers();
  told = [];
});
afterEach(() => {
  vi.useRealTimers();
});

async function callWith(handler: PrimaryHandler | undefined, waitMs = 0): Promise<void> {
  callHandler(call, { handler, platform, tell: (answer) => told.push(answer) });
  await vi.advanceTimersByTimeAsync(waitMs);
}
const answer = { type: 'handlerAnswered', effect, token: 'w:9' } as const;

test('it is given the payload, and the key that is the same at every attempt', async () => {
  const seen: unknown[] = [];
  await callWith(async (payload, { key, attempt, operation: whose }: PrimaryCall) => {
    seen.push(payload, key, attempt, whose);
    return 'paid';
  });
  expect(seen).toEqual([{ cents: 5 }, 'o1:3', 2, operation]);
  expect(told).toEqual([{ ...answer, receipt: 'paid' }]);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(told).toHaveLength(1);
});

test.for([
  ['rejects', () => Promise.reject(new Error('down'))],
  [
    'throws at once',
    () => {
      throw new Error('down');
    },
  ],
] as const)('one that %s has failed', async ([, handler]) => {
  await callWith(handler);
  expect(told).toEqual([{ ...answer, failure: 'down' }]);
});

test('what is no Error is told as text, and a handler that is not there has failed', async () => {
  await callWith(() => Promise.reject('down'));
  await callWith(undefined);
  expect(told).toEqual([
    { ...answer, failure: 'down' },
    { ...answer, failure: 'there is no handler for charge' },
  ]);
});

test('one that hangs has failed when its time is over, and is told to stop', async () => {
  let signal: AbortSignal | undefined;
  await callWith((_, { signal: own }) => {
    signal = own;
    return new Promise(() => undefined);
  }, 999);
  expect([told, signal?.aborted]).toEqual([[], false]);
  await vi.advanceTimersByTimeAsync(1);
  expect(told).toEqual([{ ...answer, failure: 'no answer within 1000 ms' }]);
  expect(signal?.aborted).toBe(true);
});

test('what comes late is told as well: the machine knows that it is too late', async () => {
  await callWith(() => new Promise((resolve) => setTimeout(resolve, 3_000, 'paid')), 3_000);
  expect(told).toEqual([
    { ...answer, failure: 'no answer within 1000 ms' },
    { ...answer, receipt: 'paid' },
  ]);
});
