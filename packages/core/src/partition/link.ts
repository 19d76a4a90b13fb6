// Does the link work? One link per client: connects, greets, probes, and reports what it learns.
// A partition is a time bound on communication (Brewer, "The CAP–latency connection"), so hearing the
// other side proves nothing: only the echo of one's own probe does. Nothing waits without a bound.
//
//   closed ──openSocket──▶ connecting ──opened──▶ greeting ──welcome──▶ open
//     ▲────────────── closed by anybody, or a deadline passed ───────────┘      offline: rests; refused: waits long
import type { Moment } from '../moment.ts';

export interface LinkBounds {
  /** Set: the bound itself. Unset: 4 × the smoothed round trip within floor and ceiling. */
  readonly fixedMs?: number;
  readonly floorMs: number;
  readonly ceilingMs: number;
  readonly idleProbeMs: number;
  /** For connecting and for greeting, each. */
  readonly connectMs: number;
  readonly retryFloorMs: number;
  readonly retryCeilingMs: number;
  /** After a refusal (44xx) the link waits this long, and up to twice: a relay is updated, a line mends. */
  readonly refusedMs: number;
  /** A link that was open for so long starts its backoff anew. */
  readonly stableMs: number;
}
export const defaultBounds: LinkBounds = {
  floorMs: 250,
  ceilingMs: 10_000,
  idleProbeMs: 15_000,
  connectMs: 10_000,
  retryFloorMs: 250,
  retryCeilingMs: 30_000,
  refusedMs: 60_000,
  stableMs: 10_000,
};

export type LinkPhase = 'closed' | 'connecting' | 'greeting' | 'open' | 'offline' | 'refused';
export type LinkInput =
  | { readonly type: 'wentOnline' | 'wentOffline' | 'socketOpened' | 'welcomed' | 'clockAdvanced' }
  /** `navigator.onLine`, visibility, wake-up: a reason to look now, no proof of anything. */
  | { readonly type: 'hinted' }
  | { readonly type: 'socketClosed'; readonly code: number }
  | { readonly type: 'echoed'; readonly nonce: number }
  /** Something waits for an answer: the bound counts from now on, not only when idle. */
  | { readonly type: 'workChanged'; readonly isOutstanding: boolean };
export type LinkEffect =
  | { readonly type: 'openSocket' | 'greet' }
  | { readonly type: 'closeSocket'; readonly code: number }
  | { readonly type: 'probe'; readonly nonce: number }
  | { readonly type: 'report'; readonly event: LinkReport }
  | { readonly type: 'wakeAt'; readonly monotonicMs: number };
export type LinkReport = 'opened' | 'closed' | 'echoed' | 'bound-missed' | 'closed-past-bound';

export interface LinkState {
  readonly bounds: LinkBounds;
  phase: LinkPhase;
  attempt: number;
  /** When the phase began. */
  sinceMs: number;
  closedSinceMs: number;
  hasReportedClosed: boolean;
  retryAtMs: number;
  roundTripMs: number | undefined;
  lastNonce: number;
  /** Own probes without echo, oldest first; the last one is the one whose bound counts. */
  probes: { readonly nonce: number; readonly sentMs: number }[];
  lastEchoMs: number;
  isWorkOutstanding: boolean;
}

export function openLink(bounds: LinkBounds, moment: Moment): LinkState {
  return {
    bounds,
    phase: 'offline',
    attempt: 0,
    sinceMs: moment.monotonicMs,
    closedSinceMs: moment.monotonicMs,
    hasReportedClosed: false,
    retryAtMs: Number.POSITIVE_INFINITY,
    roundTripMs: undefined,
    lastNonce: 0,
    probes: [],
    lastEchoMs: moment.monotonicMs,
    isWorkOutstanding: false,
  };
}

/** How long communication may take before it counts as cut, in ms. */
export function boundMs(link: LinkState): number {
  const { fixedMs, floorMs, ceilingMs } = link.bounds;
  if (fixedMs !== undefined) return fixedMs;
  return Math.min(ceilingMs, Math.max(floorMs, 4 * (link.roundTripMs ?? 500)));
}

