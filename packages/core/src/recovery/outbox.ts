// Effects outside, as the log tells of them: recorded by operations, results and compensations, claimed
// before they are done, and answered. What is in the log stands; this follows it
// (docs/adr/0011-outbox.md).
import type { EffectType } from '../app/operation.ts';
import { canonicalJson } from '../bytes/canonical-json.ts';
import type { ChangeHeader } from '../causality/change.ts';
import { decodeEffects } from '../causality/change-codec.ts';
import type { LogEntry } from '../causality/log-entry.ts';
import type {
  EffectAnsweredFact,
  EffectClaimedFact,
  OutboxFact,
} from '../coordination/outbox-facts.ts';
import type { OutboxEntry } from '../coordination/outbox-fold.ts';
import { isSpent, outboxEntry } from '../coordination/outbox-fold.ts';
import { effectIdOf, isEffectId } from '../identity.ts';
import type { Moment } from '../moment.ts';
import { attempt } from './attempt.ts';
import type { BreakerEvent } from './breaker.ts';
import { closedBreaker, stepBreaker } from './breaker.ts';
import { isPayload } from './is-payload.ts';
import type { PendingEffect } from './outbox-state.ts';
import type { PrimaryInput } from './primary-io.ts';
import type { PrimaryState } from './primary-state.ts';

/** The largest receipt that is kept, in bytes of its JSON. */
export const receiptBytesMax = 4_096;
const reasonCharsMax = 500;
const retryFloorMs = 1_000;
const retryCeilingMs = 300_000;

type Definition = Pick<PrimaryState, 'definition'>;

/** Names come from clients: `constructor` is none that was declared. */
function typeOf({ definition }: Definition, name: string): EffectType | undefined {
  return Object.hasOwn(definition.effects, name) ? definition.effects[name] : undefined;
}

/** How long one call may take, and how often it is tried. */
export function callLimits(
  state: Definition,
  name: string,
): { readonly withinMs: number; readonly attemptsMax: number } {
  const { withinMs = 30_000, attemptsMax = 8 } = typeOf(state, name) ?? {};
  return { withinMs, attemptsMax };
}

export function isOnce(state: Definition, name: string): boolean {
  return typeOf(state, name)?.delivery === 'at-most-once';
}

/** An operation or a result is in the log: what it wants done outside waits from now on. */
export function followEffects(state: PrimaryState, entry: LogEntry, header: ChangeHeader): void {
  const { kind, operation, effects } = header;
  const isDoing = kind === 'operation' || kind === 'result';
  if (!operation || !effects || !isDoing) return;
  // It proceeded after the primary had run it: the result's effects are the ones that count.
  if (kind === 'operation' && state.fold.executed.has(operation.id)) return;
  const { sealed, position } = entry;
  if (sealed.effects.length === 0) {
    const { count } = effects;
    state.facts.push({ fact: 'history-lost', operation: operation.id, count, position });
    return;
  }
  for (const record of decodeEffects(sealed.effects)) {
    if (typeOf(state, record.name)?.runs !== 'primary') continue;
    const id = effectIdOf(operation.id, record.index);
    // What a hostile client numbers twice is one effect, and what has no possible key is none.
    if (!isEffectId(id) || state.outbox.pendingById.has(id)) continue;
    if (outboxEntry(state.fold.outbox, id)) continue;
    state.outbox.pendingById.set(id, {
      ...{ id, operation: operation.id, name: record.name, payload: record.payload, position },
      isResult: kind === 'result',
      isInvalid: !isPayload(state.definition, record),
      ...{ readyMs: 0, leaseEndsMs: 0, isCalled: false },
    });
  }
}

/** A fact about an effect is in the log. The fold has it already. */
export function followOutbox(
  state: PrimaryState,
  fact: OutboxFact,
  entry: LogEntry,
  moment: Moment,
): void {
  if (fact.fact === 'history-lost') return;
  const pending = state.outbox.pendingById.get(fact.effect);
  const standing = outboxEntry(state.fold.outbox, fact.effect);
  if (!pending || !standing) return;
  if (isSpent(standing)) state.outbox.pendingById.delete(fact.effect);
  else if (fact.fact === 'effect-claimed') followClaim(state, { pending, fact, entry, moment });
  else pending.readyMs = moment.monotonicMs + retryAfterMs(standing.attempt);
  if (fact.fact === 'effect-answered') pending.isCalled = false;
}

/** The claim is durable: only now is the handler called, and only by the one that claimed. */
function followClaim(
  state: PrimaryState,
  o: {
    readonly pending: PendingEffect;
    readonly fact: EffectClaimedFact;
    readonly entry: LogEntry;
    readonly moment: Moment;
  },
): void {
  const { pending, fact, moment } = o;
  const { id: effect, operation, name, payload } = pending;
  const { withinMs } = callLimits(state, name);
  pending.leaseEndsMs = moment.monotonicMs + 2 * withinMs;
  pending.isCalled = o.entry.author.writer === state.author.writer;
  if (!pending.isCalled) return;
  noteBreaker(state, name, 'called', moment);
  const { attempt: count, token } = fact;
  state.asked.push({
    ...{ type: 'callHandler', effect, name, payload, attempt: count, operation, token, withinMs },
  });
}

/** Twice as long after each failure, up to five minutes. */
function retryAfterMs(attempts: number): number {
  return Math.min(retryCeilingMs, retryFloorMs * 2 ** (attempts - 1));
}

export function noteBreaker(
  { outbox }: PrimaryState,
  name: string,
  event: BreakerEvent,
  { monotonicMs }: Moment,
): void {
  const breaker = outbox.breakers.get(name) ?? closedBreaker;
  outbox.breakers.set(name, stepBreaker(breaker, event, monotonicMs));
}

/** A handler answered. It counts only for the claim that it was called for, and once. */
export function takeAnswer(
  state: PrimaryState,
  answer: Extract<PrimaryInput, { type: 'handlerAnswered' }>,
  moment: Moment,
): void {
  const { effect, token } = answer;
  const claim = outboxEntry(state.fold.outbox, effect);
  if (claim?.state !== 'claimed' || claim.token !== token) return;
  if (state.facts.some((fact) => fact.fact === 'effect-answered' && fact.effect === effect)) return;
  const isDone = 'receipt' in answer;
  noteBreaker(state, claim.name, isDone ? 'succeeded' : 'failed', moment);
  state.facts.push(
    isDone
      ? { fact: 'effect-answered', effect, token, answer: 'done', ...readReceipt(answer.receipt) }
      : { fact: 'effect-answered', effect, token, ...failed(state, claim, answer.failure) },
  );
}

/** What failed may have happened all the same: what may happen once only is not tried again. */
function failed(
  state: PrimaryState,
  { name, attempt: count }: OutboxEntry,
  failure: string,
): Pick<EffectAnsweredFact, 'answer' | 'reason'> {
  const reason = failure.slice(0, reasonCharsMax);
  if (isOnce(state, name)) return { answer: 'unknown', reason };
  return { answer: count >= callLimits(state, name).attemptsMax ? 'given-up' : 'failed', reason };
}

/** The act was done, whatever it answered: what cannot be kept is left out, and said. */
function readReceipt(value: unknown): Pick<EffectAnsweredFact, 'receipt' | 'reason'> {
  if (value === undefined) return {};
  const read = attempt(() => canonicalJson(value));
  if ('thrown' in read) return { reason: 'the receipt is no plain JSON' };
  if (read.value.length > receiptBytesMax) return { reason: 'the receipt is too large' };
  return { receipt: JSON.parse(read.value) };
}
