// One more command for the next store transaction, and what follows when it is on disk.
import type { Continuation, ReplicaState } from '../replica-state.ts';
import type { StoreCommand } from './stored.ts';

export function askStore(
  state: ReplicaState,
  command: StoreCommand,
  continuation: Continuation = { next: 'nothing' },
): void {
  state.store.waiting.push({ command, continuation });
}
