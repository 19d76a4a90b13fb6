// A group of committed entries is on this device: its operations rise to `committed`, and further
// where the audit is done. Told only now, so that no rung is taken back by a reload.
import { outcomeOf } from '../coordination/fold.ts';
import { noteRightsMoved } from '../escrow/device-rights.ts';
import { toPosition } from '../outcome.ts';
import type { Continuation, ReplicaState } from '../replica-state.ts';
import { pendingKey, raiseReceipt } from '../replica-state.ts';
import { isFromLog } from './stored.ts';
import { replaceLostSnapshot } from './take-snapshot.ts';

export function committedStored(
  state: ReplicaState,
  { changes, settled, head }: Extract<Continuation, { next: 'committed' }>,
): void {
  for (const { writer, seq } of changes) {
    const key = pendingKey(writer, seq);
    const pending = state.queue.get(key);
    if (pending?.position === undefined) continue;
    state.queue.delete(key);
    const { kind, operation } = pending.change.header;
    if (!operation || kind === 'intent') continue; // An intent is committed with its result.
    const position = toPosition(head.epoch, pending.position);
    state.committedAt.set(operation.id, position);
    raiseReceipt(state, operation.id, { type: 'committed', position });
  }
  noteRightsMoved(state, settled, 'committed');
  for (const operation of settled) {
    const position = state.awaiting.get(operation);
    if (position === undefined) continue;
    const outcome = outcomeOf(state.fold, operation, position);
    if (!outcome) continue;
    state.awaiting.delete(operation);
    if (outcome.type !== 'refused' && !state.committedAt.has(operation)) {
      state.committedAt.set(operation, toPosition(head.epoch, position));
    }
    raiseReceipt(state, operation, outcome);
  }
  mendFromLog(state);
  replaceLostSnapshot(state);
}

/** The device has the whole log again: what it could not read of it is no damage any more. */
function mendFromLog(state: ReplicaState): void {
  if (state.damaged.length === 0 || (state.head?.position ?? 0) < state.link.headPosition) return;
  state.damaged = state.damaged.filter((record) => !isFromLog(record));
}
