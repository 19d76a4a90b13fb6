// What is to be appended now, in the order of recovery: what the audit found, compensations, then what
// waited for them (ARCHITECTURE §6). One append at a time; where nothing is due, when something will be.
import type { Moment } from '../moment.ts';
import { nextClaimEnd } from './answer-people.ts';
import { closingFacts, nextReclaim } from './audit-rights.ts';
import { dueMs, mend } from './compensate.ts';
import type { PrimaryEffect } from './primary-io.ts';
import type { CaseWork, Due, PrimaryState } from './primary-state.ts';
import { nextRelease } from './release-effects.ts';
import { nextAnswer } from './run-intents.ts';
import { nextSagaStep } from './run-sagas.ts';
import { append, factsChange, resultChange, verdictFacts } from './seal-results.ts';
import { settlingFacts } from './settle-cases.ts';
import { nextSuperseding } from './supersede.ts';

type Decider = (state: PrimaryState, moment: Moment) => Due;

/** Whoever stands earlier goes first. */
const deciders: readonly Decider[] = [
  nextFinding,
  nextSuperseding,
  nextMending,
  nextReclaiming,
  nextClaimEnd,
  nextAnswer,
  nextSagaStep,
  nextRelease,
];

/** Cost: O(open cases × waiting effects + waiting intents + grants); what runs costs a copy of the document. */
export function nextAppend(state: PrimaryState, moment: Moment): readonly PrimaryEffect[] {
  let wakeMs = Number.POSITIVE_INFINITY;
  for (const next of deciders) {
    const due = next(state, moment);
    if ('changes' in due) return [append(state, due.changes)];
    wakeMs = Math.min(wakeMs, due.waitUntilMs);
  }
  return Number.isFinite(wakeMs) ? [{ type: 'wakeAt', monotonicMs: wakeMs }] : [];
}

const never: Due = { waitUntilMs: Number.POSITIVE_INFINITY };

function nextFinding(state: PrimaryState, moment: Moment): Due {
  const isBehind = state.operationPosition > state.fold.auditedTo;
  if (!isBehind && state.facts.length === 0) return never;
  return { changes: [factsChange(state, settlingFacts(state, moment))] };
}

/** What a case is mended with now, whatever its settling delay. */
export function mendingOf(state: PrimaryState, work: CaseWork, moment: Moment): Due {
  const { fact, result, drops = [] } = mend(state, work, moment);
  const verdicts = result ? verdictFacts(result.ran) : [];
  const facts = factsChange(state, [fact, ...verdicts, ...drops]);
  return { changes: result ? [resultChange(state, result), facts] : [facts] };
}

function nextMending(state: PrimaryState, moment: Moment): Due {
  const due = nextDue(state);
  if (!due) return never;
  if (moment.monotonicMs < due.atMs) return { waitUntilMs: due.atMs };
  return mendingOf(state, due.work, moment);
}

function nextReclaiming(state: PrimaryState, moment: Moment): Due {
  const ended = nextReclaim(state, moment);
  if (!('grant' in ended)) return { waitUntilMs: ended.atMs };
  const facts = closingFacts(ended.place, ended.grant, 'reclaimed');
  return { changes: [factsChange(state, facts)] };
}

function nextDue(
  state: PrimaryState,
): { readonly work: CaseWork; readonly atMs: number } | undefined {
  const healed = state.healed.find((work) => !work.isEscalated); // Nothing is left to wait for.
  let next = healed && { work: healed, atMs: Number.NEGATIVE_INFINITY };
  for (const work of state.cases.values()) {
    const atMs = dueMs(state, work);
    if (!work.isEscalated && (!next || atMs < next.atMs)) next = { work, atMs };
  }
  return next;
}
