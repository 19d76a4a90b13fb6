// To start a saga, and to have it undone: requests of the engine, answered by facts. The primary begins
// nothing of which it does not know every step.
import type { Json } from '../bytes/canonical-json.ts';
import type { Fact } from '../coordination/facts.ts';
import type { SagaRecord } from '../coordination/saga-fold.ts';
import { sagaStepId } from '../coordination/saga-fold.ts';
import { type OperationId, parseOperationId } from '../identity.ts';
import type { PrimaryState, WaitingIntent } from './primary-state.ts';
import { planSaga, sagaStepsMax } from './saga-plan.ts';

/** What is said in answer, or why it is refused. */
export type SagaAnswer = { readonly facts: readonly Fact[] } | { readonly reason: string };

/** Begins it: from then on the log says how it goes on. */
export function beginSaga(
  state: PrimaryState,
  { operation, args, replica }: WaitingIntent,
): SagaAnswer {
  const { id, user, wallMs, decision } = operation;
  const isObject = typeof args === 'object' && args !== null && !Array.isArray(args);
  const { name, args: json = null } = (isObject ? args : {}) as { readonly [field: string]: Json };
  if (typeof name !== 'string') return { reason: 'the name of a saga is needed' };
  if (!canNameSteps(id)) return { reason: 'an id as long as this cannot name the steps' };
  const plan = planSaga(state, name, json);
  if ('problem' in plan) return { reason: plan.problem };
  const again = planSaga(state, name, json);
  if (!('digest' in again) || again.digest !== plan.digest) {
    return { reason: `${name}: its steps are not the same twice` };
  }
  const { version } = state.definition;
  const begun: Fact = {
    ...{ fact: 'saga', saga: id, name, args: json, version, total: plan.steps.length },
    ...{ plan: plan.digest, replica, user, mode: decision.mode, wallMs },
  };
  return { facts: [begun] };
}

function canNameSteps(saga: OperationId): boolean {
  return parseOperationId(sagaStepId({ saga, step: sagaStepsMax, deed: 'undo' })) !== undefined;
}

const aborted = 'aborted';

/** Turns it back before its next step; one that is stuck tries once more to be undone. */
export function abortSaga({ fold }: PrimaryState, saga: OperationId | undefined): SagaAnswer {
  const record: SagaRecord | undefined = saga && fold.sagas.byId.get(saga);
  if (!record) return { reason: 'there is no such saga' };
  if (record.state === 'done') return { reason: 'the saga is done' };
  if (record.state === 'undone' || record.state === 'backward') return { facts: [] };
  return { facts: [{ fact: 'saga-moved', saga: record.saga, state: 'backward', reason: aborted }] };
}
