// How do an operation of this replica, and a key that it touched, stand? One word each, for the screen.
//
//   operation: unsaved ─▶ tentative | delayed ─▶ committed ─▶ confirmed | compensated | refused
//   key:       conflicted while a case on it is not closed or a register holds several values of it;
//              else the least certain of its operations
import type { Touch } from '../app/document-type.ts';
import { isClosed } from '../coordination/case-fold.ts';
import type { CaseId, OperationId } from '../identity.ts';
import type { ReceiptState } from '../outcome.ts';
import type { PendingChange, ReplicaState } from '../replica-state.ts';
import type { DelayedOperation } from './delayed-operations.ts';
import { delayedOperations } from './delayed-operations.ts';
import { subjectsOf } from './note-own.ts';
import type { OwnOperation } from './own-operations.ts';
import { touchName } from './own-operations.ts';

/** Least certain first. `unsaved` lasts until the disk answers: nothing is called saved before (I1). */
export const operationStatuses = [
  'unsaved',
  'tentative',
  'delayed',
  'committed',
  'confirmed',
  'compensated',
  'refused',
] as const;
export type OperationStatus = (typeof operationStatuses)[number];
export const keyStatuses = ['conflicted', ...operationStatuses] as const;
export type KeyStatus = (typeof keyStatuses)[number];

/** A key with the reasons for its status. */
export interface KeyMark {
  readonly status: KeyStatus;
  /** Of this replica: the operations that make it so, oldest first. None for plain edits. */
  readonly operations: readonly OperationId[];
  /** The cases that are not closed; none where it is a register's values that are in conflict. */
  readonly cases: readonly CaseId[];
}

/** Beyond it there is nothing to wait for: only the newest one speaks. */
const lastUncertain = operationStatuses.indexOf('committed');

/** Undefined for what this replica knows nothing of. Cost: O(1 + waiting intents). */
export function operationStatus(
  state: ReplicaState,
  id: OperationId,
  delayed: readonly DelayedOperation[] = delayedOperations(state),
): OperationStatus | undefined {
  const rung = state.receipts.get(id);
  const status = rung && statusOfRung(rung);
  const isWaiting = !status || status === 'unsaved' || status === 'tentative';
  return isWaiting && delayed.some((waiting) => waiting.id === id) ? 'delayed' : status;
}

/** The word for a rung of the ladder. */
export function statusOfRung(rung: ReceiptState): OperationStatus {
  if (rung.type === 'deciding') return 'unsaved';
  if (rung.type === 'saved') return rung.as === 'intent' ? 'delayed' : 'tentative';
  // Whether it happens is open until the log says so.
  return rung.type === 'cancelling' ? 'delayed' : rung.type;
}

/**
 * How a contended key stands, or (without `key`) a root of the document library's own types.
 * Undefined where nothing of this replica touched it, no case is about it, and no register's values
 * of it are in conflict.
 *
 * @remarks Cost: O(queue + cases + own unsettled operations on the key). Of what was committed before
 * the snapshot that this page began with, only cases are known.
 */
export function keyStatus(
  state: ReplicaState,
  touch: Touch,
  delayed: readonly DelayedOperation[] = delayedOperations(state),
): KeyMark | undefined {
  const acts = actsOn(state, touch, delayed);
  const cases = openCases(state, touch, acts);
  const { root, key } = touch;
  const isContested = key !== undefined && state.document.hasConflict(root, key);
  if (cases.length > 0 || isContested) {
    return { status: 'conflicted', operations: idsOf(acts), cases };
  }
  const [first] = [...acts].sort((a, b) => rankOf(a) - rankOf(b));
  if (!first) return undefined;
  const isOver = rankOf(first) > lastUncertain;
  const status = isOver ? (acts.at(-1)?.status ?? first.status) : first.status;
  const alike = isOver ? acts.slice(-1) : acts.filter((act) => act.status === status);
  return { status, operations: idsOf(alike), cases };
}

function idsOf(acts: readonly Act[]): readonly OperationId[] {
  return acts.flatMap(({ id }) => (id ? [id] : []));
}

/** Something of this replica that touched the key, in commit order and then in that of the queue. */
interface Act {
  readonly id?: OperationId;
  readonly status: OperationStatus;
  /** What it is about, in words that cases use. */
  readonly about: () => Pick<OwnOperation, 'touched' | 'subjects'>;
}

function rankOf({ status }: Act): number {
  return operationStatuses.indexOf(status);
}

function actsOn(
  state: ReplicaState,
  touch: Touch,
  delayed: readonly DelayedOperation[],
): readonly Act[] {
  const name = touchName(touch);
  const isTouched = (touched: readonly Touch[]) => touched.some((one) => touchName(one) === name);
  const acts: Act[] = [];
  for (const id of state.own.byTouch.get(name) ?? []) {
    const own = state.own.byId.get(id);
    const status = operationStatus(state, id, delayed);
    // Until this device has stored that it is committed it stands in the queue, too.
    const isQueued = status === 'tentative' || status === 'unsaved';
    if (own && status && !isQueued) acts.push({ id, status, about: () => own });
  }
  for (const pending of state.queue.values()) {
    if (isTouched(pending.touched)) acts.push(actOf(state, pending));
  }
  if (isTouched(state.edits.touched)) acts.push({ status: 'unsaved', about: () => nothing });
  for (const { id, subjects } of delayed) {
    if (touch.key === undefined || !subjects.includes(touch.key)) continue;
    acts.push({ id, status: 'delayed', about: () => ({ touched: [], subjects }) });
  }
  return acts;
}

const nothing = { touched: [], subjects: [] } as const;

function actOf(state: ReplicaState, pending: PendingChange): Act {
  const { change, isSaved, touched } = pending;
  const id = change.header.operation?.id;
  const status = isSaved ? 'tentative' : 'unsaved';
  return {
    ...(id && { id }),
    status,
    about: () => ({ touched, subjects: subjectsOf(state, change) }),
  };
}

/**
 * Cases are named by an invariant's key: mostly the key itself, else a subject of an operation on it.
 * A subject that is a touched key of that operation speaks for that key alone.
 */
function openCases(state: ReplicaState, touch: Touch, acts: readonly Act[]): readonly CaseId[] {
  const open = [...state.fold.casesById.values()].filter((found) => !isClosed(found.state));
  if (open.length === 0) return [];
  const isAbout = (act: Act, key: string): boolean => {
    const { touched, subjects } = act.about();
    return subjects.includes(key) && !touched.some((one) => one.key === key);
  };
  return open
    .filter(({ key }) => key === touch.key || acts.some((act) => isAbout(act, key)))
    .map(({ id }) => id);
}
