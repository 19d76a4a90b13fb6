// A group of committed entries is on this device: its operations rise to `committed`, and further
// where the audit is done. Told only now, so that no rung is taken back by a reload.
import type { LogHead } from '../causality/log-entry.ts';
import { outcomeOf } from '../coordination/fold.ts';
import type { OperationId, WriterId } from '../identity.ts';
import { toPosition } from '../outcome.ts';
import type { ReplicaState } from '../replica-state.ts';
import { pendingKey } from '../replica-state.ts';
import { replaceLostSnapshot } from './take-snapshot.ts';

export function committedStored(
  state: ReplicaState,
  changes: readonly { readonly writer: WriterId; readonly seq: number }[],
  settled: readonly OperationId[],
  head: LogHead,
): void {
  for (const { writer, seq } of changes) {
    const key = pendingKey(writer, seq);
    const pending = state.queue.get(key);
    if (pending?.position === undefined) continue;
    state.queue.delete(key);
    const operation = pending.change.header.operation?.id;
    if (!operation) continue;
    const position = toPosition(head.epoch, pending.position);
    state.committedAt.set(operation, position);
    state.receipts.set(operation, { type: 'committed', position });
  }
  for (const operation of settled) {
    const position = state.awaiting.get(operation);
    if (position === undefined) continue;
    const outcome = outcomeOf(state.fold, operation, position);
    if (!outcome) continue;
    state.awaiting.delete(operation);
    state.receipts.set(operation, outcome);
  }
  replaceLostSnapshot(state);
}
