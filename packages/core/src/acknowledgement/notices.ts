// Which of the things that a person was shown turned out otherwise? Derived from facts each time, under
// ids that are the same at every look, so that what was dismissed once stays dismissed.
import type { Verdict } from '../app/document-type.ts';
import type { CaseRecord } from '../coordination/case-fold.ts';
import { isClosed } from '../coordination/case-fold.ts';
import type { OperationSummary } from '../coordination/operation-summary.ts';
import type { CaseId, OperationId } from '../identity.ts';
import { isEditId } from '../recovery/edit-id.ts';
import type { ReplicaState } from '../replica-state.ts';
import type { OperationStatus } from './key-status.ts';
import { operationStatus } from './key-status.ts';
import { subjectsOf } from './note-own.ts';
import { namesOf } from './own-operations.ts';
import { toRemark } from './remarks.ts';

/** What was shown before, and what holds now. */
export const alterations = [
  /** It does not stand: a rule it relied on no longer held when its turn came. */
  'refused',
  /** It made a rule worse, and was mended. */
  'compensated',
  /** A claim lost its slot and has another one, or (`void`) none. */
  'moved',
  'void',
  /** A case is open on a key that it touched. */
  'conflicted',
  /** That case is closed, and nothing else of it concerns this replica. */
  'resolved',
  /** It stands, beside another one with the same `dedupKey`: somebody should look. */
  'duplicate',
  /** It stands, and nothing of it is to be seen: a concurrent change took its place. */
  'overwritten',
  /** An edit of a root that only operations may write: it cannot be un-made, and is audited. */
  'guarded',
] as const;
export type AlterationKind = (typeof alterations)[number];

export interface Alteration {
  /** The same at every look, on every page. */
  readonly id: string;
  /** The own operation that it is about: of several the newest. Or an own edit (`e:writer:seq`). */
  readonly operation: OperationId;
  readonly name: string;
  readonly from: OperationStatus | 'conflicted';
  readonly to: AlterationKind;
  /**
   * The reason of a refusal, the invariant of a case, how a case was closed, the slot of a claim, the
   * other operation of a remark, the root that is guarded.
   */
  readonly why: string;
  readonly keys: readonly string[];
  readonly case?: CaseId;
}

/**
 * Everything that was altered, as far as this page knows it. An operation refused before it was saved
 * is not among it: nobody was shown that it had worked.
 *
 * @remarks `wasShown`: was the alteration with this id told before? A case that opened and closed while
 * nobody looked is nobody's news. Cost: O(cases + refusals + remarks + verdicts), and O(queue) per
 * open case.
 */
export function findAlterations(
  state: ReplicaState,
  wasShown: (id: string) => boolean,
): readonly Alteration[] {
  const refused = [...state.fold.refusedById.values()].flatMap(({ operation, reason, code }) => {
    const isOwn = state.receipts.get(operation)?.type === 'refused';
    // What the engine asked for itself was shown to nobody; what was cancelled, somebody wanted so.
    const isNews = state.own.byId.has(operation) && code !== 'cancelled';
    return isOwn && isNews ? [altered(state, operation, { to: 'refused', why: reason })] : [];
  });
  const judged = [...state.own.verdicts.values()].flatMap((verdict) => judgedOf(state, verdict));
  const told = new Set([...refused, ...judged].map(({ operation }) => operation));
  const cases = [...state.fold.casesById.values()];
  const mended = cases.flatMap((found) => mendedOf(state, found, told));
  const done = new Set(mended.map((alteration) => alteration.case));
  for (const found of cases) {
    if (found.violations.some(({ trigger }) => told.has(trigger.id))) done.add(found.id);
  }
  const open = cases.flatMap((found) => standingOf(state, found, { done, wasShown }));
  return [...refused, ...judged, ...mended, ...open, ...remarkedOf(state), ...guardedOf(state)];
}

/** Once per root and page: a person types on. */
function guardedOf(state: ReplicaState): readonly Alteration[] {
  return [...state.own.guardedEdits].map(([root, edit]) => {
    const from = 'tentative';
    return altered(state, edit, { id: `${edit}:guarded:${root}`, from, to: 'guarded', why: root });
  });
}

