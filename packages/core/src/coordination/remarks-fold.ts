// What the audit remarked on operations that stand: suspected duplicates, effects that a concurrent
// change overwrote. Kept by operation, because that is how people ask: what became of mine?
import type { Json } from '../bytes/canonical-json.ts';
import type { OperationId } from '../identity.ts';
import type { RemarkFact } from './facts.ts';

/** Owned by the fold it is part of; `foldRemark` is the single writer. */
export interface RemarksFold {
  readonly byOperation: Map<OperationId, readonly RemarkFact[]>;
}

export function emptyRemarks(): RemarksFold {
  return { byOperation: new Map() };
}

/** Adds a remark, once however often it is said. Cost: O(remarks on the operation). */
export function foldRemark(fold: RemarksFold, fact: RemarkFact): void {
  if (hasRemark(fold, fact)) return;
  const known = fold.byOperation.get(fact.operation) ?? [];
  fold.byOperation.set(fact.operation, [...known, fact]);
}

/** True where the log says it. A duplicate has one original, and an effect is overwritten once. */
export function hasRemark({ byOperation }: RemarksFold, { fact, operation }: RemarkFact): boolean {
  return (byOperation.get(operation) ?? []).some((known) => known.fact === fact);
}

export function remarksToJson({ byOperation }: RemarksFold): Json {
  return [...byOperation.values()].flat().map((fact) => ({ ...fact }));
}

/** What `remarksToJson` gave; absent in what earlier versions kept. */
export function remarksFromJson(json: Json | undefined): RemarksFold {
  const fold = emptyRemarks();
  for (const fact of (json ?? []) as unknown as readonly RemarkFact[]) foldRemark(fold, fact);
  return fold;
}
