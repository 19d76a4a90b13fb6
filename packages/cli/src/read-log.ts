// A document's log as people and scripts read it: what was done, by whom, and what became of it.
import {
  type CaseRecord,
  type CoordinationFold,
  type DocumentId,
  decodeFacts,
  decodeHeader,
  decodeOperationPayload,
  emptyFold,
  foldFact,
  type Json,
  type LogEntry,
  type OperationId,
  type OutboxEntry,
  outcomeOf,
} from '@causeway/core';
import type { LogReader } from '@causeway/relay';

export interface InspectedEntry {
  readonly position: number;
  readonly replica: string;
  readonly writer: string;
  readonly seq: number;
  /** `unreadable` where the header is of a format that this version does not know. */
  readonly kind: string;
  readonly bytes: number;
  readonly operation?: {
    readonly id: string;
    readonly name: string;
    readonly args: Json | undefined;
    readonly mode: string;
    readonly cell: string;
    readonly invariant: string;
    readonly user: string;
    /** The author's clock. */
    readonly at: string;
  };
  readonly outcome?: string;
}

export interface InspectedLog {
  readonly document: DocumentId;
  readonly log: string;
  readonly epoch: number;
  readonly position: number;
  readonly auditedTo: number;
  readonly entries: readonly InspectedEntry[];
  readonly cases: readonly CaseRecord[];
  /** What the primary did outside, or will not do: those that something was said of. */
  readonly effects: readonly OutboxEntry[];
  /** Operations whose records of effects are lost. */
  readonly historyLost: readonly string[];
  /** The last committed sequence number of each writer that ever was. */
  readonly vector: Readonly<Record<string, number>>;
}

/** Reads all of one document. Cost: O(log), in memory. */
export function readLog(reader: LogReader, document: DocumentId): InspectedLog {
  const fold = emptyFold();
  const entries = [...reader.entries(document)].map(({ entry }) => entry);
  for (const { sealed } of entries) {
    if (decodeHeader(sealed.header)?.kind !== 'coordination') continue;
    for (const fact of decodeFacts(sealed.payload) ?? []) foldFact(fold, fact);
  }
  const { log, epoch, position } = reader.head(document);
  return {
    document,
    log,
    epoch,
    position,
    auditedTo: fold.auditedTo,
    entries: entries.map((entry) => inspectEntry(entry, fold)),
    cases: [...fold.casesById.values()],
    effects: [...fold.outbox.entriesByOperation.values()].flatMap((held) => [...held.values()]),
    historyLost: [...fold.outbox.lostByOperation.keys()],
    vector: Object.fromEntries(
      reader.roster(document).map(({ record, seq }) => [record.writer, seq]),
    ),
  };
}

function inspectEntry({ position, author, seq, sealed }: LogEntry, fold: CoordinationFold) {
  const header = decodeHeader(sealed.header);
  const place = { position, replica: author.replica, writer: author.writer, seq };
  const bytes = sealed.header.length + sealed.payload.length + sealed.effects.length;
  const found = { ...place, kind: header?.kind ?? 'unreadable', bytes };
  if (!header?.operation) return found;
  const { id, name, decision, user, wallMs } = header.operation;
  const args = decodeOperationPayload(sealed.payload)?.args;
  const at = new Date(wallMs).toISOString();
  const operation = { id, name, args, ...decision, user, at };
  const isJudged = header.kind === 'operation';
  return { ...found, operation, ...(isJudged && { outcome: nameOutcome(fold, id, position) }) };
}

function nameOutcome(fold: CoordinationFold, id: OperationId, position: number): string {
  const outcome = outcomeOf(fold, id, position);
  if (!outcome) return 'pending';
  if (outcome.type === 'refused') return `refused (${outcome.code})`;
  return outcome.type === 'compensated'
    ? `compensated (${outcome.case.slice(0, 10)})`
    : 'confirmed';
}
