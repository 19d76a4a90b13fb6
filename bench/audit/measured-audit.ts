// One primary, or one bare document, that is fed a log batch by batch; and how long that takes it.
import { createHash } from 'node:crypto';
import {
  assert,
  decodeHeader,
  decodeOperationPayload,
  type Incoming,
  type LogEntry,
  openPrimary,
  type PrimaryState,
  parseDocumentId,
  parseReplicaId,
  parseWriterId,
  stepPrimary,
  type WriterRecord,
} from '@causeway/core';
import type { BooksDocument } from './audit-documents.ts';
import { bankOn } from './bank-log.ts';

/** Takes one batch of operations, and returns how many ms it worked on it. */
export type Take = (operations: readonly LogEntry[]) => number;

const hash = (bytes: Uint8Array): Uint8Array =>
  Uint8Array.from(createHash('sha256').update(bytes).digest());

/** A primary whose own entries come back as they would from the relay, between those of the log. */
export function auditing(document: BooksDocument): Take {
  const { definition } = bankOn(document);
  const author = primaryAuthor();
  const state: PrimaryState = openPrimary({
    definition,
    id: known(parseDocumentId('bank')),
    document: definition.document.open({ clientId: author.clientId + 1 }),
    author,
    hash,
    epoch: 1,
  });
  const feed = (entries: readonly LogEntry[]): void => {
    const moment = { monotonicMs: state.position, wallMs: 1.8e12, random: 0.5 };
    for (const effect of stepPrimary(state, { type: 'entriesCommitted', entries }, moment)) {
      if (effect.type !== 'append') continue;
      feed(
        effect.changes.map((sealed, at): LogEntry => {
          const position = state.position + 1 + at;
          return { position, author, seq: effect.firstSeq + at, sealed };
        }),
      );
    }
  };
  return (operations) => {
    // The log has the primary's entries, too.
    const entries = operations.map((entry, at) => ({
      ...entry,
      position: state.position + 1 + at,
    }));
    return timed(() => feed(entries));
  };
}

/** What nobody can do without: the document's own `apply`. */
export function applying(document: BooksDocument): Take {
  const bare = document.open({ clientId: 7 });
  return (operations) => {
    const changes = operations.map(incomingOf);
    return timed(() => {
      for (const change of changes) bare.apply(change);
    });
  };
}

function timed(work: () => void): number {
  const startedMs = performance.now();
  work();
  return performance.now() - startedMs;
}

function incomingOf({ sealed, position }: LogEntry): Incoming {
  const operation = decodeHeader(sealed.header)?.operation?.id;
  const { update } = known(decodeOperationPayload(sealed.payload));
  return { update, position, ...(operation && { operation }) };
}

function primaryAuthor(): WriterRecord {
  const id = 'f'.repeat(32);
  return { writer: known(parseWriterId(id)), replica: known(parseReplicaId(id)), clientId: 8 };
}

function known<T>(value: T | undefined): T {
  assert(value !== undefined, 'no-value', 'a benchmark asked for something that is not there');
  return value;
}
