// One act submitted twice under two operation ids: a business duplicate, suspected by its `dedupKey`.
// One operation delivered twice is another matter: the log has one place per operation id.
// @see docs/adr/0017-duplicates-and-overwritten.md
import type { OperationHeader } from '../causality/change.ts';
import type { OperationId } from '../identity.ts';
import { duplicateOf, takeDedupKey } from './dedup-index.ts';
import type { PrimaryState } from './primary-state.ts';

/** Why a second one does not stand, in the words of a refusal. */
export interface VoidDuplicate {
  readonly code: 'duplicate';
  readonly reason: string;
  readonly of: OperationId;
}

/**
 * Where the application wants no second one, and nothing of it left the system. Whatever had an effect
 * outside is kept and reported: money cannot be un-paid by leaving it out.
 */
export function voidDuplicateOf(
  state: Pick<PrimaryState, 'dedupIndex' | 'definition'>,
  o: { readonly operation: OperationHeader; readonly externalised: boolean },
): VoidDuplicate | undefined {
  const { operation, externalised } = o;
  if (state.definition.operations[operation.name]?.duplicates !== 'void') return undefined;
  const of = externalised ? undefined : duplicateOf(state.dedupIndex, operation);
  return of && { code: 'duplicate', reason: `${of} did the same before`, of };
}

/** An operation that stands takes its key, or is suspected where somebody has it. */
export function noteDedupKey(state: PrimaryState, operation: OperationHeader): void {
  const { id, dedupKey } = operation;
  if (dedupKey === undefined) return;
  const of = duplicateOf(state.dedupIndex, operation);
  if (of) state.facts.push({ fact: 'duplicate', operation: id, of, dedupKey });
  takeDedupKey(state.dedupIndex, operation);
}
