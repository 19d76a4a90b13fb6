// The whole table: each event in each state, and how many failures it takes.
import { expect, test } from 'vitest';
import type { Breaker, BreakerEvent, BreakerState } from './breaker.ts';
import {
  breakerCoolsMs,
  breakerEvents,
  breakerFailuresMax,
  breakerStates,
  breakerWaitMs,
  closedBreaker,
  stepBreaker,
} from './breaker.ts';

const expected: Readonly<Record<BreakerState, Readonly<Record<BreakerEvent, BreakerState>>>> = {
  closed: { called: 'closed', succeeded: 'closed', failed: 'closed', cooled: 'closed' },
  open: { called: 'open', succeeded: 'closed', failed: 'open', cooled: 'half-open' },
  'half-open': { called: 'probing', succeeded: 'closed', failed: 'open', cooled: 'half-open' },
  probing: { called: 'probing', succeeded: 'closed', failed: 'open', cooled: 'probing' },
};

test.for(breakerStates.flatMap((state) => breakerEvents.map((event) => ({ state, event }))))(
  '$state, $event',
  ({ state, event }) => {
    const before: Breaker = { state, failures: 0, openedMs: 7 };
    expect(stepBreaker(before, event, 1_000).state).toBe(expected[state][event]);
  },
);

function failing(times: number): Breaker {
  let breaker = closedBreaker;
  for (let n = 1; n <= times; n++) breaker = stepBreaker(breaker, 'failed', n);
  return breaker;
}

test('it opens at so many failures in a row, and not one earlier', () => {
  expect(failing(breakerFailuresMax - 1)).toMatchObject({ state: 'closed' });
  expect(failing(breakerFailuresMax)).toMatchObject({
    state: 'open',
    openedMs: breakerFailuresMax,
  });
});

test('one success between them begins the count again', () => {
  const once = stepBreaker(failing(breakerFailuresMax - 1), 'succeeded', 50);
  expect(once).toEqual(closedBreaker);
  expect(stepBreaker(once, 'failed', 60)).toMatchObject({ state: 'closed', failures: 1 });
});

test('a failed probe opens it anew, from then on', () => {
  const probing = stepBreaker(stepBreaker(failing(5), 'cooled', 40_000), 'called', 40_000);
  expect(breakerWaitMs(probing)).toBe(Number.POSITIVE_INFINITY);
  const again = stepBreaker(probing, 'failed', 41_000);
  expect(breakerWaitMs(again)).toBe(41_000 + breakerCoolsMs);
});

test('a late failure while it is open does not keep it open longer', () => {
  expect(stepBreaker(failing(5), 'failed', 20_000)).toMatchObject({ state: 'open', openedMs: 5 });
});

test('closed and half-open let a call go at once', () => {
  expect(breakerWaitMs(closedBreaker)).toBeUndefined();
  expect(breakerWaitMs({ state: 'half-open', failures: 0, openedMs: 3 })).toBeUndefined();
});
