// What is in the log stands: the primary follows the facts, its own as well, as they come with it.
import type { ChangeHeader } from '../causality/change.ts';
import { decodeOperationPayload } from '../causality/change-codec.ts';
import type { LogEntry } from '../causality/log-entry.ts';
import type { CaseFact } from '../coordination/case-facts.ts';
import { isClosed } from '../coordination/case-fold.ts';
import { escrowTotals } from '../coordination/escrow-fold.ts';
import type { Fact } from '../coordination/facts.ts';
import { decodeFacts } from '../coordination/facts.ts';
import { foldFact } from '../coordination/fold.ts';
import type { OutboxFact } from '../coordination/outbox-facts.ts';
import { outboxEntry } from '../coordination/outbox-fold.ts';
import { isPossibleTold } from '../coordination/possible-fold.ts';
import { hasRemark } from '../coordination/remarks-fold.ts';
import { isSagaOver } from '../coordination/saga-fold.ts';
import type { RightsTotals } from '../escrow/rights-ledger.ts';
import type { OperationId } from '../identity.ts';
import type { Moment } from '../moment.ts';
import { followGrant, followGrantClosed } from './audit-rights.ts';
import { judgeCommitted } from './audit-window.ts';

import { caseOf } from './case.ts';
import { followOutbox } from './outbox.ts';

import type { CaseWork, PrimaryState } from './primary-state.ts';
import { inherit } from './read-operation.ts';
import { pauseMs } from './saga.ts';
import { followViolation, forgetUntold } from './supersede.ts';

/** Replaces what this incarnation found itself and has not appended. */
export function followFacts(state: PrimaryState, entry: LogEntry, moment: Moment): void {
  for (const fact of decodeFacts(entry.sealed.payload) ?? []) {
    foldFact(state.fold, fact);
    if (fact.fact === 'verdict') {
      judgeCommitted(state, [fact.verdict]);
      state.guarded = undefined;
    }
    if (fact.fact === 'violation') followViolation(state, fact, moment);
    if (fact.fact === 'case') followCase(state, fact, { entry, moment });
    if (fact.fact === 'executed' || fact.fact === 'refused') state.intents.delete(fact.operation);
    if (fact.fact === 'grant') followGrant(state, fact, moment);
    if (fact.fact === 'grant-closed') followGrantClosed(state, fact);
    if (isOutboxFact(fact)) followOutbox(state, fact, entry, moment);
    if (fact.fact === 'saga-failed' || fact.fact === 'saga-moved')
      followSaga(state, fact.saga, moment);
    if (fact.fact === 'recall') state.recalledSinceMs.set(fact.key, moment.monotonicMs);
  }
  state.facts = state.facts.filter((fact) => !isRecorded(state, fact));
  forgetUntold(state);
}

/** It waits for its answer; one that was answered, or proceeded as an operation, is done with. */
export function followIntent(state: PrimaryState, entry: LogEntry, header: ChangeHeader): void {
  inherit(state, entry, header);
  const { operation } = header;
  const payload = decodeOperationPayload(entry.sealed.payload);
  if (!operation || !payload) return;
  const { fold } = state;
  const isAnswered = fold.executed.has(operation.id) || fold.refusedById.has(operation.id);
  if (state.proceeded.has(operation.id)) {
    state.facts.push({ fact: 'proceeded', operation: operation.id });
    return;
  }
  if (isAnswered || state.intents.has(operation.id)) return;
  const { args } = payload;
  const { author, position } = entry;
  state.intents.set(operation.id, { operation, args, replica: author.replica, position });
}

function followCase(
  state: PrimaryState,
  fact: CaseFact,
  { entry, moment }: { readonly entry: LogEntry; readonly moment: Moment },
): void {
  const isAbout = (work: CaseWork): boolean => work.id === fact.id;
  if (fact.state === 'claimed') state.claimedSinceMs.set(fact.id, moment.monotonicMs);
  else state.claimedSinceMs.delete(fact.id);
  if (isClosed(fact.state)) {
    for (const [name, work] of state.cases) if (isAbout(work)) state.cases.delete(name);
    state.healed = state.healed.filter((work) => !isAbout(work));
  } else if (fact.state === 'escalated') {
    for (const work of [...state.cases.values(), ...state.healed]) {
      // A choice that left a deficit answers its question: what is left is asked anew.
      if (isAbout(work)) work.isEscalated = fact.resolution === undefined;
    }
    const record = state.fold.casesById.get(fact.id);
    const isOurs = entry.author.writer === state.author.writer;
    if (record && fact.question && isOurs) {
      state.asked.push({ type: 'tellEscalation', found: caseOf(record) });
    }
  }
}

function isOutboxFact(fact: Fact): fact is OutboxFact {
  return fact.fact === 'history-lost' || 'effect' in fact;
}

/** A step that failed is tried again after a pause; where it turned, there is nothing to wait for. */
function followSaga(state: PrimaryState, saga: OperationId, moment: Moment): void {
  const record = state.fold.sagas.byId.get(saga);
  const attempts = record?.failing?.attempts;
  if (attempts === undefined) state.sagaRetryAtMs.delete(saga);
  else state.sagaRetryAtMs.set(saga, moment.monotonicMs + pauseMs(attempts));
  if (!record || isSagaOver(record)) state.sagaTouch.delete(saga);
}

function isRecorded(state: PrimaryState, fact: Fact): boolean {
  const { fold } = state;
  switch (fact.fact) {
    case 'violation':
      return (
        // Whatever the audit said nothing of by then was no violation: of its rules, not of today's.
        fact.position <= fold.auditedTo ||
        (fold.casesById.get(fact.case)?.violations.some((known) => known.id === fact.id) ?? false)
      );
    case 'refused':
      return fold.refusedById.has(fact.operation);
    case 'stale':
      return fold.staleById.has(fact.operation);
    case 'quarantined':
      return fold.quarantinedById.has(fact.operation);
    case 'forged-entry':
      return fact.position <= fold.auditedTo;
    case 'case': {
      const known = fold.casesById.get(fact.id);
      return known !== undefined && (isClosed(known.state) || known.state === fact.state);
    }
    case 'executed':
      return fold.executed.has(fact.operation);
    case 'proceeded':
      return fold.proceeded.has(fact.operation);
    case 'grant':
      return fold.escrow.grantsById.has(fact.grant);
    case 'grant-closed':
      return !fold.escrow.grantsById.has(fact.grant);
    case 'escrow':
      return isSameTotals(fact, escrowTotals(fold.escrow, fact));
    case 'possible':
    case 'possible-unknown':
      return isPossibleTold(fold.possible, fact);
    case 'duplicate':
    case 'overwritten':
      return hasRemark(fold.remarks, fact);
    case 'history-lost':
      return fold.outbox.lostByOperation.has(fact.operation);
    case 'effect-answered': {
      const claim = outboxEntry(fold.outbox, fact.effect);
      return claim?.state !== 'claimed' || claim.token !== fact.token;
    }
    case 'effect-claimed':
    case 'effect-dropped':
    case 'home':
    case 'saga':
    case 'saga-step':
    case 'saga-failed':
    case 'saga-moved':
    case 'recall':
    case 'audited':
    case 'verdict':
      return false;
  }
}

function isSameTotals(a: RightsTotals, b: RightsTotals | undefined): boolean {
  const isSame = b?.pool === a.pool && b.outstanding === a.outstanding;
  return isSame && b.suspense === a.suspense && b.debt === a.debt;
}
