// How a session gets all of a document's log, in order: from the store until it has caught up, then
// live. What is sent next always begins right after what was sent last: no copy, no gap. (R1)
import { isSameBytes, type LogEntry, type LogHead, zeroHash } from '@causeway/core';
import {
  type EntryItem,
  type KnownHead,
  type Open,
  type Opened,
  type PeerFault,
  peerFault,
} from '@causeway/protocol';
import type { RelayInput } from '../relay-input.ts';
import type { DocumentState, Session, Step, Subscription } from '../relay-state.ts';
import { endSession, findSubscription, unsubscribe } from './sessions.ts';

/** Subscribes; the answer follows when the head is known. Opening again begins again. */
export function openDocument(step: Step, session: Session, open: Open): void {
  const { state, effects } = step;
  const before = session.subscriptions.get(open.document);
  if (before) unsubscribe(step, before);
  if (session.privilege === 'peer' && session.subscriptions.size >= documentsMax(step)) {
    const message = `more than ${documentsMax(step)} documents on one link: leave some`;
    endSession(step, session, peerFault('malformed-frame', message));
    return;
  }
  const document = state.documents.get(open.document) ?? hearOfDocument(step, session, open);
  const subscription: Subscription = {
    id: ++state.subscriptionCount,
    session,
    document,
    known: open.known,
    state: 'opening',
    position: 0,
  };
  session.subscriptions.set(document.id, subscription);
  document.subscribers.add(subscription);
  effects.push({
    type: 'loadHead',
    session: session.id,
    subscription: subscription.id,
    document: document.id,
    knownPosition: open.known?.position,
    writers: open.vector.map(([writer]) => writer),
  });
}

function documentsMax({ state }: Step): number {
  return state.limits.documentsPerSessionMax;
}

function hearOfDocument({ state, effects }: Step, session: Session, open: Open): DocumentState {
  const document = { id: open.document, subscribers: new Set<Subscription>(), head: undefined };
  state.documents.set(document.id, document);
  if (state.primary !== undefined && session.privilege === 'peer') {
    effects.push({ type: 'announce', document: document.id });
  }
  return document;
}

/** The answer to `open`: how the client's log relates to this one, and from where it goes on. */
export function answerOpen(step: Step, input: Extract<RelayInput, { type: 'headLoaded' }>): void {
  const subscription = findSubscription(step, input.session, input.document);
  if (subscription?.id !== input.subscription || subscription.state !== 'opening') return;
  const { document, known } = subscription;
  const { head, vector } = input;
  noteHead(document, head);
  const relation = relate(known, head, input.knownHash);
  // Any other log than the one the client holds is sent from its beginning.
  subscription.position = relation === 'resumed' ? (known?.position ?? 0) : 0;
  step.effects.push({
    type: 'send',
    session: input.session,
    message: { type: 'opened', document: document.id, head, relation, vector },
  });
  catchUp(step, subscription);
}

/** Compares what a client knows with the log. Cost: O(1). */
export function relate(
  known: KnownHead | undefined,
  head: LogHead,
  knownHash: Uint8Array | undefined,
): Opened['relation'] {
  if (!known) return 'resumed';
  if (known.log !== head.log) return 'new-log';
  if (known.position > head.position) return 'behind';
  return knownHash && isSameBytes(knownHash, known.prefixHash) ? 'resumed' : 'diverged';
}

/** Keeps the newest head that is known to be durable. */
export function noteHead(document: DocumentState, head: LogHead): void {
  if (!document.head || document.head.position <= head.position) document.head = head;
}

/** Goes live where nothing is missing, else waits for a turn to read. */
export function catchUp(step: Step, subscription: Subscription): void {
  const { session, document } = subscription;
  if (subscription.position >= (document.head?.position ?? 0)) {
    subscription.state = 'live';
    session.readQueue.delete(subscription);
    return;
  }
  subscription.state = 'reading';
  session.readQueue.add(subscription);
  startRead(step, session);
}

/** Starts the session's next read, unless one is in flight or it has enough to swallow. */
export function startRead({ state, effects }: Step, session: Session): void {
  if (session.reading || session.behindMs !== undefined) return;
  const [subscription] = session.readQueue;
  if (!subscription) return;
  session.readQueue.delete(subscription);
  session.reading = subscription;
  effects.push({
    type: 'read',
    session: session.id,
    subscription: subscription.id,
    document: subscription.document.id,
    after: subscription.position,
    bytesMax: state.limits.batchBytesMax,
    entriesMax: state.limits.batchEntriesMax,
  });
}

/** A batch came from the store. */
export function deliverRead(step: Step, input: Extract<RelayInput, { type: 'entriesRead' }>): void {
  const session = step.state.sessions.get(input.session);
  if (session?.reading?.id !== input.subscription) return;
  const subscription = session.reading;
  session.reading = undefined;
  const isCurrent = session.subscriptions.get(input.document) === subscription;
  if (isCurrent && session.behindMs === undefined) {
    const fault = sendBatch(step, subscription, input);
    if (fault) {
      endSession(step, session, fault);
      return;
    }
  }
  if (isCurrent) catchUp(step, subscription);
  startRead(step, session);
}

function sendBatch(
  { effects }: Step,
  subscription: Subscription,
  {
    entries,
    prefixHash,
  }: { readonly entries: readonly LogEntry[]; readonly prefixHash: Uint8Array },
): PeerFault | undefined {
  const { document, session } = subscription;
  const from = subscription.position + 1;
  const last = from + entries.length - 1;
  if (entries.length === 0 || entries[0]?.position !== from) {
    return peerFault('internal-error', `the log of ${document.id} has no entry ${from}`);
  }
  const { head } = document;
  effects.push({
    type: 'send',
    session: session.id,
    message: {
      type: 'entries',
      document: document.id,
      epoch: head?.epoch ?? 1,
      from,
      items: entries.map(entryToItem),
      prefixHash,
      // Only heads have one: in the middle of a log the prefix hash is what there is to compare.
      digest: head?.position === last ? head.digest : zeroHash,
    },
  });
  subscription.position = last;
  return undefined;
}

export function entryToItem(entry: LogEntry): EntryItem {
  return { type: 'change', author: entry.author, seq: entry.seq, sealed: entry.sealed };
}
