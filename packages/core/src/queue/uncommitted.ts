// The document updates of this replica that are not committed: what an editor colours as tentative.
import { decodeOperationPayload } from '../causality/change-codec.ts';
import type { OperationId } from '../identity.ts';
import type { ReplicaState } from '../replica-state.ts';

export interface UncommittedUpdate {
  readonly update: Uint8Array;
  /** Of a named operation; absent for plain edits. */
  readonly operation?: OperationId;
  /** On this device already. */
  readonly isSaved: boolean;
}

/** In the order in which they were applied, unsealed edits last. Cost: O(queue), arguments decoded. */
export function uncommittedUpdates(state: ReplicaState): readonly UncommittedUpdate[] {
  const list: UncommittedUpdate[] = [];
  for (const { change, isApplied, isSaved, position } of state.queue.values()) {
    if (position !== undefined || !isApplied) continue;
    const operation = change.header.operation?.id;
    const { payload } = change.sealed;
    const update = operation ? decodeOperationPayload(payload)?.update : payload;
    if (!update || update.length === 0) continue;
    list.push({ update, isSaved, ...(operation && { operation }) });
  }
  for (const update of state.edits.updates) list.push({ update, isSaved: false });
  return list;
}
