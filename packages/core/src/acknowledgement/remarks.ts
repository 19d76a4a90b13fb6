// What did the audit remark on own operations that stand? A suspected duplicate, an effect overwritten.
import type { RemarkFact } from '../coordination/facts.ts';
import type { OperationId } from '../identity.ts';
import type { ReplicaState } from '../replica-state.ts';

/** A remark as people ask for it: of one operation, which other one, and where. */
export interface Remark {
  readonly type: RemarkFact['fact'];
  /** The operation that stands in its place, or (`overwritten`) the change that took its place. */
  readonly other: OperationId;
  /** The `dedupKey` of both, or the key on which nothing of the effect is to be seen. */
  readonly key: string;
}

export function toRemark(fact: RemarkFact): Remark {
  if (fact.fact === 'duplicate') return { type: fact.fact, other: fact.of, key: fact.dedupKey };
  return { type: fact.fact, other: fact.by, key: fact.key };
}

/** What the log remarks on an operation, anybody's; none for what is not known. Cost: O(remarks on it). */
export function remarksOn({ fold }: ReplicaState, operation: OperationId): readonly Remark[] {
  return (fold.remarks.byOperation.get(operation) ?? []).map(toRemark);
}
