// What the log says of effects at the primary: which were tried, by whom, and what became of them.
// Fenced: an answer counts only while the claim that it answers is the last one
// (docs/adr/0011-outbox.md).
//
//   (nothing said) ──dropped──▶ dropped
//        │ claimed
//        ▼
//      claimed ──done──▶ done      ──given-up──▶ given-up      ──unknown──▶ unknown
//        ▲   │ claimed again: the lease of the one before had ended
//        │   ▼ failed
//        └ waiting
import type { Json } from '../bytes/canonical-json.ts';
import type { EffectId, OperationId } from '../identity.ts';
import { operationOfEffect } from '../identity.ts';
import type {
  EffectAnsweredFact,
  EffectDroppedFact,
  HistoryLostFact,
  OutboxFact,
} from './outbox-facts.ts';

/** How an effect at the primary stands. One that was never tried nor dropped has no entry. */
export interface OutboxEntry {
  readonly effect: EffectId;
  readonly name: string;
  /** `waiting`: the last attempt failed, and there will be another one. */
  readonly state: 'waiting' | 'claimed' | 'done' | 'given-up' | 'unknown' | 'dropped';
  /** How often it was claimed. */
  readonly attempt: number;
  /** Of the last claim; empty where there was none. */
  readonly token: string;
  readonly receipt?: Json;
  readonly reason?: string;
  readonly why?: EffectDroppedFact['why'];
}

/** Owned and changed by the fold it is part of. */
export interface OutboxFold {
  readonly entriesByOperation: Map<OperationId, ReadonlyMap<EffectId, OutboxEntry>>;
  readonly lostByOperation: Map<OperationId, HistoryLostFact>;
}

export function emptyOutboxFold(): OutboxFold {
  return { entriesByOperation: new Map(), lostByOperation: new Map() };
}

/** How one effect stands, or undefined where nothing was said of it. Cost: O(1). */
export function outboxEntry(fold: OutboxFold, effect: EffectId): OutboxEntry | undefined {
  return fold.entriesByOperation.get(operationOfEffect(effect))?.get(effect);
}

/** Those of an operation that something was said of, by their indexes. Cost: O(its effects). */
export function outboxEntries(fold: OutboxFold, operation: OperationId): readonly OutboxEntry[] {
  const entries = [...(fold.entriesByOperation.get(operation)?.values() ?? [])];
  const indexOf = ({ effect }: OutboxEntry): number => Number(effect.slice(operation.length + 1));
  return entries.sort((a, b) => indexOf(a) - indexOf(b));
}

/** True where nothing more will be done about it. */
export function isSpent({ state }: OutboxEntry): boolean {
  return state !== 'waiting' && state !== 'claimed';
}

/** Adds one fact. Cost: O(effects of its operation). */
export function foldOutboxFact(fold: OutboxFold, fact: OutboxFact): void {
  if (fact.fact === 'history-lost') {
    if (!fold.lostByOperation.has(fact.operation)) fold.lostByOperation.set(fact.operation, fact);
    return;
  }
  const next = nextEntry(outboxEntry(fold, fact.effect), fact);
  if (!next) return;
  const operation = operationOfEffect(fact.effect);
  const others = fold.entriesByOperation.get(operation);
  fold.entriesByOperation.set(operation, new Map(others).set(fact.effect, next));
}

/** Undefined where the fact comes too late to count. */
function nextEntry(
  known: OutboxEntry | undefined,
  fact: Exclude<OutboxFact, HistoryLostFact>,
): OutboxEntry | undefined {
  if (known && isSpent(known)) return undefined;
  if (fact.fact === 'effect-answered') return known && answered(known, fact);
  const { effect, name } = fact;
  if (fact.fact === 'effect-claimed') {
    return { effect, name, state: 'claimed', attempt: fact.attempt, token: fact.token };
  }
  // What was tried may have happened: that cannot be dropped any more.
  return known
    ? undefined
    : { effect, name, state: 'dropped', attempt: 0, token: '', why: fact.why };
}

function answered(known: OutboxEntry, fact: EffectAnsweredFact): OutboxEntry | undefined {
  if (known.state !== 'claimed' || known.token !== fact.token) return undefined;
  const { effect, name, attempt, token } = known;
  return {
    ...{ effect, name, attempt, token },
    state: fact.answer === 'failed' ? 'waiting' : fact.answer,
    ...(fact.receipt !== undefined && { receipt: fact.receipt }),
    ...(fact.reason !== undefined && { reason: fact.reason }),
  };
}

/** As plain JSON; undefined where there is nothing to keep. Cost: O(effects). */
export function outboxToJson(fold: OutboxFold): Json | undefined {
  const { entriesByOperation, lostByOperation } = fold;
  if (entriesByOperation.size + lostByOperation.size === 0) return undefined;
  const entries = [...entriesByOperation.values()].flatMap((held) => [...held.values()]);
  return {
    entries: entries.map((entry) => ({ ...entry })),
    lost: [...lostByOperation.values()].map((fact) => ({ ...fact })),
  };
}

/** What `outboxToJson` gave, or nothing yet. */
export function outboxFromJson(json: Json | undefined): OutboxFold {
  const fold = emptyOutboxFold();
  const kept = (json ?? { entries: [], lost: [] }) as unknown as {
    readonly entries: readonly OutboxEntry[];
    readonly lost: readonly HistoryLostFact[];
  };
  for (const entry of kept.entries) {
    const operation = operationOfEffect(entry.effect);
    const others = fold.entriesByOperation.get(operation);
    fold.entriesByOperation.set(operation, new Map(others).set(entry.effect, entry));
  }
  for (const fact of kept.lost) fold.lostByOperation.set(fact.operation, fact);
  return fold;
}
