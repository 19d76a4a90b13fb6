// Group commit: one store transaction at a time, everything that waits goes into the next. A failed
// group stays at the front, in order, and is tried again: nothing is skipped, nothing is dropped.

import { noteReserved } from '../escrow/device-rights.ts';
import type { OperationId } from '../identity.ts';
import { intentClaimed, intentDropped, intentSaved } from '../intents/keep-intents.ts';
import type { Moment } from '../moment.ts';
import type { QueuedCommand, ReplicaState } from '../replica-state.ts';
import { committedStored } from './committed-stored.ts';
import { performEffect, releaseEffects, releaseResults } from './device-effects.ts';
import { applyReserved, refuseReserved } from './run-operation.ts';
import { changeSaved } from './seal.ts';
import type { StoreResult } from './stored.ts';

const retryFloorMs = 100;
const retryCeilingMs = 10_000;

/** Sends the next group, if none is under way and no retry is being waited for. */
export function storeWaiting(state: ReplicaState, moment: Moment): void {
  const { store } = state;
  if (store.inFlight.length > 0 || store.waiting.length === 0) return;
  if (moment.monotonicMs < store.retryAtMs && Number.isFinite(store.retryAtMs)) return;
  store.retryAtMs = Number.POSITIVE_INFINITY;
  store.inFlight = store.waiting;
  store.waiting = [];
  store.ticket += 1;
  const commands = store.inFlight.map((queued) => queued.command);
  state.asked.push({ type: 'store', ticket: store.ticket, commands });
}

/** The group is on disk: only now may anything of it be shown as saved, or sent. (I1) */
export function finishStored(
  state: ReplicaState,
  ticket: number,
  results: readonly StoreResult[],
  moment: Moment,
): void {
  const { store } = state;
  if (ticket !== store.ticket) return;
  const done = store.inFlight;
  store.inFlight = [];
  store.failure = undefined;
  store.attempt = 0;
  for (const [index, queued] of done.entries()) {
    continueWith(state, queued, results[index] ?? { type: 'done' }, moment);
  }
}

function continueWith(
  state: ReplicaState,
  { continuation }: QueuedCommand,
  result: StoreResult,
  moment: Moment,
): void {
  switch (continuation.next) {
    case 'nothing':
      return;
    case 'apply':
      continueReserved(state, continuation.operation, result, moment);
      return;
    case 'saved':
      changeSaved(state, continuation.change);
      releaseEffects(state, continuation.effects);
      return;
    case 'committed':
      committedStored(state, continuation);
      releaseResults(state, continuation.effects);
      return;
    case 'intent-saved':
      intentSaved(state, continuation.operation);
      return;
    case 'intent-claimed':
      intentClaimed(state, continuation.operation, result, moment);
      return;
    case 'intent-dropped':
      intentDropped(state, continuation, result, moment);
      return;
    case 'perform':
      if (result.type !== 'effect-taken') performEffect(state, continuation.effect);
  }
}

function continueReserved(
  state: ReplicaState,
  operation: OperationId,
  result: StoreResult,
  moment: Moment,
): void {
  if (result.type === 'limit-refused' || result.type === 'rights-refused') {
    return refuseReserved(state, operation, result, moment);
  }
  const spent = result.type === 'rights-reserved' ? result.rows : [];
  noteReserved(state, operation, spent);
  applyReserved(state, operation, moment, spent);
}

/** The disk said no. The group goes back to the front; the status says `storage-failed`. */
export function storeFailed(
  state: ReplicaState,
  ticket: number,
  code: string,
  moment: Moment,
): void {
  const { store } = state;
  if (ticket !== store.ticket) return;
  store.waiting = [...store.inFlight, ...store.waiting];
  store.inFlight = [];
  store.failure = code;
  const delay = Math.min(retryCeilingMs, retryFloorMs * 2 ** store.attempt);
  store.attempt = Math.min(store.attempt + 1, 16);
  store.retryAtMs = moment.monotonicMs + delay;
}
