// What coordination entries say. Facts are added up in commit order, the same at every replica;
// only the primary writes them, by conditional append (ARCHITECTURE §3).
import type { CaseState } from '../app/compensation.ts';
import type { Verdict } from '../app/document-type.ts';
import type { Json } from '../bytes/canonical-json.ts';
import { bytesToJson, jsonToBytes, storedDepthMax } from '../bytes/canonical-json.ts';
import type { CaseId, OperationId, ReplicaId, ViolationId } from '../identity.ts';
import type { Mode } from '../outcome.ts';
import { isFact } from './read-fact.ts';

/** Everything named at or below `upTo` has been audited; what no other fact names is confirmed. */
export interface AuditedFact {
  readonly fact: 'audited';
  readonly upTo: number;
}
/** An operation that stands no longer: its entries are void. */
export interface RefusedFact {
  readonly fact: 'refused';
  readonly operation: OperationId;
  readonly code: 'requires';
  readonly reason: string;
}
/** `requires` no longer held, but the operation was kept: something had left the system. */
export interface StaleFact {
  readonly fact: 'stale';
  readonly operation: OperationId;
  readonly reason: string;
}
/** Entries in a contended type under an id that no such operation wrote. */
export interface ForgedFact {
  readonly fact: 'forged-entry';
  readonly position: number;
  readonly root: string;
  readonly entry: string;
}
export interface VerdictFact {
  readonly fact: 'verdict';
  readonly verdict: Verdict;
}
/** A named operation as facts tell it: complete, so that a case can be read without the log. */
export interface OperationSummary {
  readonly id: OperationId;
  readonly name: string;
  readonly args: Json;
  readonly replica: ReplicaId;
  readonly user: string;
  readonly mode: Mode;
  readonly wallMs: number;
  readonly position: number;
  /** It had effects outside: cash, mail. */
  readonly externalised: boolean;
}
/** One commit that made an invariant worse; opens the case when it is its first. */
export interface ViolationFact {
  readonly fact: 'violation';
  readonly id: ViolationId;
  readonly case: CaseId;
  readonly invariant: string;
  readonly key: string;
  readonly from: number;
  readonly to: number;
  readonly fault: 'concurrent' | 'local';
  readonly trigger: OperationSummary;
  /** Who explains it, trigger included. */
  readonly participants: readonly OperationSummary[];
  readonly position: number;
}
/** A case moved on. `compensation`: the operation id that mended it. */
export interface CaseFact {
  readonly fact: 'case';
  readonly id: CaseId;
  readonly state: CaseState;
  readonly deficit: number;
  readonly compensation?: OperationId;
  /** What was built on it since, and is left as it is. */
  readonly affected?: readonly OperationSummary[];
}
export type Fact =
  | AuditedFact
  | RefusedFact
  | StaleFact
  | ForgedFact
  | VerdictFact
  | ViolationFact
  | CaseFact;

/** How much deeper a fact lies in a stored fold than in its payload. */
const foldDepth = 8;

/** The payload of a coordination change. */
export function encodeFacts(facts: readonly Fact[]): Uint8Array {
  return jsonToBytes(facts);
}

/**
 * The facts, or undefined when the payload is not a list of them. Facts of a kind or shape that this
 * version does not know are kept out: a newer primary may say more than an older client understands.
 */
export function decodeFacts(payload: Uint8Array): readonly Fact[] | undefined {
  const value = bytesToJson(payload, storedDepthMax - foldDepth);
  if (!Array.isArray(value)) return undefined;
  return value.filter(isFact) as unknown as readonly Fact[];
}
