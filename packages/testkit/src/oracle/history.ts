// A log as the oracle reads it: entries with their headers, arguments and facts, and nothing computed.
import type {
  ChangeHeader,
  Fact,
  Json,
  LogEntry,
  OperationId,
  SealedChange,
  WriterRecord,
} from '@causeway/core';
import { decodeFacts, decodeHeader, decodeOperationPayload } from '@causeway/core';
import { problem } from './problem.ts';

export interface HistoryEntry {
  readonly position: number;
  readonly author: WriterRecord;
  readonly seq: number;
  readonly header: ChangeHeader;
  readonly sealed: SealedChange;
  /** Of a named operation or a result. */
  readonly named:
    | { readonly id: OperationId; readonly name: string; readonly args: Json }
    | undefined;
  /** Of a coordination entry. */
  readonly facts: readonly Fact[];
}

/** A fact with the entry that told it. */
export interface ToldFact<F extends Fact = Fact> {
  readonly fact: F;
  readonly at: HistoryEntry;
}

export interface History {
  readonly entries: readonly HistoryEntry[];
  readonly told: readonly ToldFact[];
  /** The position up to which the facts say that everything was audited. */
  readonly auditedTo: number;
  /** Named operations and results by id: the first entry of each. */
  readonly entriesById: ReadonlyMap<OperationId, HistoryEntry>;
  /** Entries that cannot be decoded. */
  readonly problems: readonly string[];
}

/** Reads a log. Cost: O(bytes). */
export function readHistory(log: readonly LogEntry[]): History {
  const problems: string[] = [];
  const entries = log.flatMap((entry) => {
    const read = readEntry(entry);
    if (typeof read !== 'string') return [read];
    problems.push(problem('readable', `the entry at ${entry.position} ${read}`));
    return [];
  });
  const told = entries.flatMap((at) => at.facts.map((fact) => ({ fact, at })));
  const audited = told.map(({ fact }) => (fact.fact === 'audited' ? fact.upTo : 0));
  const entriesById = new Map<OperationId, HistoryEntry>();
  for (const entry of entries) {
    const isStanding = entry.header.kind === 'operation' || entry.header.kind === 'result';
    if (!entry.named || !isStanding || entriesById.has(entry.named.id)) continue;
    entriesById.set(entry.named.id, entry);
  }
  return { entries, told, auditedTo: Math.max(0, ...audited), entriesById, problems };
}

function readEntry({ position, author, seq, sealed }: LogEntry): HistoryEntry | string {
  const header = decodeHeader(sealed.header);
  if (!header) return 'has no readable header';
  const kept = { position, author, seq, header, sealed };
  if (header.kind === 'coordination') {
    const facts = decodeFacts(sealed.payload);
    return facts ? { ...kept, named: undefined, facts } : 'holds no list of facts';
  }
  if (!header.operation) return { ...kept, named: undefined, facts: [] };
  const payload = decodeOperationPayload(sealed.payload);
  if (!payload) return `of ${header.operation.id} has no readable payload`;
  const { id, name } = header.operation;
  return { ...kept, named: { id, name, args: payload.args }, facts: [] };
}

/** The case and the step that a compensation's operation id names. */
export function readCompensationId(
  id: OperationId,
): { readonly caseId: string; readonly step: 'restore' | 'amend' } | undefined {
  const found = /^c:(.+):(restore|amend)$/.exec(id);
  const [, caseId, step] = found ?? [];
  if (caseId === undefined || (step !== 'restore' && step !== 'amend')) return undefined;
  return { caseId, step };
}
