// One append group, one message to each live subscriber of a document. Who is not live, or would get
// too much at once, reads the same entries from the store.
import { type DocumentId, type LogEntry, type LogHead, sealedBytes } from '@causeway/core';
import type { Entries, EntryItem } from '@causeway/protocol';
import type { SessionId } from '../relay-input.ts';
import type { DocumentState, Step, Subscription } from '../relay-state.ts';
import { catchUp, entryToItem } from './subscriptions.ts';

/** What one group added to one document. `pushers`: who pushed the entry of the same index. */
export interface Appended {
  readonly document: DocumentId;
  readonly entries: LogEntry[];
  readonly pushers: SessionId[];
  /** The log's, after the last of them. */
  head: LogHead;
}

/** Pushes the entries to everyone who is live. Cost: O(subscribers + entries). */
export function fanOut(step: Step, document: DocumentState, appended: Appended): void {
  const first = appended.entries[0]?.position ?? 0;
  const pushers = new Set(appended.pushers);
  let shared: Entries | undefined; // One object for all: it is encoded once.
  for (const subscription of document.subscribers) {
    if (subscription.state !== 'live' || subscription.position >= appended.head.position) continue;
    const { session } = subscription;
    const isWhole = subscription.position === first - 1 && !pushers.has(session.id);
    if (isWhole) shared ??= composeEntries(appended, 0, undefined);
    const message =
      isWhole && shared
        ? shared
        : composeEntries(appended, subscription.position + 1 - first, session.id);
    if (session.behindMs !== undefined || !canPush(step, subscription, message)) {
      catchUp(step, subscription);
      continue;
    }
    step.effects.push({ type: 'send', session: session.id, message });
    subscription.position = appended.head.position;
  }
}

/** Entries from the index `skip` on; those that `receiver` pushed go without their bytes. */
function composeEntries(
  { document, entries, pushers, head }: Appended,
  skip: number,
  receiver: SessionId | undefined,
): Entries {
  const items = entries.slice(Math.max(0, skip)).map((entry, index): EntryItem => {
    const isOwn = receiver !== undefined && pushers[index + Math.max(0, skip)] === receiver;
    return isOwn
      ? { type: 'own', writer: entry.author.writer, seq: entry.seq }
      : entryToItem(entry);
  });
  return {
    type: 'entries',
    document,
    epoch: head.epoch,
    from: (entries[0]?.position ?? 0) + Math.max(0, skip),
    items,
    prefixHash: head.prefixHash,
    digest: head.digest,
  };
}

/** False where it would leave a gap, or would not fit one message. */
function canPush({ state }: Step, subscription: Subscription, message: Entries): boolean {
  if (message.from !== subscription.position + 1) return false;
  if (message.items.length > state.limits.batchEntriesMax) return false;
  const bytes = message.items.reduce(
    (sum, item) => sum + (item.type === 'change' ? sealedBytes(item.sealed) : 0),
    0,
  );
  return bytes <= state.limits.batchBytesMax;
}
