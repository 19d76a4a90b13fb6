// Sagas at the primary: the next step of the first saga that has one to do. Progress is what the log says,
// so a primary that died anywhere goes on there; the step's own operation id makes it happen once.
// @see Garcia-Molina & Salem, Sagas (SIGMOD 1987), §5; docs/adr/0012-sagas.md
import type { OperationHeader } from '../causality/change.ts';
import type { Fact } from '../coordination/facts.ts';
import type { SagaFailedFact, SagaStepFact } from '../coordination/saga-facts.ts';
import type { SagaRecord } from '../coordination/saga-fold.ts';
import { sagaAfter, sagaStepId } from '../coordination/saga-fold.ts';
import type { OperationId } from '../identity.ts';
import type { Moment } from '../moment.ts';
import type { Due, PrimaryState } from './primary-state.ts';
import type { Refusal } from './run-at-primary.ts';
import type { PlannedStep, SagaMove } from './saga.ts';
import { moveAfter, nextMove } from './saga.ts';
import { planSaga } from './saga-plan.ts';
import { affectedBy } from './saga-touch.ts';
import { factsChange, resultChange, verdictFacts } from './seal-results.ts';
import type { Tried } from './try-run.ts';
import { tryRun } from './try-run.ts';

/** Cost: O(open sagas), the steps of those that are due, and a copy of the document. */
export function nextSagaStep(state: PrimaryState, moment: Moment): Due {
  let waitUntilMs = Number.POSITIVE_INFINITY;
  for (const id of state.fold.sagas.open) {
    const due = nextStepOf(state, id, moment);
    if ('changes' in due) return due;
    waitUntilMs = Math.min(waitUntilMs, due.waitUntilMs);
  }
  return { waitUntilMs };
}

/** What this one has to do, or until when it waits. */
export function nextStepOf(state: PrimaryState, saga: OperationId, moment: Moment): Due {
  const record = state.fold.sagas.byId.get(saga);
  return record ? advance(state, record, moment) : { waitUntilMs: Number.POSITIVE_INFINITY };
}

function advance(state: PrimaryState, record: SagaRecord, moment: Moment): Due {
  const { saga, state: where } = record;
  const atMs = state.sagaRetryAtMs.get(saga) ?? Number.NEGATIVE_INFINITY;
  if (where === 'stuck') return { waitUntilMs: Number.POSITIVE_INFINITY };
  if (moment.monotonicMs < atMs) return { waitUntilMs: atMs };
  const plan = planSaga(state, record.name, record.args);
  if ('problem' in plan || plan.digest !== record.plan) {
    // Neither to go on nor to go back would be about what was done: another version runs here.
    const reason =
      'problem' in plan ? plan.problem : 'its steps are other ones than at its beginning';
    return say(state, [{ fact: 'saga-moved', saga, state: 'stuck', reason }]);
  }
  const move = nextMove(record, plan.steps);
  if (move.type === 'rest') return { waitUntilMs: Number.POSITIVE_INFINITY };
  if (move.type === 'end') return say(state, [{ fact: 'saga-moved', saga, state: move.state }]);
  return runStep(state, record, { move, steps: plan.steps }, moment);
}

interface Stepping {
  readonly move: Extract<SagaMove, { type: 'run' }>;
  readonly steps: readonly PlannedStep[];
}

function runStep(state: PrimaryState, record: SagaRecord, stepping: Stepping, moment: Moment): Due {
  const { step, deed, call } = stepping.move;
  const { saga, replica } = record;
  const operation = headerOf(state, record, stepping.move);
  const tried = withoutDevice(
    state,
    tryRun(state, { operation, args: call.args, replica }, moment),
  );
  switch (tried.type) {
    case 'wait':
      return tried;
    case 'append':
      return say(state, tried.facts);
    case 'refuse':
      return say(state, failing(record, stepping, tried.refusal));
    case 'ran': {
      const affected = deed === 'undo' ? affectedBy(state, saga, step) : [];
      const done: SagaStepFact = {
        ...{ fact: 'saga-step', saga, step, deed },
        ...(affected.length > 0 && { affected }),
      };
      const facts = [done, ...endAfter(record, done, stepping.steps), ...verdictFacts(tried.ran)];
      const result = { operation, args: call.args, ran: tried.ran, effects: tried.effects };
      return { changes: [resultChange(state, result), factsChange(state, facts)] };
    }
  }
}

function headerOf(
  { definition }: PrimaryState,
  { saga, user, wallMs, mode }: SagaRecord,
  { step, deed, call }: Stepping['move'],
): OperationHeader {
  const decision = { mode, cell: 'safe', invariant: '*', reason: 'engine' } as const;
  const id = sagaStepId({ saga, step, deed });
  return { id, name: call.name, codeVersion: definition.version, user, wallMs, decision };
}

/** A device may be away for days, and its act cannot be held until the saga is over. */
function withoutDevice({ definition }: PrimaryState, tried: Tried): Tried {
  if (tried.type !== 'ran') return tried;
  const atDevice = tried.effects.find(({ name }) => definition.effects[name]?.runs === 'device');
  if (!atDevice) return tried;
  const reason = `${atDevice.name} happens on a device, and no step of a saga may have it`;
  return { type: 'refuse', refusal: { code: 'failed', reason } };
}

/** The last step and the end are said together: nobody sees one without the other. */
function endAfter(
  record: SagaRecord,
  done: SagaStepFact,
  steps: readonly PlannedStep[],
): readonly Fact[] {
  const next = nextMove(sagaAfter(record, done), steps);
  return next.type === 'end' ? [{ fact: 'saga-moved', saga: record.saga, state: next.state }] : [];
}

function failing(
  record: SagaRecord,
  { move, steps }: Stepping,
  { code, reason, invariant, key }: Refusal,
): readonly Fact[] {
  const { saga } = record;
  const failed: SagaFailedFact = {
    ...{ fact: 'saga-failed', saga, step: move.step, deed: move.deed, code, reason },
    ...(invariant !== undefined && { invariant }),
    ...(key !== undefined && { key }),
  };
  const { failing } = sagaAfter(record, failed);
  const moved = failing && moveAfter(failing, steps);
  return moved ? [failed, { fact: 'saga-moved', saga, ...moved }] : [failed];
}

function say(state: PrimaryState, facts: readonly Fact[]): Due {
  return { changes: [factsChange(state, facts)] };
}
