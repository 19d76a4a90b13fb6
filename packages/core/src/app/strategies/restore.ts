// The form of a strategy: what a compensation's `restore` is, ready to use.
// @see docs/adr/0014-invariants-and-strategies.md
import type { Case, CompensationContext, Escalation } from '../compensation.ts';
import type { Effects, Schemas } from '../operation.ts';

/** What a strategy looks at of a case. */
export type Found = Pick<Case, 'id' | 'invariant' | 'key' | 'deficit'>;

/** A `restore` without a question for people. */
export type Restore<R, E extends Effects = {}> = (
  doc: R,
  found: Found,
  op: CompensationContext<E>,
) => void;

/** A `restore` that may turn out to be one for people: what it wrote is undone then. */
export type RestoreOrAsk<R, S extends Schemas, E extends Effects = {}> = (
  doc: R,
  found: Found,
  op: CompensationContext<E>,
  // biome-ignore lint/suspicious/noConfusingVoidType: as `Compensation.restore` has it
) => void | Escalation<S>;
