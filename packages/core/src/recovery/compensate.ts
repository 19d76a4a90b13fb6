// Mending a case once: restore brings the deficit to 0, amend pays for what had left the system.
// It runs on a copy of the audited state; only the log's conditional append makes it happen.

import type { AppDefinition } from '../app/app-definition.ts';
import type { CompensationContext, Escalation } from '../app/compensation.ts';
import type { EffectRecord, Schemas } from '../app/operation.ts';
import { recordEffects } from '../app/record-effects.ts';
import { Bug } from '../assert.ts';
import type { OperationHeader } from '../causality/change.ts';
import type { CaseFact } from '../coordination/case-facts.ts';
import type { CaseRecord } from '../coordination/case-fold.ts';
import { withFinal } from '../coordination/case-fold.ts';
import type { EffectDroppedFact } from '../coordination/outbox-facts.ts';

import type { OperationId } from '../identity.ts';
import type { Moment } from '../moment.ts';
import type { Asking } from './ask-people.ts';
import { questionOf } from './ask-people.ts';
import { attempt } from './attempt.ts';
import { caseOf, compensationId } from './case.ts';
import { brokenBeside } from './other-rules.ts';
import type { CaseWork, PrimaryState } from './primary-state.ts';
import { deficitOf } from './rules.ts';
import type { Result } from './seal-results.ts';
import { withholdEffects } from './withhold.ts';

/** What to append for a case: a result change with its update, or only the fact that it is over. */
export interface Mending {
  readonly fact: CaseFact;
  readonly result?: Result;
  /** Effects that are withheld with it. */
  readonly drops?: readonly EffectDroppedFact[];
}

/** When a case may be mended, in ms of the primary's monotonic clock. */
export function dueMs(state: PrimaryState, work: CaseWork): number {
  const declared = state.definition.compensations[work.invariant];
  const settleMs = declared?.on === 'commit' ? 0 : (declared?.settleMs ?? 60_000);
  return work.openedMs + settleMs;
}

/**
 * Decides how a due case goes on. Pure but for a fork of the document.
 *
 * @remarks Cost: O(document), and what `brokenBeside` compares.
 */
export function mend(state: PrimaryState, work: CaseWork, moment: Moment): Mending {
  const record = state.fold.casesById.get(work.id);
  if (!record)
    throw new Bug('unknown-case', `${work.id} is due before its violation is in the log`);
  const declared = state.definition.compensations[work.invariant];
  const measured = attempt(() => deficitOf(state, work.invariant, work.key));
  // A rule that throws says neither that it is mended nor how: people decide.
  if ('thrown' in measured) return ask(state, work, { cause: 'threw', detail: measured.thrown });
  const before = measured.value;
  const healed = work.deficit === 0 || before === 0;
  if (!declared && !healed) return ask(state, work, { cause: 'no-compensation' });
  if (!declared || (healed && (declared.whenHealed ?? 'forgive') === 'forgive')) {
    return { fact: closing(work, 'healed', healed) };
  }
  if (isHistoryLost(state, record)) {
    const { fact } = ask(state, work, { cause: 'external-history-lost' });
    return { fact: { ...fact, reason: 'external-history-lost' } };
  }
  const tried = runMending(state, { work, record, declared, before, healed, moment });
  if ('cause' in tried) return ask(state, work, tried);
  const { id, ran, effects, drops } = tried;
  const { invariant, key } = work;
  const operation: OperationHeader = {
    id,
    name: `compensate.${invariant}`,
    codeVersion: state.definition.version,
    user: 'primary',
    wallMs: moment.wallMs,
    decision: { mode: 'connected', cell: 'safe', invariant },
  };
  return {
    fact: { ...closing(work, 'compensated', healed), compensation: id },
    result: { operation, args: { case: work.id, invariant, key }, ran, effects },
    drops,
  };
}

interface MendingRun {
  readonly work: CaseWork;
  readonly record: CaseRecord;
  readonly declared: NonNullable<AppDefinition['compensations'][string]>;
  readonly before: number;
  readonly healed: boolean;
  readonly moment: Moment;
}

interface Mended extends Pick<Result, 'ran' | 'effects'> {
  readonly id: OperationId;
  readonly drops: readonly EffectDroppedFact[];
}

/** Runs it on a copy: what it did, or why people are to be asked instead. */
function runMending(
  state: PrimaryState,
  { work, record, declared, before, healed, moment }: MendingRun,
): Mended | Asking {
  const { invariant, key, affected } = work;
  const { violations } = healed ? record : withFinal(record);
  const found = caseOf({ ...record, violations, deficit: healed ? 0 : before, affected });
  const id = compensationId(work.id, healed ? 'amend' : 'restore');
  const effects: EffectRecord[] = [];
  const drops = new Map<string, EffectDroppedFact>();
  const op = contextOf(state, { id, moment, effects, drops });
  const copy = state.document.fork(state.author.clientId);
  try {
    let asked: Escalation<Schemas> | undefined;
    const ran = copy.run({ operation: id }, (roots) => {
      asked = healed ? undefined : (declared.restore(roots, found, op) ?? undefined);
      if (!asked) declared.amend?.(roots, found, op);
    });
    // A compensation that throws or does not heal must not be repeated for ever: people decide.
    if (ran.type === 'threw') return { cause: 'threw', detail: messageOf(ran.error) };
    if (asked) return { cause: 'asked', asked };
    const after = { definition: state.definition, document: copy };
    const measured = attempt(() => deficitOf(after, invariant, key));
    const left = 'value' in measured ? measured.value : Number.POSITIVE_INFINITY;
    const isMended = left === 0 || (healed && left <= before);
    if (!isMended) return { cause: 'not-healed', detail: `a deficit of ${left} is left` };
    const { touched } = ran;
    const breaks = brokenBeside(state, { rule: [invariant, key], touched, after: copy });
    if (breaks.length > 0) return { cause: 'breaks', breaks };
    return { id, ran, effects, drops: [...drops.values()] };
  } finally {
    copy.close();
  }
}

/** What no rule can end is a question for people. */
function ask(state: PrimaryState, work: CaseWork, why: Asking): Mending {
  const record = state.fold.casesById.get(work.id);
  const fact = closing(work, 'escalated', work.deficit === 0);
  return { fact: { ...fact, ...(record && { question: questionOf(state, record, why) }) } };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function closing(work: CaseWork, state: CaseFact['state'], healed: boolean): CaseFact {
  const { id } = work;
  const deficit = state === 'escalated' ? work.deficit : 0;
  const affected = [...work.affected];
  return { fact: 'case', id, state, deficit, ...(!healed && { isFinal: true }), affected };
}

/** Nobody knows what one of them did outside: to mend the state would claim that all is well. */
function isHistoryLost({ fold }: PrimaryState, { violations }: CaseRecord): boolean {
  const { lostByOperation } = fold.outbox;
  return violations.some(({ participants }) =>
    participants.some((one) => lostByOperation.has(one.id)),
  );
}

function contextOf(
  state: PrimaryState,
  o: {
    readonly id: ReturnType<typeof compensationId>;
    readonly moment: Moment;
    readonly effects: EffectRecord[];
    readonly drops: Map<string, EffectDroppedFact>;
  },
): CompensationContext<{}> {
  return {
    id: o.id,
    user: { id: 'primary', roles: [] },
    replica: state.author.replica,
    mode: 'connected',
    wallMs: o.moment.wallMs,
    effect: recordEffects(state.definition.effects, o.effects),
    withhold: (operation) => withholdEffects(state, operation, o.drops),
  };
}
