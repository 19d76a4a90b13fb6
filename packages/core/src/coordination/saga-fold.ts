// What the log says of sagas: which began, how far each is, and whether what a step recorded for the
// world outside may leave. Progress is nowhere else, so whoever reads the log can go on.
// @see Garcia-Molina & Salem, Sagas (SIGMOD 1987), §5; docs/adr/0012-sagas.md
import type { SagaState } from '../app/saga.ts';
import type { Json } from '../bytes/canonical-json.ts';
import type { OperationId } from '../identity.ts';
import type { Outcome } from '../outcome.ts';
import { refuse } from '../outcome.ts';
import type { OperationSummary } from './operation-summary.ts';
import type {
  SagaDeed,
  SagaFact,
  SagaFailedFact,
  SagaMovedFact,
  SagaStepFact,
  SagasFact,
} from './saga-facts.ts';

/** Why a step was not done, or undone, so far. */
export interface SagaFailure extends Omit<SagaFailedFact, 'fact' | 'saga'> {
  readonly attempts: number;
}
/** Why it turned back or is stuck. */
export interface SagaCause {
  /** Undefined where no step is at fault: people asked for it. */
  readonly step: number | undefined;
  readonly reason: string;
}

/** One saga as the log tells it. */
export interface SagaRecord extends Omit<SagaFact, 'fact'> {
  readonly state: SagaState;
  /** So many of its first steps are done and not undone. */
  readonly standing: number;
  /** Of the step it is at. */
  readonly failing: SagaFailure | undefined;
  readonly turned: SagaCause | undefined;
  readonly stuck: SagaCause | undefined;
  /** What others did with its steps before these were undone; left as it is. */
  readonly affected: readonly OperationSummary[];
}

/** Owned and changed by the fold it is part of. */
export interface SagaFold {
  /** In the order in which they began. */
  readonly byId: Map<OperationId, SagaRecord>;
  /** Of these, the ones that are neither done nor undone. */
  readonly open: Set<OperationId>;
}

export function emptySagaFold(): SagaFold {
  return { byId: new Map(), open: new Set() };
}

/** Adds one fact. Cost: O(1), for an undone step O(what it affected). */
export function foldSagaFact(fold: SagaFold, fact: SagasFact): void {
  const known = fold.byId.get(fact.saga);
  if (fact.fact === 'saga') {
    if (known) return;
    put(fold, begun(fact));
  } else if (known) {
    put(fold, sagaAfter(known, fact));
  }
}

function put({ byId, open }: SagaFold, record: SagaRecord): void {
  byId.set(record.saga, record);
  if (isSagaOver(record)) open.delete(record.saga);
  else open.add(record.saga);
}

function begun({ fact: _, ...said }: SagaFact): SagaRecord {
  return {
    ...said,
    state: 'forward',
    standing: 0,
    failing: undefined,
    turned: undefined,
    stuck: undefined,
    affected: [],
  };
}

/** A saga after one more fact. An end that is final is not left again. */
export function sagaAfter(
  record: SagaRecord,
  fact: SagaStepFact | SagaFailedFact | SagaMovedFact,
): SagaRecord {
  if (isSagaOver(record)) return record;
  if (fact.fact === 'saga-failed') return { ...record, failing: failureAfter(record, fact) };
  if (fact.fact === 'saga-moved') return { ...record, ...movedBy(record, fact), state: fact.state };
  const standing = fact.deed === 'do' ? fact.step : fact.step - 1;
  const known = new Set(record.affected.map(({ id }) => id));
  const more = (fact.affected ?? []).filter(({ id }) => !known.has(id));
  return { ...record, standing, failing: undefined, affected: [...record.affected, ...more] };
}

function failureAfter(
  { failing }: SagaRecord,
  { fact: _, saga: __, ...said }: SagaFailedFact,
): SagaFailure {
  const isAgain = failing?.step === said.step && failing.deed === said.deed;
  return { ...said, attempts: (isAgain ? failing.attempts : 0) + 1 };
}

function movedBy(
  { turned }: SagaRecord,
  { state, step, reason = '' }: SagaMovedFact,
): Partial<SagaRecord> {
  const cause: SagaCause = { step, reason };
  if (state === 'stuck') return { stuck: cause };
  // Who asks a second time to undo it does not change why it had to be.
  if (state === 'backward')
    return { turned: turned ?? cause, stuck: undefined, failing: undefined };
  return { failing: undefined };
}

/** True for the ends that a saga cannot leave: it was done, or it was undone. */
export function isSagaOver({ state }: Pick<SagaRecord, 'state'>): boolean {
  return state === 'done' || state === 'undone';
}

/** What became of the saga; undefined while it is on its way. */
export function sagaOutcome({ state, turned, stuck }: SagaRecord): Outcome | undefined {
  if (state === 'done') return { type: 'confirmed' };
  const unknown = { step: undefined, reason: '' };
  if (state === 'undone') return refuse({ code: 'saga-undone', ...(turned ?? unknown) });
  if (state === 'stuck') return refuse({ code: 'saga-stuck', ...(stuck ?? unknown) });
  return undefined;
}

export interface SagaStepName {
  readonly saga: OperationId;
  /** From 1. */
  readonly step: number;
  readonly deed: SagaDeed;
}

/** The operation that does or undoes a step. The log's unique operation id makes it happen once. */
export function sagaStepId({ saga, step, deed }: SagaStepName): OperationId {
  return `s:${saga}:${step}:${deed}` as OperationId;
}

/** What `sagaStepId` named; undefined for every other id. */
export function parseSagaStepId(id: OperationId): SagaStepName | undefined {
  const [, saga, step, deed] = /^s:(.+):([1-9]\d{0,8}):(do|undo)$/.exec(id) ?? [];
  if (saga === undefined || (deed !== 'do' && deed !== 'undo')) return undefined;
  return { saga: saga as OperationId, step: Number(step), deed };
}

type WithSagas = { readonly sagas: SagaFold };

/**
 * True while nobody knows whether a step's operation stays: its saga is on its way, or stuck. What it
 * recorded for the world outside must wait. False for an undoing, which is never taken back.
 */
export function isInOpenSaga({ sagas }: WithSagas, operation: OperationId): boolean {
  const named = parseSagaStepId(operation);
  const record = named?.deed === 'do' ? sagas.byId.get(named.saga) : undefined;
  return record !== undefined && !isSagaOver(record) && !isUndone({ sagas }, operation);
}

/**
 * True for the operation of a step that was undone, or whose saga was (a step without `undo` does not
 * count either): what it recorded for the world outside never leaves.
 */
export function isUndone({ sagas }: WithSagas, operation: OperationId): boolean {
  const named = parseSagaStepId(operation);
  const record = named?.deed === 'do' ? sagas.byId.get(named.saga) : undefined;
  if (!named || !record) return false;
  const isBack = record.state === 'backward' || record.state === 'stuck';
  return record.state === 'undone' || (isBack && named.step > record.standing);
}

/** As plain JSON. Cost: O(sagas). */
export function sagasToJson({ byId }: SagaFold): Json {
  return JSON.parse(JSON.stringify([...byId.values()])) as Json;
}

/** What `sagasToJson` gave, or nothing yet. */
export function sagasFromJson(json: Json | undefined): SagaFold {
  const fold = emptySagaFold();
  for (const record of (json ?? []) as unknown as readonly SagaRecord[]) put(fold, record);
  return fold;
}
