// May this handler be called now? When it failed several times in a row the others' turn comes, and it
// is asked again after a while, with one call first.
// @see Nygard, Release It! (2nd ed. 2018), "Circuit Breaker".
//
//   closed ──failed, too often──▶ open ──cooled──▶ half-open ──called──▶ probing
//     ▲  ▲                          ▲                                    │    │
//     │  └────────succeeded─────────┼────────────────────────────────────┘    │
//     └─ (any state)                └────────────────failed───────────────────┘

export const breakerStates = ['closed', 'open', 'half-open', 'probing'] as const;
export type BreakerState = (typeof breakerStates)[number];
export const breakerEvents = ['called', 'succeeded', 'failed', 'cooled'] as const;
export type BreakerEvent = (typeof breakerEvents)[number];

export interface Breaker {
  readonly state: BreakerState;
  /** In a row, while closed. */
  readonly failures: number;
  /** When it opened, by the primary's monotonic clock. */
  readonly openedMs: number;
}

/** So many failures in a row open it. */
export const breakerFailuresMax = 5;
export const breakerCoolsMs = 30_000;

export const closedBreaker: Breaker = { state: 'closed', failures: 0, openedMs: 0 };

/** What one more failure of a closed one makes of it is counted; all else is in this table. */
const table: Readonly<Record<BreakerState, Readonly<Record<BreakerEvent, BreakerState>>>> = {
  closed: { called: 'closed', succeeded: 'closed', failed: 'closed', cooled: 'closed' },
  // What was called before it opened may still answer.
  open: { called: 'open', succeeded: 'closed', failed: 'open', cooled: 'half-open' },
  'half-open': { called: 'probing', succeeded: 'closed', failed: 'open', cooled: 'half-open' },
  probing: { called: 'probing', succeeded: 'closed', failed: 'open', cooled: 'probing' },
};

/** Total: any event in any state. Cost: O(1). */
export function stepBreaker(breaker: Breaker, event: BreakerEvent, nowMs: number): Breaker {
  const failures = event === 'failed' ? breaker.failures + 1 : breaker.failures;
  const isTooOften = breaker.state === 'closed' && failures >= breakerFailuresMax;
  const state = isTooOften ? 'open' : table[breaker.state][event];
  if (state === 'closed') return event === 'succeeded' ? closedBreaker : { ...breaker, failures };
  const isOpened = state === 'open' && breaker.state !== 'open';
  return { state, failures: 0, openedMs: isOpened ? nowMs : breaker.openedMs };
}

/** Undefined: now. Else when it may be asked again; infinite while the one call is under way. */
export function breakerWaitMs({ state, openedMs }: Breaker): number | undefined {
  if (state === 'open') return openedMs + breakerCoolsMs;
  return state === 'probing' ? Number.POSITIVE_INFINITY : undefined;
}
