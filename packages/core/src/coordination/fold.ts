// What the log's coordination entries add up to, in commit order, the same at every replica:
// how far the audit is, which operations were refused, which cases there are and how they stand.
import type { Share } from '../app/policy-table.ts';
import type { Json } from '../bytes/canonical-json.ts';
import type { CaseId, OperationId, ReplicaId } from '../identity.ts';
import type { Outcome, Refused } from '../outcome.ts';
import { refuse } from '../outcome.ts';
import type { CaseFact, ViolationFact } from './case-facts.ts';
import type { CaseRecord } from './case-fold.ts';
import { caseAfterFact, caseAfterViolation, isClosed } from './case-fold.ts';
import type { EscrowFold } from './escrow-fold.ts';
import { emptyEscrowFold, escrowFromJson, escrowToJson, foldEscrowFact } from './escrow-fold.ts';
import type { Fact, HomeFact, QuarantinedFact, RefusedFact } from './facts.ts';
import type { OutboxFold } from './outbox-fold.ts';
import { emptyOutboxFold, foldOutboxFact, outboxFromJson, outboxToJson } from './outbox-fold.ts';
import {
  emptyPossibleFold,
  foldPossibleFact,
  hasPossible,
  type PossibleFold,
  possibleFromJson,
  possibleToJson,
} from './possible-fold.ts';
import type { RemarksFold } from './remarks-fold.ts';
import { emptyRemarks, foldRemark, remarksFromJson, remarksToJson } from './remarks-fold.ts';
import type { SagaFold } from './saga-fold.ts';
import {
  emptySagaFold,
  foldSagaFact,
  sagaOutcome,
  sagasFromJson,
  sagasToJson,
} from './saga-fold.ts';

/** Owned and changed by its machine only; `foldFact` is the single writer. */
export interface CoordinationFold {
  auditedTo: number;
  readonly refusedById: Map<OperationId, RefusedFact>;
  readonly staleById: Map<OperationId, string>;
  /** Operations on which the application's code threw. */
  readonly quarantinedById: Map<OperationId, QuarantinedFact>;
  readonly casesById: Map<CaseId, CaseRecord>;
  /** The case in which an operation is the trigger of a violation. */
  readonly caseByTrigger: Map<OperationId, CaseId>;
  /** Intents that the primary ran. */
  readonly executed: Set<OperationId>;
  /** Operations whose intents were said once more. */
  readonly proceeded: Set<OperationId>;
  /** Who holds which key. */
  readonly homes: Map<string, ReadonlyMap<ReplicaId, Share>>;
  /** Keys whose holders are asked to give them back, each with the operation that needs it. */
  readonly recalled: Map<string, OperationId>;
  /** Who may spend what, and how rights stand. */
  readonly escrow: EscrowFold;
  /** What was done outside, and what nobody knows of any more. */
  readonly outbox: OutboxFold;
  /** What could have been broken in another order. */
  readonly possible: PossibleFold;
  /** Suspected duplicates and overwritten effects. */
  readonly remarks: RemarksFold;
  /** The sagas that began, and how they stand. */
  readonly sagas: SagaFold;
}

export function emptyFold(): CoordinationFold {
  return {
    auditedTo: 0,
    refusedById: new Map(),
    staleById: new Map(),
    quarantinedById: new Map(),
    casesById: new Map(),
    caseByTrigger: new Map(),
    executed: new Set(),
    proceeded: new Set(),
    homes: new Map(),
    recalled: new Map(),
    escrow: emptyEscrowFold(),
    outbox: emptyOutboxFold(),
    possible: emptyPossibleFold(),
    remarks: emptyRemarks(),
    sagas: emptySagaFold(),
  };
}

