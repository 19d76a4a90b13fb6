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
  /** Of a named operation, a result or an edit. */
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
  /** What applications asked of the primary, by id: the first entry of each. */
  readonly intentsById: ReadonlyMap<OperationId, HistoryEntry>;
  /** What the engine itself asked of the primary, by id: the first entry of each. */
  readonly requests: ReadonlyMap<OperationId, HistoryEntry>;
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
    const { kind } = entry.header;
    const isStanding = kind === 'operation' || kind === 'result' || isEdit(entry.header);
    if (!entry.named || !isStanding || entriesById.has(entry.named.id)) continue;
    entriesById.set(entry.named.id, entry);
  }
  const intentsById = new Map<OperationId, HistoryEntry>();
  const requests = new Map<OperationId, HistoryEntry>();
  for (const entry of entries) {
    const { named, header } = entry;
    if (!named || header.kind !== 'intent') continue;
    const asked = named.name.startsWith('causeway.') ? requests : intentsById;
    if (!asked.has(named.id)) asked.set(named.id, entry);
  }
  const auditedTo = Math.max(0, ...audited);
  return { entries, told, auditedTo, entriesById, intentsById, requests, problems };
}

function readEntry({ position, author, seq, sealed }: LogEntry): HistoryEntry | string {
  const header = decodeHeader(sealed.header);
  if (!header) return 'has no readable header';
  const kept = { position, author, seq, header, sealed };
  if (header.kind === 'coordination') {
    const facts = decodeFacts(sealed.payload);
    return facts ? { ...kept, named: undefined, facts } : 'holds no list of facts';
  }
  if (!header.operation) return { ...kept, named: nameOfEdit(kept), facts: [] };
  const payload = decodeOperationPayload(sealed.payload);
  if (!payload) return `of ${header.operation.id} has no readable payload`;
  const { id, name } = header.operation;
  return { ...kept, named: { id, name, args: payload.args }, facts: [] };
}

/** An edit has no name but its place in its writer's chain. */
function nameOfEdit({
  author,
  seq,
  header,
}: Pick<HistoryEntry, 'author' | 'seq' | 'header'>): HistoryEntry['named'] {
  if (!isEdit(header)) return undefined;
  return { id: `e:${author.writer}:${seq}` as OperationId, name: 'edit', args: null };
}

export function isEdit({ kind }: ChangeHeader): boolean {
  return kind === 'edit' || kind === 'guarded-edit' || kind === 'import';
}

/** The saga, the step and the deed that a result's operation id names. */
export function readSagaStepId(
  id: string,
): { readonly saga: OperationId; readonly step: number; readonly deed: 'do' | 'undo' } | undefined {
  const [, saga, step, deed] = /^s:(.+):(\d+):(do|undo)$/.exec(id) ?? [];
  if (saga === undefined || (deed !== 'do' && deed !== 'undo')) return undefined;
  return { saga: saga as OperationId, step: Number(step), deed };
}

/** Who asked for what was done here: of a result it is not its author. */
export function askerOf(
  { intentsById, requests }: Pick<History, 'intentsById' | 'requests'>,
  entry: HistoryEntry,
): HistoryEntry {
  const id = entry.named?.id;
  const step = id === undefined ? undefined : readSagaStepId(id);
  const asked = step ? requests.get(step.saga) : id !== undefined && intentsById.get(id);
  return asked || entry;
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

/** The case and the round that a choice's operation id names. */
export function readResolutionId(
  id: OperationId,
): { readonly caseId: string; readonly round: number } | undefined {
  const [, caseId, round] = /^c:(.+):resolve:(\d+)$/.exec(id) ?? [];
  return caseId === undefined ? undefined : { caseId, round: Number(round) };
}