/** A timer that fired this late says more about this machine than about the link. */
const lateTimerMs = 1_000;
/** Without any echo for this many bounds, and at least the ceiling, the socket is given up. */
const giveUpBounds = 4;

/** Advances the link. Mutates `link`, which belongs to its driver alone. Cost: O(1). */
export function stepLink(link: LinkState, input: LinkInput, moment: Moment): LinkEffect[] {
  const effects = decideLink(link, input, moment);
  const wake = nextWakeMs(link);
  if (Number.isFinite(wake)) effects.push({ type: 'wakeAt', monotonicMs: wake });
  return effects;
}

function decideLink(link: LinkState, input: LinkInput, moment: Moment): LinkEffect[] {
  const isResting = link.phase === 'offline' || link.phase === 'refused';
  switch (input.type) {
    case 'wentOnline':
      return isResting ? connect(link, moment) : [];
    case 'wentOffline':
      return goOffline(link, moment);
    case 'hinted':
      return onHint(link, moment);
    case 'socketOpened':
      if (link.phase !== 'connecting') return [];
      enter(link, 'greeting', moment);
      return [{ type: 'greet' }];
    case 'welcomed':
      if (link.phase !== 'greeting') return [];
      enter(link, 'open', moment);
      link.lastEchoMs = moment.monotonicMs;
      return [{ type: 'report', event: 'opened' }, probe(link, moment)];
    case 'echoed':
      return onEcho(link, input.nonce, moment);
    case 'socketClosed':
      return isResting ? [] : onClosed(link, input.code, moment);
    case 'workChanged':
      return onWork(link, input.isOutstanding, moment);
    case 'clockAdvanced':
      return onClock(link, moment);
  }
}

function enter(link: LinkState, phase: LinkPhase, moment: Moment): void {
  link.phase = phase;
  link.sinceMs = moment.monotonicMs;
}

function connect(link: LinkState, moment: Moment): LinkEffect[] {
  enter(link, 'connecting', moment);
  link.probes = [];
  return [{ type: 'openSocket' }];
}

function probe(link: LinkState, moment: Moment): LinkEffect {
  link.lastNonce += 1;
  link.probes = [...link.probes.slice(-7), { nonce: link.lastNonce, sentMs: moment.monotonicMs }];
  return { type: 'probe', nonce: link.lastNonce };
}

function goOffline(link: LinkState, moment: Moment): LinkEffect[] {
  const hadSocket = link.phase !== 'closed' && link.phase !== 'offline' && link.phase !== 'refused';
  const wasOpen = link.phase === 'open';
  if (link.phase !== 'offline') link.closedSinceMs = moment.monotonicMs;
  enter(link, 'offline', moment);
  link.probes = [];
  return [
    ...(hadSocket ? [{ type: 'closeSocket', code: 1000 } as const] : []),
    ...(wasOpen ? [{ type: 'report', event: 'closed' } as const] : []),
  ];
}

function onHint(link: LinkState, moment: Moment): LinkEffect[] {
  if (link.phase === 'closed') return connect(link, moment);
  return link.phase === 'open' ? [probe(link, moment)] : [];
}

function onWork(link: LinkState, isOutstanding: boolean, moment: Moment): LinkEffect[] {
  const isNew = isOutstanding && !link.isWorkOutstanding;
  link.isWorkOutstanding = isOutstanding;
  return isNew && link.phase === 'open' && link.probes.length === 0 ? [probe(link, moment)] : [];
}

function onEcho(link: LinkState, nonce: number, moment: Moment): LinkEffect[] {
  const answered = link.probes.find((sent) => sent.nonce === nonce);
  if (!answered || link.phase !== 'open') return [];
  const tripMs = moment.monotonicMs - answered.sentMs;
  link.roundTripMs =
    link.roundTripMs === undefined ? tripMs : link.roundTripMs * 0.875 + tripMs * 0.125;
  link.probes = link.probes.filter((sent) => sent.nonce > nonce);
  link.lastEchoMs = moment.monotonicMs;
  return [{ type: 'report', event: 'echoed' }];
}

