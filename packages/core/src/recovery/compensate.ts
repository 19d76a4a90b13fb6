// Mending a case once: restore brings the deficit to 0, amend pays for what had left the system.
// It runs on a copy of the audited state; only the log's conditional append makes it happen.

import type { Case } from '../app/compensation.ts';
import type { Ran } from '../app/document-type.ts';
import type { EffectRecord, RunContext } from '../app/operation.ts';
import { Bug } from '../assert.ts';
import type { CaseFact } from '../coordination/facts.ts';
import type { Moment } from '../moment.ts';
import { deficitOf } from './auditor.ts';
import { caseOf, compensationId } from './case.ts';
import type { CaseWork, PrimaryState } from './primary-state.ts';

/** What to append for a case: a result change with its update, or only the fact that it is over. */
export interface Mending {
  readonly fact: CaseFact;
  readonly result?: {
    readonly operation: string;
    readonly args: { readonly case: string; readonly invariant: string; readonly key: string };
    readonly ran: Extract<Ran, { type: 'ran' }>;
    readonly effects: readonly EffectRecord[];
  };
}

/** When a case may be mended, in ms of the primary's monotonic clock. */
export function dueMs(state: PrimaryState, work: CaseWork): number {
  const declared = state.definition.compensations[work.invariant];
  const settleMs = declared?.on === 'commit' ? 0 : (declared?.settleMs ?? 60_000);
  return work.openedMs + settleMs;
}

/** Decides how a due case ends. Pure but for a fork of the document: O(document). */
export function mend(state: PrimaryState, work: CaseWork, moment: Moment): Mending {
  const declared = state.definition.compensations[work.invariant];
  const before = deficitOf(state, work.invariant, work.key);
  const healed = work.deficit === 0 || before === 0;
  if (!declared) return { fact: closing(work, healed ? 'healed' : 'escalated') };
  if (healed && (declared.whenHealed ?? 'forgive') === 'forgive') {
    return { fact: closing(work, 'healed') };
  }
  const record = state.fold.casesById.get(work.id);
  if (!record)
    throw new Bug('unknown-case', `${work.id} is due before its violation is in the log`);
  const found = caseOf({ ...record, deficit: healed ? 0 : before, affected: work.affected });
  const id = compensationId(work.id, healed ? 'amend' : 'restore');
  const effects: EffectRecord[] = [];
  const op = contextOf(state, id, moment, effects);
  const copy = state.document.fork(state.author.clientId);
  const ran = copy.run({ operation: id }, (roots) => {
    if (!healed) declared.restore(roots, found as Case<{}, string>, op);
    declared.amend?.(roots, found as Case<{}, string>, op);
  });
  const left = deficitOf(
    { definition: state.definition, document: copy },
    work.invariant,
    work.key,
  );
  copy.close();
  // A compensation that throws or does not heal must not be repeated for ever: people decide.
  const isMended = left === 0 || (healed && left <= before);
  if (ran.type === 'threw' || !isMended) return { fact: closing(work, 'escalated') };
  const { invariant, key } = work;
  return {
    fact: { ...closing(work, 'compensated'), compensation: id },
    result: { operation: id, args: { case: work.id, invariant, key }, ran, effects },
  };
}

function closing(work: CaseWork, state: CaseFact['state']): CaseFact {
  const deficit = state === 'escalated' ? work.deficit : 0;
  return { fact: 'case', id: work.id, state, deficit, affected: work.affected };
}

function contextOf(
  state: PrimaryState,
  id: ReturnType<typeof compensationId>,
  moment: Moment,
  effects: EffectRecord[],
): RunContext<{}> {
  return {
    id,
    user: { id: 'primary', roles: [] },
    replica: state.author.replica,
    mode: 'connected',
    wallMs: moment.wallMs,
    effect: (name: string, payload: unknown) => {
      const type = state.definition.effects[name];
      if (!type) throw new Bug('unknown-effect', `effect "${name}" is not declared in defineApp`);
      effects.push({ index: effects.length, name, payload });
    },
  };
}
