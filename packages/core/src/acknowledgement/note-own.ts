// Keeping what this replica's operations touched, at the moment when the log and the queue part with it.
import type { Touch, Verdict } from '../app/document-type.ts';
import type { Change } from '../causality/change.ts';
import { decodeOperationPayload } from '../causality/change-codec.ts';
import type { OperationId } from '../identity.ts';
import { isEngineRequest } from '../intents/intent.ts';
import type { ReplicaState } from '../replica-state.ts';
import type { OwnOperation } from './own-operations.ts';
import { namesOf, touchName } from './own-operations.ts';

/**
 * Keeps what a committed operation of this replica touched, the primary's results for it included.
 * Cost: O(keys), amortised.
 */
export function noteOwn(state: ReplicaState, change: Change, touched: readonly Touch[]): void {
  const { kind, operation } = change.header;
  if (!operation || isEngineRequest(operation.name)) return;
  const isOurs = change.author.replica === state.author.replica || state.intents.has(operation.id);
  if (!isOurs) return;
  const as = kind === 'intent' ? 'intent' : 'applied';
  const subjects = subjectsOf(state, change);
  const own: OwnOperation = { name: operation.name, touched, subjects, as };
  state.own.byId.set(operation.id, own);
  for (const touch of touched) append(state, state.own.byTouch, touchName(touch), operation.id);
  for (const name of namesOf(own)) append(state, state.own.byName, name, operation.id);
}

/** Keeps what the primary decided of an own claim: the document shows it, but not that it changed. */
export function noteVerdict(state: ReplicaState, verdict: Verdict): void {
  const { operation, root = '', entry = '' } = verdict;
  if (!state.own.byId.has(operation) && !state.committedAt.has(operation)) return;
  state.own.verdicts.set(JSON.stringify([operation, root, entry]), verdict);
}

/** What an operation says it is about; nothing where the application's code throws. */
export function subjectsOf(state: ReplicaState, { header, sealed }: Change): readonly string[] {
  const { operation } = header;
  if (!operation || !Object.hasOwn(state.app.operations, operation.name)) return [];
  const declared = state.app.operations[operation.name]?.subjects;
  const payload = declared && decodeOperationPayload(sealed.payload);
  if (!payload) return [];
  try {
    return declared(payload.args);
  } catch {
    return []; // It threw at `run`, too, where it was told to the caller.
  }
}

/** Audits go in commit order, so what is settled stands in front: of it only the last one is kept. */
function append(
  state: ReplicaState,
  lists: Map<string, Set<OperationId>>,
  name: string,
  operation: OperationId,
): void {
  const list = lists.get(name) ?? new Set();
  lists.set(name, list);
  for (const first of list) {
    if (!isSettled(state, first)) break;
    list.delete(first);
  }
  list.add(operation);
}

function isSettled(state: ReplicaState, operation: OperationId): boolean {
  const rung = state.receipts.get(operation)?.type;
  return rung === 'confirmed' || rung === 'compensated' || rung === 'refused';
}