function onClosed(link: LinkState, code: number, moment: Moment): LinkEffect[] {
  const wasOpen = link.phase === 'open';
  if (wasOpen && moment.monotonicMs - link.sinceMs >= link.bounds.stableMs) link.attempt = 0;
  if (wasOpen) {
    link.closedSinceMs = moment.monotonicMs;
    link.hasReportedClosed = false;
  }
  link.probes = [];
  // A fault of ours, the relay says: the same again would follow. But it may have seen what a bad line
  // made of our bytes, so even this is no reason to be silent for ever.
  const isRefused = code >= 4400 && code <= 4499;
  enter(link, isRefused ? 'refused' : 'closed', moment);
  link.attempt += 1;
  link.retryAtMs = moment.monotonicMs + pauseMs(link, moment);
  return wasOpen ? [{ type: 'report', event: 'closed' }] : [];
}

function pauseMs(link: LinkState, moment: Moment): number {
  const { refusedMs, retryFloorMs, retryCeilingMs } = link.bounds;
  if (link.phase === 'refused') return refusedMs * (1 + moment.random);
  // Full jitter: a restarted relay must not meet all its clients in one instant.
  const most = Math.min(retryCeilingMs, retryFloorMs * 2 ** Math.min(link.attempt - 1, 20));
  return moment.random * most;
}

function onClock(link: LinkState, moment: Moment): LinkEffect[] {
  const effects: LinkEffect[] = [];
  const now = moment.monotonicMs;
  const isPastBound = now >= link.closedSinceMs + boundMs(link);
  if (link.phase !== 'open' && isPastBound && !link.hasReportedClosed) {
    link.hasReportedClosed = true;
    effects.push({ type: 'report', event: 'closed-past-bound' });
  }
  if (isWaiting(link) && now >= link.retryAtMs) effects.push(...connect(link, moment));
  const isGreeting = link.phase === 'connecting' || link.phase === 'greeting';
  if (isGreeting && now >= link.sinceMs + link.bounds.connectMs) {
    effects.push({ type: 'closeSocket', code: 4000 }, ...onClosed(link, 4000, moment));
  }
  if (link.phase === 'open') effects.push(...onOpenClock(link, moment));
  return effects;
}

/** Nothing is open, and the link will try again by itself. */
function isWaiting({ phase }: LinkState): boolean {
  return phase === 'closed' || phase === 'refused';
}

function onOpenClock(link: LinkState, moment: Moment): LinkEffect[] {
  const now = moment.monotonicMs;
  const last = link.probes.at(-1);
  if (!last) {
    const dueMs =
      link.lastEchoMs + (link.isWorkOutstanding ? boundMs(link) : link.bounds.idleProbeMs);
    return now >= dueMs ? [probe(link, moment)] : [];
  }
  const dueMs = last.sentMs + boundMs(link);
  if (now < dueMs) return [];
  if (now - dueMs > lateTimerMs) return [probe(link, moment)];
  const silentMs = now - link.lastEchoMs;
  if (silentMs > Math.max(giveUpBounds * boundMs(link), link.bounds.ceilingMs)) {
    const missed: LinkEffect = { type: 'report', event: 'bound-missed' };
    return [missed, { type: 'closeSocket', code: 4000 }, ...onClosed(link, 4000, moment)];
  }
  return [{ type: 'report', event: 'bound-missed' }, probe(link, moment)];
}

function nextWakeMs(link: LinkState): number {
  const bound = boundMs(link);
  const wakes: number[] = [];
  if (link.phase !== 'open' && !link.hasReportedClosed) wakes.push(link.closedSinceMs + bound);
  if (isWaiting(link)) wakes.push(link.retryAtMs);
  if (link.phase === 'connecting' || link.phase === 'greeting') {
    wakes.push(link.sinceMs + link.bounds.connectMs);
  }
  if (link.phase === 'open') {
    const last = link.probes.at(-1);
    const idleMs = link.isWorkOutstanding ? bound : link.bounds.idleProbeMs;
    wakes.push(last ? last.sentMs + bound : link.lastEchoMs + idleMs);
  }
  return Math.min(...wakes, Number.POSITIVE_INFINITY);
}