/** Of what this page knows to be its own: others read it where they look, and nobody else is told. */
function remarkedOf(state: ReplicaState): readonly Alteration[] {
  return [...state.fold.remarks.byOperation].flatMap(([operation, facts]) => {
    if (!state.own.byId.has(operation)) return [];
    return facts.map(toRemark).map(({ type, other, key }) => {
      const id = [operation, type, key].join(':');
      return altered(state, operation, { id, to: type, why: other, keys: [key] });
    });
  });
}

function altered(
  state: ReplicaState,
  operation: OperationId,
  o: Pick<Alteration, 'to' | 'why'> & Partial<Alteration>,
): Alteration {
  const own = state.own.byId.get(operation);
  return {
    id: `${operation}:${o.to}`,
    operation,
    name: own?.name ?? (isEditId(operation) ? 'edit' : ''),
    from: own?.as === 'intent' ? 'delayed' : 'committed',
    keys: own ? namesOf(own) : [],
    ...o,
  };
}

function judgedOf(state: ReplicaState, verdict: Verdict): readonly Alteration[] {
  const { operation, verdict: to, entry, root = '', slot = '' } = verdict;
  if (to === 'ok') return [];
  const id = [operation, to, root, entry ?? '', slot].join(':');
  const keys = slot === '' ? {} : { keys: [slot] };
  return [altered(state, operation, { id, to, why: slot, ...keys })];
}

/** A claim that was moved has been told so: that it was mended says the same in other words. */
function mendedOf(
  state: ReplicaState,
  found: CaseRecord,
  told: ReadonlySet<OperationId>,
): readonly Alteration[] {
  const { id, invariant, key } = found;
  const triggers = new Map(found.violations.map(({ trigger }) => [trigger.id, trigger]));
  return [...triggers.values()]
    .filter((one) => isMended(state, found, one) && !told.has(one.id))
    .map(({ id }) => id)
    .map((one) =>
      altered(state, one, { to: 'compensated', why: invariant, keys: [key], case: id }),
    );
}

/** An edit has no receipt: that it is its own this replica sees by who made it. */
function isMended(state: ReplicaState, found: CaseRecord, trigger: OperationSummary): boolean {
  if (isOwnEdit(state, trigger)) return found.state === 'compensated';
  return state.receipts.get(trigger.id)?.type === 'compensated';
}

function isOwnEdit({ author }: ReplicaState, { id, replica }: OperationSummary): boolean {
  return isEditId(id) && replica === author.replica;
}

function standingOf(
  state: ReplicaState,
  found: CaseRecord,
  o: { readonly done: ReadonlySet<CaseId | undefined>; readonly wasShown: (id: string) => boolean },
): readonly Alteration[] {
  const { id, invariant, key } = found;
  const openId = `${id}:conflicted`;
  const isOver = isClosed(found.state);
  if (isOver && (o.done.has(id) || !o.wasShown(openId))) return [];
  const operation = concerned(state, found);
  if (!operation) return [];
  const about = { keys: [key], case: id };
  if (isOver) {
    const closed = { id: `${id}:resolved`, from: 'conflicted', to: 'resolved' } as const;
    return [altered(state, operation, { ...about, ...closed, why: found.state })];
  }
  const from = operationStatus(state, operation) ?? 'committed';
  return [
    altered(state, operation, { ...about, id: openId, from, to: 'conflicted', why: invariant }),
  ];
}

/** The newest own operation on the key of a case, committed or not; or one that takes part in it. */
function concerned(state: ReplicaState, found: CaseRecord): OperationId | undefined {
  const { key } = found;
  for (const { change, touched } of [...state.queue.values()].reverse()) {
    const id = change.header.operation?.id;
    const isAbout =
      touched.some((one) => one.key === key) || subjectsOf(state, change).includes(key);
    if (id && isAbout) return id;
  }
  const committed = [...(state.own.byName.get(key) ?? [])].at(-1);
  if (committed) return committed;
  const participants = found.violations.flatMap((violation) => violation.participants);
  const isOwn = (one: OperationSummary): boolean =>
    state.committedAt.has(one.id) || isOwnEdit(state, one);
  return participants.filter(isOwn).at(-1)?.id;
}
