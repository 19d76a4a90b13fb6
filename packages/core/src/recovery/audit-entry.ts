// Converged is not valid: for each committed change and each touched (invariant, key) compare the
// deficit before and after. Every commit that increases it is one violation of the open case.
// @see Brewer, CAP Twelve Years Later, "Partition recovery"; Bayou (SOSP 1995), dependency checks.

import type { Touch } from '../app/document-type.ts';
import type { ChangeHeader } from '../causality/change.ts';
import { decodeEffects } from '../causality/change-codec.ts';
import type { LogEntry } from '../causality/log-entry.ts';
import { reviveRefused } from '../coordination/fold.ts';
import { auditEdit } from './audit-edit.ts';
import type { RightsJudged } from './audit-rights.ts';
import { judgeRights } from './audit-rights.ts';
import { applyCommitted, judgeCommitted } from './audit-window.ts';
import { noteDedupKey } from './duplicates.ts';
import { judgeOperation, judgeStale } from './judge-operation.ts';
import { noteForged } from './note-forged.ts';
import type { TouchedKey } from './note-violation.ts';
import { compareDeficits } from './note-violation.ts';
import { followUnnamed, followVisible } from './overwritten.ts';
import type { PrimaryState } from './primary-state.ts';
import { measure } from './quarantine.ts';
import type { Audited } from './read-operation.ts';
import { inherit, isResultOfIntent, readOperation } from './read-operation.ts';
import { marginOf } from './rules.ts';
import { noteSagaTouch } from './saga-touch.ts';

/** Applies one committed edit or operation and notes what the audit finds. Cost: O(touched keys). */
export function auditEntry(
  state: PrimaryState,
  entry: LogEntry,
  { header, nowMs }: { readonly header: ChangeHeader; readonly nowMs: number },
): void {
  inherit(state, entry, header);
  const audited = header.operation && readOperation(state, entry, header, header.operation);
  if (audited && header.effects) {
    state.effectsById.set(audited.operation.id, decodeEffects(entry.sealed.effects));
  }
  if (audited) auditOperation(state, audited, nowMs);
  else auditEdit(state, entry, header, nowMs);
}

function auditOperation(state: PrimaryState, audited: Audited, nowMs: number): void {
  state.guarded = undefined; // It may write what edits are compared with.
  if (audited.header.kind === 'operation' && wentOnAfterResult(state, audited)) return;
  const judged = judgeOperation(state, audited);
  // A rule that throws is the author's mistake, and no reason to void what somebody did.
  const compared = [...judged.keys, ...(judged.others ?? [])];
  const touched = compared.flatMap(([invariant, key], index): TouchedKey[] => {
    const before = measure(state, audited, [invariant, key]);
    if (before === undefined) return [];
    const isActedOn = index < judged.keys.length;
    return [{ invariant, key, isActedOn, before, margin: marginOf(state, [invariant, key]) }];
  });
  const changed = applyOperation(state, audited);
  const isKept = judged.stale === undefined || judgeStale(state, audited, judged.stale) === 'kept';
  const stands = standsOnRights(state, audited, { touched: changed, stands: isKept });
  if (stands) noteSagaTouch(state, audited, changed);
  for (const one of touched) compareDeficits(state, { ...audited, stands }, one, nowMs);
  noteRemarks(state, audited, { touched: changed, stands });
}

/** What is to be said of operations that stand: of this one, and of those that it covered. */
function noteRemarks(
  state: PrimaryState,
  audited: Audited,
  o: Pick<RightsJudged, 'touched' | 'stands'>,
): void {
  const { recorded, place, operation, header } = audited;
  const isAct = header.kind === 'operation' || isResultOfIntent(state, audited);
  if (!isAct) return followUnnamed(state, { by: operation.id, place, ...o });
  if (o.stands) noteDedupKey(state, operation);
  followVisible(state, { by: operation.id, place, recorded, ...o });
}

/** It proceeded after the primary had run it: counted once, under its id. */
function wentOnAfterResult(state: PrimaryState, audited: Audited): boolean {
  const { id } = audited.operation;
  // Or before the primary came to it, or before the refusal was heard of: then it is judged itself.
  const isUnheard = state.intents.delete(id) || reviveRefused(state.fold, id);
  if (isUnheard) state.proceeded.add(id);
  if (!state.fold.executed.has(id)) return false;
  const { place, update } = audited;
  applyCommitted(state, { place, update, operation: id });
  judgeRights(state, { ...audited, ...rightsOf(audited), touched: [], stands: false });
  return true;
}

function applyOperation(
  state: PrimaryState,
  { operation, place, update }: Audited,
): readonly Touch[] {
  if (update.length === 0) return [];
  const applied = applyCommitted(state, { place, update, operation: operation.id });
  noteForged(state, place.position, applied);
  return applied.type === 'applied' ? applied.touched : [];
}

function rightsOf({ header, recorded }: Audited): Pick<RightsJudged, 'isResult' | 'replica'> {
  return { isResult: header.kind === 'result', replica: recorded.replica };
}

/** What spends without rights is void, whatever it was promised to anybody. */
function standsOnRights(
  state: PrimaryState,
  audited: Audited,
  o: Pick<RightsJudged, 'touched' | 'stands'>,
): boolean {
  const { operation } = audited;
  const key = judgeRights(state, { operation, ...rightsOf(audited), ...o });
  if (key === undefined) return o.stands;
  const { invariant } = operation.decision;
  const reason = `no rights on ${key} were left for it`;
  judgeCommitted(state, [{ operation: operation.id, verdict: 'void' }]);
  state.facts.push({
    ...{ fact: 'refused', operation: operation.id, code: 'no-rights' },
    ...{ reason, invariant, key },
  });
  return false;
}
