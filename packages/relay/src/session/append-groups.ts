// From pushes to the log: gathered into groups, one in flight, answered only when the store says that
// the group is durable. The entries that come back, `own` to whoever pushed them, are the answer.
import {
  type DocumentId,
  type LogEntry,
  type LogHead,
  type SealedChange,
  sealedBytes,
} from '@causeway/core';
import { type Push, type PushRefusal, peerFault } from '@causeway/protocol';
import type { AppendResult, LogFailure } from '../log/log-store.ts';
import type { SessionId } from '../relay-input.ts';
import type { Session, Step, WaitingPush } from '../relay-state.ts';
import { type Appended, fanOut } from './fan-out.ts';
import { endSession } from './sessions.ts';
import { noteHead } from './subscriptions.ts';

/** What a change costs in memory beside its bytes. */
const changeExtraBytes = 64;

/** Takes a push into the next group, or refuses it. */
export function acceptPush(step: Step, session: Session, push: Push): void {
  const { state, effects } = step;
  if (!session.subscriptions.has(push.document)) {
    const message = `${push.document} was pushed to but not opened on this link`;
    endSession(step, session, peerFault('unknown-document', message));
    return;
  }
  const isPrimary = mayPropose(step, session, push);
  const refusal = judgePush(step, push, isPrimary);
  if (refusal) {
    refuse(step, session.id, push, refusal);
    return;
  }
  const { type: _, ...request } = push;
  const bytes = push.changes.reduce((sum, change) => sum + costOf(change), 0);
  state.waiting.push({ session: session.id, request: { ...request, isPrimary }, bytes });
  session.pushBytesInFlight += bytes;
  if (session.isPaused || session.pushBytesInFlight <= state.limits.pushBytesInFlightMax) return;
  session.isPaused = true;
  effects.push({ type: 'pauseSession', session: session.id });
}

/**
 * Whether it may carry what only an audit says, and a condition. Of a client only what has the condition
 * may: what an auditor found stands on the log that it read, or it is not taken at all.
 */
function mayPropose({ state }: Step, { privilege }: Session, { ifNamedHead }: Push): boolean {
  if (privilege === 'primary') return true;
  return state.auditors === 'clients' && ifNamedHead !== undefined;
}

function judgePush(
  { state }: Step,
  push: Push,
  isPrimary: boolean,
): { readonly code: PushRefusal; readonly seq: number; readonly expected: number } | undefined {
  const { firstSeq } = push;
  if (push.ifNamedHead !== undefined && !isPrimary) {
    return { code: 'not-permitted', seq: firstSeq, expected: firstSeq };
  }
  const { changeBytesMax } = state.limits;
  const at = push.changes.findIndex((change) => sealedBytes(change) > changeBytesMax);
  return at < 0 ? undefined : { code: 'too-large', seq: firstSeq + at, expected: firstSeq };
}

/** Starts the next group, unless one is in flight. Cost: O(group), amortised O(1) per push. */
export function startGroup({ state, effects }: Step): void {
  if (state.appending || state.waiting.length === 0) return;
  const count = groupSize(state.waiting, state.limits);
  const group = count === state.waiting.length ? state.waiting : state.waiting.slice(0, count);
  state.waiting = count === state.waiting.length ? [] : state.waiting.slice(count);
  state.appending = group;
  effects.push({ type: 'append', requests: group.map(({ request }) => request) });
}

function groupSize(
  waiting: readonly WaitingPush[],
  o: { readonly groupBytesMax: number; readonly groupRequestsMax: number },
): number {
  let bytes = 0;
  let count = 0;
  for (const push of waiting) {
    bytes += push.bytes;
    if (count > 0 && (bytes > o.groupBytesMax || count >= o.groupRequestsMax)) break;
    count++;
  }
  return count;
}

/** The group is durable: now, and not before, anyone hears of it. (R2) */
export function answerGroup(step: Step, results: readonly AppendResult[]): void {
  const group = takeGroup(step);
  const appendedById = new Map<DocumentId, Appended>();
  for (const [index, result] of results.entries()) {
    const push = group[index];
    if (push && result.type === 'appended') gather(appendedById, push, result);
  }
  for (const appended of appendedById.values()) {
    const document = step.state.documents.get(appended.document);
    if (!document) continue;
    noteHead(document, appended.head);
    fanOut(step, document, appended);
  }
  // After the entries: what a session hears stays in the order of what it pushed.
  for (const [index, result] of results.entries()) {
    const push = group[index];
    if (push && result.type === 'refused') refuse(step, push.session, push.request, result);
  }
}

/** Nothing of the group was kept. Each pusher is told, and may try again; the relay goes on. */
export function failGroup(step: Step, failure: LogFailure): void {
  step.effects.push({ type: 'reportFailure', failure });
  for (const { session, request } of takeGroup(step)) {
    const { firstSeq } = request;
    refuse(step, session, request, { code: 'storage-failed', seq: firstSeq, expected: firstSeq });
  }
}

function gather(
  appendedById: Map<DocumentId, Appended>,
  { session, request }: WaitingPush,
  { entries, head }: { readonly entries: readonly LogEntry[]; readonly head: LogHead },
): void {
  if (entries.length === 0) return; // A retry: whoever asks again gets them with what it resumes.
  const found = appendedById.get(request.document);
  const appended = found ?? { document: request.document, entries: [], pushers: [], head };
  for (const entry of entries) {
    appended.entries.push(entry);
    appended.pushers.push(session);
  }
  appended.head = head;
  appendedById.set(request.document, appended);
}

function takeGroup(step: Step): readonly WaitingPush[] {
  const { state, effects } = step;
  const group = state.appending ?? [];
  state.appending = undefined;
  for (const { session: id, bytes } of group) {
    const session = state.sessions.get(id);
    if (!session) continue;
    session.pushBytesInFlight -= bytes;
    const isEased = session.pushBytesInFlight <= state.limits.pushBytesInFlightMax / 2;
    if (!session.isPaused || !isEased) continue;
    session.isPaused = false;
    session.heardMs = step.nowMs; // It was we who did not listen.
    effects.push({ type: 'resumeSession', session: id });
  }
  return group;
}

function refuse(
  { state, effects }: Step,
  session: SessionId,
  { document, author }: Pick<Push, 'document' | 'author'>,
  o: { readonly code: PushRefusal; readonly seq: number; readonly expected: number },
): void {
  if (!state.sessions.has(session)) return;
  effects.push({
    type: 'send',
    session,
    message: {
      type: 'push-refused',
      document,
      writer: author.writer,
      seq: o.seq,
      code: o.code,
      expected: o.expected,
    },
  });
}

function costOf(change: SealedChange): number {
  return sealedBytes(change) + changeExtraBytes;
}
