// The life of a session: opened, greeted, ended. A peer's mistake ends its own session only.
import type { DocumentId } from '@causeway/core';
import { agreeVersion, type Hello, type PeerFault, peerFault } from '@causeway/protocol';
import { publishedLimits } from '../limits.ts';
import type { Privilege, SessionId } from '../relay-input.ts';
import type { Session, Step, Subscription } from '../relay-state.ts';
import { wakeBy } from './deadlines.ts';

const shuttingDown = peerFault('shutting-down', 'the relay is stopping: reconnect in a moment');

/** A link was accepted: it has `greetingMs` to say hello. */
export function openSession(
  step: Step,
  { session: id, privilege }: { readonly session: SessionId; readonly privilege: Privilege },
): void {
  const { state, nowMs } = step;
  if (state.stop !== 'running') {
    closeWith(step, id, shuttingDown);
    return;
  }
  state.sessions.set(id, {
    id,
    privilege,
    subscriptions: new Map(),
    isGreeted: false,
    openedMs: nowMs,
    heardMs: nowMs,
    behindMs: undefined,
    reading: undefined,
    readQueue: new Set(),
    pushBytesInFlight: 0,
    isPaused: false,
  });
  wakeBy(step, nowMs + state.limits.greetingMs);
}

/** The first message: a version both speak, and what the relay's limits are. */
export function greet(step: Step, session: Session, hello: Hello): void {
  if (session.isGreeted) {
    endSession(step, session, peerFault('malformed-frame', 'hello came twice'));
    return;
  }
  const agreed = agreeVersion(hello.protocol);
  if (typeof agreed !== 'number') {
    endSession(step, session, agreed);
    return;
  }
  const { state } = step;
  session.isGreeted = true;
  step.effects.push({
    type: 'send',
    session: session.id,
    message: {
      type: 'welcome',
      protocol: agreed,
      limits: publishedLimits(state.limits),
      hasPrimary: state.auditors !== 'nobody',
    },
  });
  wakeBy(step, step.nowMs + state.limits.idleMs);
  if (session.privilege === 'peer') return;
  state.primary = session.id;
  for (const document of state.documents.keys()) step.effects.push({ type: 'announce', document });
}

/** Says why, closes, forgets. */
export function endSession(step: Step, session: Session, fault: PeerFault): void {
  closeWith(step, session.id, fault);
  forgetSession(step, session);
}

/** Ends all of them, for the relay stops. */
export function endAllSessions(step: Step): void {
  for (const session of [...step.state.sessions.values()]) endSession(step, session, shuttingDown);
}

/** Its link is gone. Pushes that were handed to the store stay there: a retry is recognised. */
export function forgetSession({ state }: Step, session: Session): void {
  for (const subscription of session.subscriptions.values()) unsubscribe({ state }, subscription);
  state.sessions.delete(session.id);
  if (state.primary === session.id) state.primary = undefined;
}

/** Ends one subscription; a read in flight is recognised by its number when it is answered. */
export function unsubscribe({ state }: Pick<Step, 'state'>, subscription: Subscription): void {
  const { session, document } = subscription;
  session.subscriptions.delete(document.id);
  session.readQueue.delete(subscription);
  document.subscribers.delete(subscription);
  if (document.subscribers.size === 0) state.documents.delete(document.id);
}

/** The session's subscription to a document, if it opened it. */
export function findSubscription(
  { state }: Step,
  id: SessionId,
  document: DocumentId,
): Subscription | undefined {
  return state.sessions.get(id)?.subscriptions.get(document);
}

function closeWith({ effects }: Step, session: SessionId, fault: PeerFault): void {
  const { code, message, closeStatus } = fault;
  effects.push({ type: 'send', session, message: { type: 'fault', code, message } });
  effects.push({ type: 'closeSession', session, closeStatus, reason: code });
}
