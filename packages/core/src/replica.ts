// The replica of one document: read this first. Everything that can happen to it is an input,
// everything it asks of the world is an effect, and what lies between is in the paper's folders:
// decide (partition/), apply and queue (queue/), merge (causality/), audit results (coordination/).
import { assert } from './assert.ts';
import { receiveEntries, subscribed } from './causality/receive.ts';
import { receiveSiblings } from './causality/siblings.ts';
import { askForRights, followRights, tellRights } from './escrow/device-rights.ts';
import { giveBackRecalled } from './intents/give-back.ts';
import { cancelIntent, followKept, nextExpiryMs, submitIntents } from './intents/keep-intents.ts';
import type { Moment } from './moment.ts';
import { followClock, followLink, isCaughtUp, moveMode } from './partition/follow-mode.ts';
import { askEngineRequest } from './queue/ask-engine-request.ts';
import { answerEffect } from './queue/device-effects.ts';
import { pushQueue, pushWasRefused } from './queue/push.ts';
import { requestRun } from './queue/run-operation.ts';
import { captureEdit, sealEdits } from './queue/seal.ts';
import { abortSaga, startSaga } from './queue/start-saga.ts';
import { finishStored, storeFailed, storeWaiting } from './queue/store-queue.ts';
import type { ReplicaEffect } from './replica-effect.ts';
import type { ReplicaInput } from './replica-input.ts';
import type { ReplicaState } from './replica-state.ts';

/**
 * Advances a replica by one input. Total: every input is legal in every state, and nothing that a
 * peer or a disk says makes it throw. Deterministic: the same inputs and moments give the same
 * effects, so a run replays from a seed.
 *
 * @remarks Mutates `state`, which belongs to its driver alone (docs/adr/0001-owned-state.md). Cost:
 * what the input itself changes, plus O(pending) while recovering.
 */
export function stepReplica(
  state: ReplicaState,
  input: ReplicaInput,
  moment: Moment,
): readonly ReplicaEffect[] {
  assert(!state.isStepping, 'nested-step', 'stepReplica was called from within itself');
  state.isStepping = true;
  try {
    takeInput(state, input, moment);
    if (state.mode === 'recovering' && isCaughtUp(state, moment))
      moveMode(state, 'caught-up', moment);
    giveBackRecalled(state, moment);
    askForRights(state, moment);
    submitIntents(state, moment);
    tellRights(state, moment);
    pushQueue(state);
    storeWaiting(state, moment);
    askToWake(state, moment);
  } finally {
    state.isStepping = false;
  }
  const asked = state.asked;
  state.asked = [];
  return asked;
}

function takeInput(state: ReplicaState, input: ReplicaInput, moment: Moment): void {
  switch (input.type) {
    case 'runRequested':
      return requestRun(state, input, moment);
    case 'primaryAsked':
      return askEngineRequest(state, input, moment);
    case 'sagaRequested':
      return startSaga(state, input, moment);
    case 'sagaAborted':
      return abortSaga(state, input, moment);
    case 'cancelRequested':
      return cancelIntent(state, input.operation, moment);
    case 'editCaptured':
      return captureEdit(state, input.update, input.touched, moment);
    case 'sealRequested':
      return sealEdits(state);
    case 'stored':
      return finishStored(state, input.ticket, input.results, moment);
    case 'storeFailed':
      return storeFailed(state, input.ticket, input.code, moment);
    case 'siblingsSaved':
      receiveSiblings(state, input.changes);
      followRights(state, input.rights);
      return followKept(state, input.intents, input.alive);
    case 'linkOpened':
    case 'linkClosed':
      return followLink(state, input);
    case 'subscribed':
      subscribed(state, input, moment);
      // The echo may have come before the relay's answer: it counts from now on.
      if (state.link.hasEchoed) moveMode(state, 'echoed', moment);
      return;
    case 'entriesReceived':
      return receiveEntries(state, input, moment);
    case 'pushRefused':
      return pushWasRefused(state, input, moment);
    case 'modeEventHappened':
      return moveMode(state, input.event, moment);
    case 'effectAnswered':
      return answerEffect(state, input);
    case 'clockAdvanced':
      return followClock(state, moment);
  }
}

/** One wish for all that depends on time. */
function askToWake(state: ReplicaState, moment: Moment): void {
  const wakes = [
    state.edits.sealAtMs,
    state.store.retryAtMs,
    state.link.retryAtMs,
    ...state.lateAtMs.values(),
    nextExpiryMs(state, moment),
  ];
  if (state.mode === 'recovering') wakes.push(moment.monotonicMs + 1_000);
  const wake = Math.min(...wakes);
  if (Number.isFinite(wake)) state.asked.push({ type: 'wakeAt', monotonicMs: wake });
}
