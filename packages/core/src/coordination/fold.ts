// What the log's coordination entries add up to, in commit order, the same at every replica:
// how far the audit is, which operations were refused, which cases there are and how they stand.
import type { CaseState } from '../app/compensation.ts';
import type { Json } from '../bytes/canonical-json.ts';
import type { CaseId, OperationId } from '../identity.ts';
import type { Outcome } from '../outcome.ts';
import { refuse } from '../outcome.ts';
import type { CaseFact, Fact, OperationSummary, RefusedFact, ViolationFact } from './facts.ts';

/** A case as the log tells it, operations by id. */
export interface CaseRecord {
  readonly id: CaseId;
  readonly invariant: string;
  readonly key: string;
  readonly deficit: number;
  readonly state: CaseState;
  readonly violations: readonly ViolationFact[];
  readonly compensation?: OperationId;
  readonly affected: readonly OperationSummary[];
}

/** Owned and changed by its machine only; `foldFact` is the single writer. */
export interface CoordinationFold {
  auditedTo: number;
  readonly refusedById: Map<OperationId, RefusedFact>;
  readonly staleById: Map<OperationId, string>;
  readonly casesById: Map<CaseId, CaseRecord>;
  /** The case in which an operation is the trigger of a violation. */
  readonly caseByTrigger: Map<OperationId, CaseId>;
}

export function emptyFold(): CoordinationFold {
  return {
    auditedTo: 0,
    refusedById: new Map(),
    staleById: new Map(),
    casesById: new Map(),
    caseByTrigger: new Map(),
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
    case 'violation':
      foldViolation(fold, fact);
      return;
    case 'case':
      foldCase(fold, fact);
      return;
    case 'verdict':
    case 'forged-entry':
      return; // The document's own: they change what its contended types count.
  }
}

function foldViolation(fold: CoordinationFold, fact: ViolationFact): void {
  const found = fold.casesById.get(fact.case);
  if (found?.violations.some((violation) => violation.id === fact.id)) return;
  fold.caseByTrigger.set(fact.trigger.id, fact.case);
  fold.casesById.set(fact.case, {
    id: fact.case,
    invariant: fact.invariant,
    key: fact.key,
    deficit: fact.to,
    state: found?.state ?? 'open',
    violations: [...(found?.violations ?? []), fact],
    affected: found?.affected ?? [],
  });
}

function foldCase(fold: CoordinationFold, fact: CaseFact): void {
  const found = fold.casesById.get(fact.id);
  if (!found || isClosed(found.state)) return; // A closed case never opens again: it happens once.
  fold.casesById.set(fact.id, {
    ...found,
    state: fact.state,
    deficit: fact.deficit,
    ...(fact.compensation && { compensation: fact.compensation }),
    affected: fact.affected ?? found.affected,
  });
}

/** True for the states that a case cannot leave. */
export function isClosed(state: CaseState): boolean {
  return state !== 'open' && state !== 'settling' && state !== 'claimed' && state !== 'escalated';
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
  if (refused) return refuse({ code: refused.code, reason: refused.reason });
  if (position > fold.auditedTo) return undefined;
  const found = fold.casesById.get(fold.caseByTrigger.get(operation) ?? ('' as CaseId));
  if (!found) return { type: 'confirmed' };
  if (!isClosed(found.state)) return undefined;
  return found.state === 'compensated'
    ? { type: 'compensated', case: found.id }
    : { type: 'confirmed' };
}

/** The fold as plain JSON, for snapshots and checkpoints. Cost: O(cases + refusals). */
export function foldToJson(fold: CoordinationFold): Json {
  return {
    auditedTo: fold.auditedTo,
    refused: [...fold.refusedById.values()].map((fact) => ({ ...fact })),
    stale: [...fold.staleById],
    cases: [...fold.casesById.values()].map((record) => ({
      ...record,
      violations: record.violations.map((violation) => ({ ...violation })),
    })),
  } as unknown as Json;
}

/** What `foldToJson` gave; the bytes around it are checksummed, so the form is trusted here. */
export function foldFromJson(json: Json): CoordinationFold {
  const kept = json as unknown as {
    readonly auditedTo: number;
    readonly refused: readonly RefusedFact[];
    readonly stale: readonly (readonly [OperationId, string])[];
    readonly cases: readonly CaseRecord[];
  };
  const triggers = kept.cases.flatMap((record) =>
    record.violations.map((violation) => [violation.trigger.id, record.id] as const),
  );
  return {
    auditedTo: kept.auditedTo,
    refusedById: new Map(kept.refused.map((fact) => [fact.operation, fact])),
    staleById: new Map(kept.stale),
    casesById: new Map(kept.cases.map((record) => [record.id, record])),
    caseByTrigger: new Map(triggers),
  };
}
