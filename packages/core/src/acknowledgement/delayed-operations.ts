// Which operations wait to be run at the primary? All that shows them asks here.
import type { Json } from '../bytes/canonical-json.ts';
import type { OperationId } from '../identity.ts';
import { isEngineRequest } from '../intents/intent.ts';
import type { ReplicaState } from '../replica-state.ts';

/** An operation that is kept as an intent: nothing of it is in the document. */
export interface DelayedOperation {
  readonly id: OperationId;
  readonly name: string;
  readonly args: Json;
  /** The keys that it will be about: it touched none yet. */
  readonly subjects: readonly string[];
}

/** The intents of this replica that have no answer yet, oldest first. Cost: O(intents). */
export function delayedOperations(state: ReplicaState): readonly DelayedOperation[] {
  const delayed: DelayedOperation[] = [];
  for (const { intent } of state.intents.values()) {
    const { operation: id, name, args, subjects } = intent;
    if (!isEngineRequest(name)) delayed.push({ id, name, args, subjects });
  }
  return delayed;
}
