// What this replica's committed operations touched, and what was decided of them. The queue forgets a
// change once it is committed; whoever is shown its result does not.
import type { Touch, Verdict } from '../app/document-type.ts';
import type { OperationId } from '../identity.ts';

export interface OwnOperation {
  readonly name: string;
  readonly touched: readonly Touch[];
  readonly subjects: readonly string[];
  /** `intent`: it was shown as waiting, and never as done. */
  readonly as: 'applied' | 'intent';
}

/** Of the operations committed while this page was open, and of those in the log tail it began with. */
export interface OwnOperations {
  readonly byId: Map<OperationId, OwnOperation>;
  /** By contended key or root (`touchName`), in commit order: those not settled, and the last one. */
  readonly byTouch: Map<string, Set<OperationId>>;
  /** The same by the plain name of a key or subject, as cases name it. */
  readonly byName: Map<string, Set<OperationId>>;
  /** The last verdict of each claim. */
  readonly verdicts: Map<string, Verdict>;
  /** By guarded root: the first edit of it that this page made. */
  readonly guardedEdits: Map<string, OperationId>;
}

export function noOwnOperations(): OwnOperations {
  const none = { byId: new Map(), byTouch: new Map(), byName: new Map() };
  return { ...none, verdicts: new Map(), guardedEdits: new Map() };
}

export function touchName({ root, key }: Touch): string {
  return `${root}\u0000${key ?? ''}`;
}

/** The keys and subjects by which cases may name what this operation is about. */
export function namesOf({
  touched,
  subjects,
}: Pick<OwnOperation, 'touched' | 'subjects'>): readonly string[] {
  const keys = touched.flatMap(({ key }) => (key === undefined ? [] : [key]));
  return [...new Set([...keys, ...subjects])];
}
