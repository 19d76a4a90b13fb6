// Which operation stands under a name and a `dedupKey`? Made of the log alone, in commit order, hence the
// same after every restart of the primary.
// @see docs/adr/0017-duplicates-and-overwritten.md
import type { OperationHeader } from '../causality/change.ts';
import type { OperationId } from '../identity.ts';

/** One row per name and key ever used, for good: a key that comes back after years is found, too. */
export type DedupIndex = Map<string, OperationId>;

function rowName({ name, dedupKey = '' }: OperationHeader): string {
  return `${name}\u0000${dedupKey}`;
}

/** The earlier operation of this name with this key that stands, under another id. Cost: O(1). */
export function duplicateOf(
  index: DedupIndex,
  operation: OperationHeader,
): OperationId | undefined {
  if (operation.dedupKey === undefined) return undefined;
  const first = index.get(rowName(operation));
  return first === operation.id ? undefined : first;
}

/** An operation that stands takes its key, where nobody has it. */
export function takeDedupKey(index: DedupIndex, operation: OperationHeader): void {
  const name = rowName(operation);
  if (operation.dedupKey !== undefined && !index.has(name)) index.set(name, operation.id);
}
