// An auditor follows a log as a replica does: it takes nobody's word for what stands where. Entries that
// came before are left out; what does not fit, hash for hash, is not heard at all.
import type { ChangeHeader, Hash, LogHead, SealedChange, WriterRecord } from '@causeway/core';
import {
  chainGenesis,
  chainNext,
  decodeHeader,
  headAfter,
  headAtStart,
  isSameBytes,
} from '@causeway/core';
import type { Entries, EntryItem, Opened, Push } from '@causeway/protocol';

interface Chain {
  readonly author: WriterRecord;
  readonly seq: number;
  readonly hash: Uint8Array;
}

/** What is known of one document's log; changed by the functions here alone. */
export interface FollowedLog {
  head: LogHead;
  readonly chains: Map<string, Chain>;
  /** What was pushed last, by sequence number: the relay does not send it back. */
  readonly pushed: Map<number, SealedChange>;
  author: WriterRecord | undefined;
}

export type Followed =
  /** With the entries that are new, and no others. */
  | { readonly type: 'followed'; readonly entries: Entries }
  | { readonly type: 'known' }
  /** A gap, another history, or an own entry that is not what was pushed last: to be read anew. */
  | { readonly type: 'astray' };

export function followFromStart(hash: Hash, { document, head }: Opened): FollowedLog {
  return {
    head: headAtStart(hash, document, head),
    chains: new Map(),
    pushed: new Map(),
    author: undefined,
  };
}

export function notePush(log: FollowedLog, { author, firstSeq, changes }: Push): void {
  log.author = author;
  log.pushed.clear(); // One append at a time: what was refused before is pushed anew.
  for (const [index, change] of changes.entries()) log.pushed.set(firstSeq + index, change);
}

/** Recomputes every hash before any of it counts. Cost: 3 hashes per entry. */
export function followEntries(log: FollowedLog, hash: Hash, arrived: Entries): Followed {
  const known = log.head.position + 1 - arrived.from;
  if (known < 0) return { type: 'astray' };
  if (known > 0 && known >= arrived.items.length) return { type: 'known' };
  const fresh = arrived.items.slice(known);
  const chains = new Map<string, Chain>();
  let { head } = log;
  for (const item of fresh) {
    const next = linkOf(log, chains, { item, hash, document: arrived.document });
    if (!next) return { type: 'astray' };
    const { author, seq } = next;
    chains.set(author.writer, next);
    head = headAfter(hash, head, { author, seq, ...next.change, hash: next.hash });
  }
  if (!isSameBytes(head.prefixHash, arrived.prefixHash)) return { type: 'astray' };
  log.head = head;
  for (const [writer, chain] of chains) log.chains.set(writer, chain);
  return { type: 'followed', entries: { ...arrived, from: arrived.from + known, items: fresh } };
}

interface Linked extends Chain {
  readonly change: { readonly header: ChangeHeader; readonly sealed: SealedChange };
}

/** The next link of its writer's chain, if it is one. */
function linkOf(
  log: FollowedLog,
  fresh: ReadonlyMap<string, Chain>,
  o: {
    readonly item: EntryItem;
    readonly hash: Hash;
    readonly document: Entries['document'];
  },
): Linked | undefined {
  const { item, hash, document } = o;
  const { seq } = item;
  const sent = item.type === 'change' ? item : { author: log.author, sealed: log.pushed.get(seq) };
  const { author, sealed } = sent;
  const header = sealed && decodeHeader(sealed.header);
  if (!author || !header) return undefined;
  if (item.type === 'own' && item.writer !== author.writer) return undefined;
  const last = fresh.get(author.writer) ?? log.chains.get(author.writer);
  if (seq !== (last?.seq ?? 0) + 1) return undefined;
  const before = last?.hash ?? chainGenesis(hash, document, author);
  return { author, seq, hash: chainNext(hash, before, sealed), change: { header, sealed } };
}