/** Adds one fact. Cost: O(1), for a violation O(violations of its case). */
export function foldFact(fold: CoordinationFold, fact: Fact): void {
  switch (fact.fact) {
    case 'audited':
      fold.auditedTo = Math.max(fold.auditedTo, fact.upTo);
      return;
    case 'refused':
      fold.refusedById.set(fact.operation, fact);
      return;
    case 'stale':
      fold.staleById.set(fact.operation, fact.reason);
      return;
    case 'quarantined':
      fold.quarantinedById.set(fact.operation, fact);
      return;
    case 'violation':
      foldViolation(fold, fact);
      return;
    case 'case':
      foldCase(fold, fact);
      return;
    case 'executed':
    case 'proceeded':
      fold[fact.fact].add(fact.operation);
      return;
    case 'home':
      foldHome(fold, fact);
      return;
    case 'recall':
      if (fold.homes.has(fact.key)) fold.recalled.set(fact.key, fact.operation);
      return;
    case 'grant':
    case 'grant-closed':
    case 'escrow':
      foldEscrowFact(fold.escrow, fact);
      return;
    case 'effect-claimed':
    case 'effect-answered':
    case 'effect-dropped':
    case 'history-lost':
      foldOutboxFact(fold.outbox, fact);
      return;
    case 'possible':
    case 'possible-unknown':
      foldPossibleFact(fold.possible, fact);
      return;
    case 'duplicate':
    case 'overwritten':
      foldRemark(fold.remarks, fact);
      return;
    case 'saga':
    case 'saga-step':
    case 'saga-failed':
    case 'saga-moved':
      foldSagaFact(fold.sagas, fact);
      return;
    case 'verdict':
    case 'forged-entry':
      return; // The document's own: they change what its contended types count.
  }
}

/**
 * An operation is committed whose intent the primary had refused: it went on before it could hear of
 * that, so it is judged by itself. True where it was so. Cost: O(1).
 */
export function reviveRefused(fold: CoordinationFold, operation: OperationId): boolean {
  return fold.refusedById.delete(operation);
}

function foldHome(fold: CoordinationFold, { key, replica, share }: HomeFact): void {
  const holders = new Map(fold.homes.get(key));
  if (share === 'none') holders.delete(replica);
  else holders.set(replica, share);
  if (holders.size > 0) fold.homes.set(key, holders);
  else {
    fold.homes.delete(key);
    fold.recalled.delete(key);
  }
}

function foldViolation(fold: CoordinationFold, fact: ViolationFact): void {
  const after = caseAfterViolation(fold.casesById.get(fact.case), fact);
  if (!after) return;
  fold.caseByTrigger.set(fact.trigger.id, fact.case);
  fold.casesById.set(fact.case, after);
}

function foldCase(fold: CoordinationFold, fact: CaseFact): void {
  const after = caseAfterFact(fold.casesById.get(fact.id), fact);
  if (after) fold.casesById.set(fact.id, after);
}

/**
 * What became of the operation committed at `position`; undefined while the audit is behind it or
 * the case it triggered is open. Cost: O(1).
 */
export function outcomeOf(
  fold: CoordinationFold,
  operation: OperationId,
  position: number,
): Outcome | undefined {
  const refused = fold.refusedById.get(operation);
  if (refused) return toRefused(refused);
  const saga = fold.sagas.byId.get(operation);
  if (saga) return sagaOutcome(saga);
  // The primary checked it against every rule before it ran it.
  if (fold.executed.has(operation)) return { type: 'confirmed' };
  if (position > fold.auditedTo) return undefined;
  return outcomeOfCase(fold, fold.caseByTrigger.get(operation));
}

/** Of the triggers of a case. Who only takes part in one was confirmed before, and stays so. */
function outcomeOfCase(fold: CoordinationFold, id: CaseId | undefined): Outcome | undefined {
  const found = id && fold.casesById.get(id);
  if (!found) return { type: 'confirmed' };
  if (!isClosed(found.state)) return undefined;
  if (found.supersededBy) return outcomeOfCase(fold, found.supersededBy);
  // People mended it by an operation: that is a compensation, too. What they waived stands.
  const isMended = found.state === 'compensated' || found.state === 'resolved';
  return isMended ? { type: 'compensated', case: found.id } : { type: 'confirmed' };
}

