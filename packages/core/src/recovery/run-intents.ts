// Intents at the primary: each is judged again on the audited state and run there, once, or refused.
// Those made while cut off come after what was broken meanwhile is mended (ARCHITECTURE §6, order).
import type { Fact } from '../coordination/facts.ts';
import { parseSagaStepId } from '../coordination/saga-fold.ts';
import { engineRequests, isEngineRequest } from '../intents/intent.ts';
import type { Moment } from '../moment.ts';
import { answerRequest } from './engine-requests.ts';
import type { Due, PrimaryState, WaitingIntent } from './primary-state.ts';
import type { Refusal } from './run-at-primary.ts';
import { factsChange, resultChange, verdictFacts } from './seal-results.ts';
import { tryRun } from './try-run.ts';

/** The first intent that can be answered. Cost: O(waiting intents), and a copy of the document. */
export function nextAnswer(state: PrimaryState, moment: Moment): Due {
  let waitUntilMs = Number.POSITIVE_INFINITY;
  for (const intent of inOrder(state)) {
    const answer = answerOf(state, intent, moment);
    if ('changes' in answer) return answer;
    waitUntilMs = Math.min(waitUntilMs, answer.waitUntilMs);
  }
  return { waitUntilMs };
}

/** What is to be cancelled is not run first, though it was committed before its cancellation. */
function inOrder({ intents }: PrimaryState): readonly WaitingIntent[] {
  const all = [...intents.values()];
  const isCancel = ({ operation }: WaitingIntent): boolean =>
    operation.name === engineRequests.cancel;
  return [...all.filter(isCancel), ...all.filter((intent) => !isCancel(intent))];
}

/** What one intent is answered with, or until when it waits. Cost: a copy of the document. */
export function answerOf(state: PrimaryState, intent: WaitingIntent, moment: Moment): Due {
  const { operation, args } = intent;
  if (parseSagaStepId(operation.id)) {
    // Its result would be taken for that step's, which could then never be in the log.
    return refuse(state, intent, { code: 'failed', reason: 'this id is of a step of a saga' });
  }
  if (isEngineRequest(operation.name)) return answerRequest(state, intent, moment);
  const tried = tryRun(state, intent, moment);
  switch (tried.type) {
    case 'wait':
      return tried;
    case 'append':
      return { changes: [factsChange(state, tried.facts)] };
    case 'refuse':
      return refuse(state, intent, tried.refusal);
    case 'ran': {
      const { ran, effects } = tried;
      const executed: Fact = { fact: 'executed', operation: operation.id };
      const facts = factsChange(state, [executed, ...verdictFacts(ran)]);
      return { changes: [resultChange(state, { operation, args, ran, effects }), facts] };
    }
  }
}

function refuse(
  state: PrimaryState,
  { operation }: Pick<WaitingIntent, 'operation'>,
  why: Refusal,
): Due {
  return { changes: [factsChange(state, [{ fact: 'refused', operation: operation.id, ...why }])] };
}
