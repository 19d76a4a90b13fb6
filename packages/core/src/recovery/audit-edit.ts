// Plain edits at the primary. A library's own types take whatever an editor does; where an invariant
// guards a root, an edit of it is audited as an operation would be, under a name made for it. What the
// change calls itself does not matter: a client may lie, the roots that it touches do not.
import type { Touch } from '../app/document-type.ts';
import type { ChangeHeader } from '../causality/change.ts';
import type { LogEntry } from '../causality/log-entry.ts';
import { attempt } from './attempt.ts';
import { applyCommitted } from './audit-window.ts';
import { codeOf } from './code-versions.ts';
import { editId, isEditId } from './edit-id.ts';
import { noteForged } from './note-forged.ts';
import type { TouchedKey } from './note-violation.ts';
import { compareDeficits } from './note-violation.ts';
import { followUnnamed } from './overwritten.ts';
import type { GuardedDeficits, GuardedLook, PrimaryState } from './primary-state.ts';
import { keyName } from './primary-state.ts';
import type { Audited } from './read-operation.ts';
import { placeOf } from './read-operation.ts';
import type { RuleKey } from './rules.ts';
import { deficitOf, guardedKeys, marginOf } from './rules.ts';
import { weightOf } from './sum-trials.ts';

/**
 * Applies one committed edit and notes what it covered and what it broke. Cost: its size; where an
 * invariant guards what it touches O(keys of that invariant), twice after an operation came between.
 */
export function auditEdit(
  state: PrimaryState,
  entry: LogEntry,
  header: ChangeHeader,
  nowMs: number,
): void {
  const before = state.guardedRoots.size > 0 ? (state.guarded ?? lookAtGuarded(state)) : undefined;
  const edit = toAudited(state, entry, header);
  const { place, update } = edit;
  if (update.length === 0) return;
  const applied = applyCommitted(state, { place, update, operation: undefined });
  noteForged(state, place.position, applied);
  if (applied.type !== 'applied') return;
  const { touched } = applied;
  followUnnamed(state, { by: edit.operation.id, place: edit.place, touched });
  if (!before) return;
  const isGuarded = touched.some(({ root }) => state.guardedRoots.has(root));
  state.guarded = isGuarded ? undefined : before;
  if (isGuarded) compareGuarded(state, edit, { before, touched, nowMs });
}

/** An edit in the form in which operations are audited; it states neither person, mode nor time. */
function toAudited(state: PrimaryState, entry: LogEntry, header: ChangeHeader): Audited {
  const { author, seq, position, sealed } = entry;
  const id = editId(author.writer, seq);
  const name = 'edit';
  const { replica } = author;
  const said = { user: '', wallMs: 0 };
  const decision = { mode: 'connected', cell: 'safe', invariant: '*' } as const;
  const { mode } = decision;
  const user = { id: said.user, roles: [] };
  const operation = { id, name, codeVersion: state.definition.version, ...said, decision };
  return {
    header: { ...header, kind: 'operation' },
    operation,
    code: codeOf(state, operation, null),
    summary: { id, name, args: null, replica, mode, ...said, position, externalised: false },
    recorded: { id, name, args: null, replica, mode, wallMs: said.wallMs, user, subjects: [] },
    place: placeOf(state, entry, header),
    update: sealed.payload,
    thrown: undefined,
  };
}

function compareGuarded(
  state: PrimaryState,
  edit: Audited,
  o: {
    readonly before: GuardedDeficits;
    readonly touched: readonly Touch[];
    readonly nowMs: number;
  },
): void {
  for (const [invariant, key] of keysTouched(state, o)) {
    const name = keyName(invariant, key);
    const look = o.before.get(name);
    const before = look?.deficit ?? state.cases.get(name)?.deficit ?? 0;
    const one = { invariant, key, isActedOn: true, before, margin: look?.margin };
    forgetEarlierEdits(state, name, edit);
    // A rule that throws on what somebody wrote can be asked by nobody: the audit goes on.
    const now = attempt(() => deficitOf(state, invariant, key));
    if (!('value' in now) || now.value === before) noteInHistory(state, one, edit);
    else compareDeficits(state, { ...edit, stands: true }, one, o.nowMs);
  }
}

/** What the invariants of the touched roots say, before and after, and the contended keys among them. */
function keysTouched(
  state: PrimaryState,
  { before, touched }: { readonly before: GuardedDeficits; readonly touched: readonly Touch[] },
): readonly RuleKey[] {
  const keys = new Map<string, RuleKey>();
  const add = (invariant: string, key: string): void =>
    void keys.set(keyName(invariant, key), [invariant, key]);
  for (const { root, key } of touched) {
    for (const invariant of state.guardedRoots.get(root) ?? []) {
      if (key !== undefined) {
        add(invariant, key);
        continue;
      }
      for (const one of before.values()) if (one.invariant === invariant) add(invariant, one.key);
      for (const one of guardedKeys(state, invariant)) add(invariant, one);
    }
  }
  return [...keys.values()];
}

/** The deficits of everything guarded by now; what throws is left out. */
function lookAtGuarded(state: PrimaryState): GuardedDeficits {
  const looks: Map<string, GuardedLook> = new Map();
  for (const invariant of new Set([...state.guardedRoots.values()].flat())) {
    attempt(() => {
      for (const key of guardedKeys(state, invariant)) {
        const deficit = deficitOf(state, invariant, key);
        const margin = marginOf(state, [invariant, key]);
        looks.set(keyName(invariant, key), { invariant, key, deficit, margin });
      }
    });
  }
  return looks;
}

/** Of one writer's edits the newest speaks for all: who has seen it has seen the others, too. */
function forgetEarlierEdits(state: PrimaryState, name: string, { place }: Audited): void {
  const history = state.history.get(name) ?? [];
  const isEarlier = (one: (typeof history)[number]): boolean =>
    isEditId(one.summary.id) && one.place.writer === place.writer;
  if (history.some(isEarlier)) {
    state.history.set(
      name,
      history.filter((one) => !isEarlier(one)),
    );
  }
}

function noteInHistory(
  state: PrimaryState,
  { invariant, key, margin }: TouchedKey,
  { summary, place }: Audited,
): void {
  const name = keyName(invariant, key);
  const history = state.history.get(name) ?? [];
  const step = { before: margin, after: marginOf(state, [invariant, key]) };
  const weight = weightOf(step, history.at(-1));
  const one = { summary, place, isMending: false, margin: step.after, weight };
  state.history.set(name, [...history, one]);
}