function toRefused({ operation, code, reason, ...more }: RefusedFact): Refused {
  const { invariant = '', key = '', home, of = operation, codeVersion, about } = more;
  switch (code) {
    case 'requires':
      return refuse({ code, reason });
    case 'would-violate':
      return refuse({ code, invariant, key });
    case 'not-home':
      return refuse({ code, key, home });
    case 'no-rights':
      return refuse({ code, invariant, key, remaining: 0 });
    case 'duplicate':
      return refuse({ code, of });
    case 'failed':
      return refuse({ code, message: reason, ...(codeVersion !== undefined && { codeVersion }) });
    case 'cancelled':
    case 'not-permitted':
      return refuse({ code });
    case 'not-asked':
      return refuse({ case: '' as CaseId, state: 'open', ...about, code });
  }
}

/** The fold as plain JSON, for snapshots and checkpoints. Cost: O(cases + refusals). */
export function foldToJson(fold: CoordinationFold): Json {
  return {
    auditedTo: fold.auditedTo,
    refused: [...fold.refusedById.values()].map((fact) => ({ ...fact })),
    stale: [...fold.staleById],
    // Left out where there is none: most snapshots stay as they were before there was such a fact.
    quarantined: quarantinedToJson(fold),
    cases: [...fold.casesById.values()].map((record) => ({
      ...record,
      violations: record.violations.map((violation) => ({ ...violation })),
    })),
    executed: [...fold.executed],
    proceeded: [...fold.proceeded],
    homes: [...fold.homes].map(([key, holders]) => [key, [...holders]]),
    recalled: [...fold.recalled],
    escrow: escrowToJson(fold.escrow),
    outbox: outboxToJson(fold.outbox),
    ...(hasPossible(fold.possible) && { possible: possibleToJson(fold.possible) }),
    ...(fold.remarks.byOperation.size > 0 && { remarks: remarksToJson(fold.remarks) }),
    sagas: sagasToJson(fold.sagas),
  } as unknown as Json;
}

function quarantinedToJson({ quarantinedById }: CoordinationFold): readonly object[] | undefined {
  if (quarantinedById.size === 0) return undefined;
  return [...quarantinedById.values()].map((fact) => ({ ...fact }));
}

/** What `foldToJson` gave; the bytes around it are checksummed, so the form is trusted here. */
export function foldFromJson(json: Json): CoordinationFold {
  const kept = json as unknown as {
    readonly auditedTo: number;
    readonly refused: readonly RefusedFact[];
    readonly stale: readonly (readonly [OperationId, string])[];
    readonly cases: readonly CaseRecord[];
    /** Absent in what earlier versions kept. */
    readonly executed?: readonly OperationId[];
    readonly quarantined?: readonly QuarantinedFact[];
    readonly proceeded?: readonly OperationId[];
    readonly homes?: readonly (readonly [string, readonly (readonly [ReplicaId, Share])[]])[];
    readonly recalled?: readonly (readonly [string, OperationId])[];
    readonly escrow?: Json; // Snapshots of before there was escrow have none.
    readonly outbox?: Json; // Nor of before there was an outbox.
    readonly possible?: Json;
    readonly remarks?: Json;
    readonly sagas?: Json;
  };
  const { executed = [], proceeded = [], homes = [], recalled = [], quarantined = [] } = kept;
  const triggers = kept.cases.flatMap((record) =>
    record.violations.map((violation) => [violation.trigger.id, record.id] as const),
  );
  return {
    auditedTo: kept.auditedTo,
    refusedById: new Map(kept.refused.map((fact) => [fact.operation, fact])),
    staleById: new Map(kept.stale),
    quarantinedById: new Map(quarantined.map((fact) => [fact.operation, fact])),
    casesById: new Map(kept.cases.map((record) => [record.id, record])),
    caseByTrigger: new Map(triggers),
    executed: new Set(executed),
    proceeded: new Set(proceeded),
    homes: new Map(homes.map(([key, holders]) => [key, new Map(holders)])),
    recalled: new Map(recalled),
    escrow: escrowFromJson(kept.escrow),
    outbox: outboxFromJson(kept.outbox),
    possible: possibleFromJson(kept.possible),
    remarks: remarksFromJson(kept.remarks),
    sagas: sagasFromJson(kept.sagas),
  };
}
