// What coordination entries say. Facts are added up in commit order, the same at every replica;
// only who audits writes them, by conditional append (ARCHITECTURE §3).
import type { Verdict } from '../app/document-type.ts';
import type { Share } from '../app/policy-table.ts';
import { bytesToJson, jsonToBytes, storedDepthMax } from '../bytes/canonical-json.ts';
import type { OperationId, ReplicaId } from '../identity.ts';
import type { NotAsked, PrimaryRefusal } from '../outcome.ts';
import type { CaseFact, PossibleFact, PossibleUnknownFact, ViolationFact } from './case-facts.ts';
import type { OutboxFact } from './outbox-facts.ts';
import { isFact } from './read-fact.ts';
import type { RightsFact } from './rights-facts.ts';
import type { SagasFact } from './saga-facts.ts';

/** Everything named at or below `upTo` has been audited; what no other fact names is confirmed. */
export interface AuditedFact {
  readonly fact: 'audited';
  readonly upTo: number;
}
/** An operation that stands no longer: its entries are void. Or an intent that was not executed. */
export interface RefusedFact {
  readonly fact: 'refused';
  readonly operation: OperationId;
  readonly code: PrimaryRefusal;
  /** For people; of `requires` it is the application's own. */
  readonly reason: string;
  /** `would-violate`: which rule, and where. `not-home`: which key. */
  readonly invariant?: string;
  readonly key?: string;
  /** `not-home`: who holds the key. */
  readonly home?: ReplicaId;
  /** `failed`: the version of the application that was not loaded. */
  readonly codeVersion?: number;
  /** `duplicate`: the operation that stands. */
  readonly of?: OperationId;
  /** `not-asked`: of which case, how it stands, and who had answered what. */
  readonly about?: Omit<NotAsked, 'code'>;
}
/** The primary ran an intent: its result is in the log right before this. */
export interface ExecutedFact {
  readonly fact: 'executed';
  readonly operation: OperationId;
}
/** An intent that was said again after its operation had gone on without an answer: that one counts. */
export interface ProceededFact {
  readonly fact: 'proceeded';
  readonly operation: OperationId;
}
/** A replica holds a key, or no longer does. */
export interface HomeFact {
  readonly fact: 'home';
  readonly key: string;
  readonly replica: ReplicaId;
  readonly share: Share | 'none';
}
/** Somebody else needs the key: its holders give it back as soon as they hear of it. */
export interface RecallFact {
  readonly fact: 'recall';
  readonly key: string;
  readonly operation: OperationId;
}
/** `requires` no longer held, but the operation was kept: something had left the system. */
export interface StaleFact {
  readonly fact: 'stale';
  readonly operation: OperationId;
  readonly reason: string;
}
/**
 * A second operation of one name with one `dedupKey`: suspected to be one act submitted twice. Both
 * stand; whoever made the second is told.
 */
export interface DuplicateFact {
  readonly fact: 'duplicate';
  readonly operation: OperationId;
  readonly of: OperationId;
  readonly dedupKey: string;
}
/** What an operation had done is no longer to be seen: a concurrent change took its place. */
export interface OverwrittenFact {
  readonly fact: 'overwritten';
  readonly operation: OperationId;
  /** An operation, or an edit (`e:writer:seq`). */
  readonly by: OperationId;
  readonly key: string;
}
/** What the audit remarks on an operation that stands. */
export type RemarkFact = DuplicateFact | OverwrittenFact;
/** The application's own code threw on this operation, at the primary: people must look at it. */
export interface QuarantinedFact {
  readonly fact: 'quarantined';
  readonly operation: OperationId;
  /** What the code said. */
  readonly reason: string;
  /** Which rule threw, and for which key; absent where the operation's own code did: then it is void. */
  readonly invariant?: string;
  readonly key?: string;
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

export type Fact =
  | AuditedFact
  | RefusedFact
  | ExecutedFact
  | ProceededFact
  | HomeFact
  | RecallFact
  | StaleFact
  | RemarkFact
  | QuarantinedFact
  | ForgedFact
  | VerdictFact
  | ViolationFact
  | PossibleFact
  | PossibleUnknownFact
  | CaseFact
  | RightsFact
  | OutboxFact
  | SagasFact;

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
