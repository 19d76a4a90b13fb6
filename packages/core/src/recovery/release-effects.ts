// Which effect leaves the system now? Last in the order of recovery: after what was found, mended and
// answered (ARCHITECTURE §6). A claim is in the log before anybody acts.

import type { Fact } from '../coordination/facts.ts';
import type { EffectDroppedFact } from '../coordination/outbox-facts.ts';
import { outboxEntry } from '../coordination/outbox-fold.ts';
import { isUndone } from '../coordination/saga-fold.ts';
import type { Moment } from '../moment.ts';
import { breakerWaitMs, closedBreaker } from './breaker.ts';
import { isHeld } from './effect-hold.ts';
import { callLimits, isOnce, noteBreaker } from './outbox.ts';
import type { PendingEffect } from './outbox-state.ts';
import type { Due, PrimaryState } from './primary-state.ts';
import { factsChange } from './seal-results.ts';

/** Calls of one handler under way at a time, for one document: one that hangs holds up no other. */
const callsMax = 4;

type Next = { readonly fact: Fact } | { readonly waitUntilMs: number };
const waits: Next = { waitUntilMs: Number.POSITIVE_INFINITY };

/** The first effect that is due. Cost: O(waiting effects × open cases). */
export function nextRelease(state: PrimaryState, moment: Moment): Due {
  let waitUntilMs = Number.POSITIVE_INFINITY;
  for (const effect of state.outbox.pendingById.values()) {
    const next = nextOf(state, effect, moment);
    if ('fact' in next) return { changes: [factsChange(state, [next.fact])] };
    waitUntilMs = Math.min(waitUntilMs, next.waitUntilMs);
  }
  return { waitUntilMs };
}

function nextOf(state: PrimaryState, effect: PendingEffect, moment: Moment): Next {
  if (effect.isCalled) return waits;
  const standing = outboxEntry(state.fold.outbox, effect.id);
  if (standing?.state === 'claimed') {
    return state.actsOutside ? takeOver(state, effect, moment) : waits;
  }
  const isAudited = effect.isResult || effect.position <= state.fold.auditedTo;
  if (!isAudited) return waits;
  if (!standing) {
    if (state.fold.refusedById.has(effect.operation)) return drop(effect, 'refused');
    if (isUndone(state.fold, effect.operation)) return drop(effect, 'undone');
    if (effect.isInvalid) return drop(effect, 'invalid');
  }
  return state.actsOutside ? claim(state, effect, moment) : waits;
}

function drop({ id, name }: PendingEffect, why: EffectDroppedFact['why']): Next {
  return { fact: { fact: 'effect-dropped', effect: id, name, why } };
}

/** Somebody claimed it and did not answer: when that can no longer be under way, it is decided here. */
function takeOver(state: PrimaryState, effect: PendingEffect, moment: Moment): Next {
  if (moment.monotonicMs < effect.leaseEndsMs) return { waitUntilMs: effect.leaseEndsMs };
  const { id, name } = effect;
  const { token, attempt } = outboxEntry(state.fold.outbox, id) ?? { token: '', attempt: 0 };
  const reason = 'a primary died while it was at it';
  const answer = { fact: 'effect-answered', effect: id, token, reason } as const;
  if (isOnce(state, name)) return { fact: { ...answer, answer: 'unknown' } };
  if (attempt >= callLimits(state, name).attemptsMax) {
    return { fact: { ...answer, answer: 'given-up' } };
  }
  return claim(state, effect, moment);
}

function claim(state: PrimaryState, effect: PendingEffect, moment: Moment): Next {
  const { id, name, operation, readyMs } = effect;
  if (moment.monotonicMs < readyMs) return { waitUntilMs: readyMs };
  if (isHeld(state, operation)) return waits;
  const waitUntilMs = openUntilMs(state, name, moment);
  if (waitUntilMs !== undefined) return { waitUntilMs };
  if (callsOf(state, name) >= callsMax) return waits; // Its turn comes with the next answer.
  const attempt = (outboxEntry(state.fold.outbox, id)?.attempt ?? 0) + 1;
  // Named by the change that claims: no other claim ever has the same token.
  const token = `${state.author.writer}:${state.chain.seq + 1}`;
  return { fact: { fact: 'effect-claimed', effect: id, name, token, attempt } };
}

function callsOf({ outbox }: PrimaryState, name: string): number {
  let calls = 0;
  for (const effect of outbox.pendingById.values()) {
    if (effect.isCalled && effect.name === name) calls += 1;
  }
  return calls;
}

/** Until when the handler of this kind is left alone; undefined: it may be called. */
function openUntilMs(state: PrimaryState, name: string, moment: Moment): number | undefined {
  const breaker = state.outbox.breakers.get(name) ?? closedBreaker;
  const waitMs = breakerWaitMs(breaker);
  if (waitMs === undefined || moment.monotonicMs < waitMs) return waitMs;
  noteBreaker(state, name, 'cooled', moment);
  return undefined;
}
