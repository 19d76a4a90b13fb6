// What would this primary have appended where a recorded one did? The same decision on the same state:
// an intent's answer, the mending of a case, what the audit alone had found.
import type { Fact } from '../coordination/facts.ts';
import { decodeFacts } from '../coordination/facts.ts';
import { parseSagaStepId } from '../coordination/saga-fold.ts';
import type { OperationId } from '../identity.ts';
import type { Moment } from '../moment.ts';
import { closingFacts } from './audit-rights.ts';
import { mendingOf } from './next-append.ts';
import type { Due, PrimaryState, WaitingIntent } from './primary-state.ts';
import type { RecordedAnswer } from './recorded-answers.ts';
import { answerOf } from './run-intents.ts';
import { nextStepOf } from './run-sagas.ts';
import { factsChange } from './seal-results.ts';
import { nextSuperseding } from './supersede.ts';

/**
 * The facts of the append that the recorded one answers to; undefined where it would have waited.
 * Clocks are not replayed: whatever waited for a time is over. Cost: as the decision itself.
 */
export function answerAgain(
  state: PrimaryState,
  recorded: RecordedAnswer,
): readonly Fact[] | undefined {
  const due = decideAgain(state, recorded);
  const last = 'changes' in due ? due.changes.at(-1) : undefined;
  return last && decodeFacts(last.payload);
}

function decideAgain(state: PrimaryState, { facts, result }: RecordedAnswer): Due {
  const wallMs = result?.operation?.wallMs ?? 0;
  const moment: Moment = { monotonicMs: Number.POSITIVE_INFINITY, wallMs, random: 0 };
  const intent = intentIn(state, facts);
  if (intent) return answerOf(state, intent, moment);
  const saga = sagaIn(facts);
  if (saga !== undefined) return nextStepOf(state, saga, moment);
  for (const fact of facts) {
    if (fact.fact === 'case' && fact.state === 'superseded') return nextSuperseding(state);
    const isMending = fact.fact === 'case' && fact.state !== 'settling';
    const work = isMending && workOf(state, fact.id);
    if (work) return mendingOf(state, work, moment);
    if (fact.fact !== 'grant-closed' || fact.why !== 'reclaimed') continue;
    const place = state.rights.get(state.placeByGrant.get(fact.grant) ?? '');
    if (!place) continue;
    return { changes: [factsChange(state, closingFacts(place, fact.grant, 'reclaimed'))] };
  }
  const homes = facts.filter((fact) => fact.fact === 'home'); // Leases end by the clock alone.
  const isDue = state.facts.length > 0 || state.operationPosition > state.fold.auditedTo;
  if (!isDue && homes.length === 0) return { waitUntilMs: Number.POSITIVE_INFINITY };
  return { changes: [factsChange(state, homes)] };
}

/** The saga that goes on, or whose step is held up. That it began is the answer to a request. */
function sagaIn(facts: readonly Fact[]): OperationId | undefined {
  for (const fact of facts) {
    if (fact.fact === 'recall') return parseSagaStepId(fact.operation)?.saga;
    if ('saga' in fact && fact.fact !== 'saga') return fact.saga;
  }
  return undefined;
}

/** The intent that they answer, or hold up. What is refused beside may be operations. */
function intentIn(state: PrimaryState, facts: readonly Fact[]): WaitingIntent | undefined {
  const ids = facts.flatMap((fact) => {
    const isAnswer = fact.fact === 'executed' || fact.fact === 'refused' || fact.fact === 'recall';
    return isAnswer ? [fact.operation] : [];
  });
  // A cancellation is answered after what it cancels was.
  return ids.map((id) => state.intents.get(id)).findLast((intent) => intent !== undefined);
}

function workOf(state: PrimaryState, id: string) {
  return [...state.cases.values(), ...state.healed].find((work) => work.id === id);
}
