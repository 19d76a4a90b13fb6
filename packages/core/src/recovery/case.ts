// A case as people see it, made of what the facts tell.
import type { Case } from '../app/compensation.ts';
import type { Recorded, Schemas } from '../app/operation.ts';
import type { Hash } from '../bytes/hash.ts';
import { bytesToBase32, hashParts } from '../bytes/hash.ts';
import { textToBytes } from '../bytes/text.ts';
import type { ViolationFact } from '../coordination/case-facts.ts';
import type { CaseRecord } from '../coordination/case-fold.ts';
import type { OperationSummary } from '../coordination/operation-summary.ts';
import type { CaseId, DocumentId, OperationId, ViolationId } from '../identity.ts';

type AnyRecorded = Recorded<Schemas>;

function toRecorded(summary: OperationSummary, key: string): AnyRecorded {
  const { id, name, args, replica, mode, wallMs, dedupKey } = summary;
  const user = { id: summary.user, roles: [] };
  return {
    ...{ id, name, args, replica, mode, wallMs, user, subjects: [key] },
    ...(dedupKey !== undefined && { dedupKey }),
  };
}

/** The case with its operations, for applications. Cost: O(its operations). */
export function caseOf(record: CaseRecord): Case {
  const participants = new Map<OperationId, AnyRecorded>();
  for (const violation of record.violations) {
    for (const one of violation.participants) participants.set(one.id, toRecorded(one, record.key));
  }
  return {
    id: record.id,
    invariant: record.invariant,
    key: record.key,
    deficit: record.deficit,
    state: record.state,
    violations: record.violations.map((fact) => violationOf(fact, record.key)),
    participants: [...participants.values()],
    affected: record.affected.map((one) => toRecorded(one, record.key)),
    ...(record.compensation && { compensation: record.compensation }),
  };
}

function violationOf(fact: ViolationFact, key: string): Case['violations'][number] {
  const { id, from, to, fault, class: told = 'commit', explained = 'all-writers' } = fact;
  const participants = fact.participants.map((one) => toRecorded(one, key));
  const trigger = toRecorded(fact.trigger, key);
  return { id, from, to, class: told, fault, trigger, participants, explained };
}

/** What identifies a violation: never a position, so that everyone finds the same id. */
export interface ViolationName {
  readonly document: DocumentId;
  readonly invariant: string;
  readonly version: number;
  readonly key: string;
  readonly trigger: OperationId;
}

function nameHash(hash: Hash, label: string, name: ViolationName): string {
  const { document, invariant, version, key, trigger } = name;
  const parts = [document, invariant, String(version), key, trigger].map(textToBytes);
  return bytesToBase32(hashParts(hash, label, parts).subarray(0, 20));
}

/** @see docs/ARCHITECTURE.md, §6: deterministic ids. */
export function violationId(hash: Hash, name: ViolationName): ViolationId {
  return `v:${nameHash(hash, 'causeway-violation-1', name)}` as ViolationId;
}
/** The case that this violation opens. */
export function caseId(hash: Hash, name: ViolationName): CaseId {
  return `k:${nameHash(hash, 'causeway-case-1', name)}` as CaseId;
}
/** The operation that mends a case. The log's unique operation id makes it happen once. */
export function compensationId(found: CaseId, step: 'restore' | 'amend'): OperationId {
  return `c:${found}:${step}` as OperationId;
}
/** What people chose for a case, in one of its rounds: whoever chooses second finds the id used. */
export function resolutionId(found: CaseId, round: number): OperationId {
  return `c:${found}:resolve:${round}` as OperationId;
}
/** A person did this, through the primary. */
export function isResolutionId(operation: OperationId): boolean {
  return /^c:.+:resolve:\d+$/.test(operation);
}
