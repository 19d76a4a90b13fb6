// What does the relay do next? One pure machine for all sessions and documents; drive.ts performs it.
//
//   session       opened ── hello ──► greeted ──► ended (fault, link gone, deadline, stop)
//   subscription  opening ── headLoaded ──► reading ◄──► live
//   push          waiting ── turnEnded ──► appending ── appendAnswered ──► entries to everyone
//
// R1: what a subscription gets next begins right after what it got last, whoever reads or pushes.
// R2: nothing is told to anyone before the store has said that it is durable.
// R3: a peer's mistake, slowness or silence ends its own session and no other.
import type { Moment } from '@causeway/core';
import { peerFault, type UpMessage } from '@causeway/protocol';
import type { RelayEffect } from './relay-effect.ts';
import type { RelayInput } from './relay-input.ts';
import type { RelayState, Session, Step } from './relay-state.ts';
import { acceptPush, answerGroup, failGroup, startGroup } from './session/append-groups.ts';
import { deadlineOf, passedDeadlines, wakeBy } from './session/deadlines.ts';
import {
  endAllSessions,
  endSession,
  forgetSession,
  greet,
  openSession,
  unsubscribe,
} from './session/sessions.ts';
import { answerOpen, deliverRead, openDocument, startRead } from './session/subscriptions.ts';

/**
 * Takes one input and returns what is to be done, in order. Changes `state`, which is its own.
 *
 * @remarks Cost: O(1) per message beside its size, O(subscribers) per append group and document,
 * O(sessions) per deadline. Total: never throws on anything that a peer or the store says.
 */
export function stepRelay(
  state: RelayState,
  input: RelayInput,
  moment: Moment,
): readonly RelayEffect[] {
  const step: Step = { state, nowMs: moment.monotonicMs, effects: [] };
  takeInput(step, input);
  if (state.stop === 'stopping') finishStop(step);
  return step.effects;
}

function takeInput(step: Step, input: RelayInput): void {
  switch (input.type) {
    case 'sessionOpened':
      openSession(step, input);
      return;
    case 'headLoaded':
      answerOpen(step, input);
      return;
    case 'entriesRead':
      deliverRead(step, input);
      return;
    case 'appendAnswered':
      answerGroup(step, input.results);
      startGroup(step);
      return;
    case 'appendFailed':
      failGroup(step, input.failure);
      startGroup(step);
      return;
    case 'turnEnded':
      startGroup(step);
      return;
    case 'clockAdvanced':
      endPassed(step);
      return;
    case 'stopRequested':
      if (step.state.stop === 'running') step.state.stop = 'stopping';
      startGroup(step);
      return;
    default:
      takeSessionInput(step, input);
      return;
  }
}

type SessionInput = Extract<
  RelayInput,
  {
    type:
      | 'messageReceived'
      | 'peerFaulted'
      | 'sessionClosed'
      | 'sessionBuffered'
      | 'sessionDrained'
      | 'loadFailed';
  }
>;

/** Inputs about one session; one that has ended is not known any more, and they are nothing. */
function takeSessionInput(step: Step, input: SessionInput): void {
  const session = step.state.sessions.get(input.session);
  if (input.type === 'loadFailed') {
    step.effects.push({ type: 'reportFailure', failure: input.failure });
  }
  if (!session) return;
  switch (input.type) {
    case 'messageReceived':
      takeMessage(step, session, input.message);
      return;
    case 'peerFaulted':
      endSession(step, session, input.fault);
      return;
    case 'sessionClosed':
      forgetSession(step, session);
      return;
    case 'sessionBuffered':
      noteBuffered(step, session, input.bytes);
      return;
    case 'sessionDrained':
      session.behindMs = undefined;
      startRead(step, session);
      return;
    case 'loadFailed':
      endSession(step, session, peerFault('internal-error', 'the log cannot be read now'));
      return;
  }
}

function takeMessage(step: Step, session: Session, message: UpMessage): void {
  if (step.state.stop !== 'running') return;
  session.heardMs = step.nowMs;
  if (message.type === 'hello') {
    greet(step, session, message);
    return;
  }
  if (!session.isGreeted) {
    const fault = peerFault('not-greeted', `${message.type} came before hello`);
    endSession(step, session, fault);
    return;
  }
  switch (message.type) {
    case 'open':
      openDocument(step, session, message);
      return;
    case 'push':
      acceptPush(step, session, message);
      return;
    case 'probe':
      step.effects.push({
        type: 'send',
        session: session.id,
        message: { type: 'echo', nonce: message.nonce },
      });
      return;
    case 'leave': {
      const subscription = session.subscriptions.get(message.document);
      if (subscription) unsubscribe(step, subscription);
      return;
    }
  }
}

/** Too much is on its way to this session: nothing more is pushed until it has drained. */
function noteBuffered(step: Step, session: Session, bytes: number): void {
  const { limits } = step.state;
  if (bytes > limits.bufferedBytesMax) {
    const message = `${bytes} bytes wait to be read`;
    endSession(step, session, peerFault('too-slow', message));
    return;
  }
  if (bytes <= limits.bufferedBytesSoft || session.behindMs !== undefined) return;
  session.behindMs = step.nowMs;
  wakeBy(step, step.nowMs + limits.drainMs);
}

const reasons = {
  'not-greeted': peerFault('too-slow', 'no hello came in time: connect again'),
  'too-slow': peerFault('too-slow', 'what was sent is not being read'),
  idle: peerFault('too-slow', 'nothing was heard for too long'),
};

function endPassed(step: Step): void {
  for (const session of passedDeadlines(step)) {
    const deadline = deadlineOf(session, step.state.limits);
    if (deadline) endSession(step, session, reasons[deadline.why]);
  }
}

/** What was accepted is answered first; then everyone is told. */
function finishStop(step: Step): void {
  const { state, effects } = step;
  if (state.appending || state.waiting.length > 0) return;
  state.stop = 'stopped';
  endAllSessions(step);
  effects.push({ type: 'stopped' });
}
