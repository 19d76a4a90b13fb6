// A long task as a row of operations, each with its opposite: no state is rolled back, what was done is
// undone. @see Garcia-Molina & Salem, Sagas (SIGMOD 1987), §2 and §5; docs/adr/0012-sagas.md
import type { Call } from './compensation.ts';
import type { Out, Schema, Schemas } from './operation.ts';

/** One step: an operation that the primary runs, and the one that takes it back. */
export interface SagaStep<S extends Schemas> {
  readonly run: Call<S>;
  /**
   * Undoes what `run` did, whatever happened since. Absent: there is nothing to take back, and the step
   * is passed by on the way back.
   */
  readonly undo?: Call<S>;
  /** How often to try again, with growing pauses, before the saga turns back. Default 0. */
  readonly retriesMax?: number;
}

/** Within one document. */
export interface Saga<A extends Schema, S extends Schemas> {
  readonly args: A;
  /**
   * All steps, in order: a function of the arguments alone. Whoever goes on with the saga calls it again,
   * and one that answers otherwise than at the beginning leaves the saga `stuck`.
   */
  readonly steps: (args: Out<A>) => readonly SagaStep<S>[];
}

export const sagaStates = ['forward', 'backward', 'done', 'undone', 'stuck'] as const;
/**
 * Where a saga is: on its way, on its way back, or at one of three ends. `stuck`: what is to be undone
 * cannot be, so people decide.
 */
export type SagaState = (typeof sagaStates)[number];
