// How do the sagas of this document stand? As the log tells; and those that wait on this device.
import type { SagaState } from '../app/saga.ts';
import type { Json } from '../bytes/canonical-json.ts';
import type { OperationSummary } from '../coordination/operation-summary.ts';
import type { SagaCause, SagaFailure, SagaRecord } from '../coordination/saga-fold.ts';
import { isSagaOver } from '../coordination/saga-fold.ts';
import type { OperationId } from '../identity.ts';
import { engineRequests } from '../intents/intent.ts';
import type { ReplicaState } from '../replica-state.ts';

/** A saga as people see it. */
export interface SagaStatus {
  readonly id: OperationId;
  readonly name: string;
  readonly args: Json;
  /** `waiting`: it has not begun; `stuck`: people must look after it. */
  readonly state: SagaState | 'waiting';
  /** Steps that are done and not undone. */
  readonly done: number;
  /** 0 while it waits. */
  readonly total: number;
  /** The step that could not be done, or undone, the last time it was tried. */
  readonly failing: SagaFailure | undefined;
  /** Why it turned back. */
  readonly turned: SagaCause | undefined;
  /** Why it is stuck. */
  readonly stuck: SagaCause | undefined;
  /** Operations that used what a step had written, and stand although it was undone. */
  readonly affected: readonly OperationSummary[];
}

/** In the order in which they began, then those of this device that wait. Cost: O(sagas + intents). */
export function sagasOf(state: ReplicaState): readonly SagaStatus[] {
  const begun = [...state.fold.sagas.byId.values()].map(toStatus);
  const waiting = [...state.intents.values()].flatMap(({ intent }) => {
    const { operation, name, args } = intent;
    if (name !== engineRequests.startSaga || state.fold.sagas.byId.has(operation)) return [];
    return [waitingStatus(operation, args)];
  });
  return [...begun, ...waiting];
}

function toStatus(record: SagaRecord): SagaStatus {
  const { saga, name, args, state, standing, total, turned, stuck, affected } = record;
  const failing = isSagaOver(record) ? undefined : record.failing;
  return { id: saga, name, args, state, done: standing, total, failing, turned, stuck, affected };
}

function waitingStatus(id: OperationId, asked: Json): SagaStatus {
  const { name = '', args = null } = asked as { readonly name?: string; readonly args?: Json };
  return {
    ...{ id, name, args, state: 'waiting', done: 0, total: 0, affected: [] },
    ...{ failing: undefined, turned: undefined, stuck: undefined },
  };
}
