// What the primary decided, as its facts come with the log: the fold keeps them, the document shows them.
import { noteVerdict } from '../acknowledgement/note-own.ts';
import type { OperationId } from '../identity.ts';
import { intentAnswered } from '../intents/keep-intents.ts';
import type { ReplicaState } from '../replica-state.ts';
import { decodeFacts } from './facts.ts';
import { foldFact, reviveRefused } from './fold.ts';

/** Folds what the primary said, and carries it to the document, the receipts and the intents. */
export function applyFacts(state: ReplicaState, payload: Uint8Array, position: number): void {
  for (const fact of decodeFacts(payload) ?? []) {
    foldFact(state.fold, fact);
    if (fact.fact === 'grant' || fact.fact === 'grant-closed') state.rights.isStale = true;
    if (fact.fact === 'verdict') {
      state.document.judge([fact.verdict]);
      noteVerdict(state, fact.verdict);
    }
    if (fact.fact === 'refused') {
      const isGoingOn = hasProceeded(state, fact.operation);
      if (!isGoingOn) state.document.judge([{ operation: fact.operation, verdict: 'void' }]);
    }
    if (fact.fact === 'refused' || fact.fact === 'executed' || fact.fact === 'proceeded') {
      intentAnswered(state, fact.operation, position);
    }
  }
}

/** It was done here before the refusal of its intent came, and will be judged when it is committed. */
function hasProceeded({ queue }: ReplicaState, operation: OperationId): boolean {
  for (const { change, position } of queue.values()) {
    const { kind, operation: named } = change.header;
    if (named?.id === operation && kind === 'operation' && position === undefined) return true;
  }
  return false;
}

/** Its intent had been refused: the operation itself is judged anew. */
export function revive(state: ReplicaState, operation: OperationId): void {
  if (!reviveRefused(state.fold, operation)) return;
  state.document.judge([{ operation, verdict: 'ok' }]);
}
