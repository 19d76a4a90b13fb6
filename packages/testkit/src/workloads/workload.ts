// An application with people who use it, and a model of it so naive that one can see that it is right.
import type { App, Json, OperationId } from '@causeway/core';
import type { Random } from '../random.ts';

/** What a person does at a device. */
export type Act =
  | { readonly type: 'run'; readonly name: string; readonly args: Json }
  /** An edit of the document itself; `facet` is what its library gives (Yjs: `doc`). */
  | { readonly type: 'edit'; readonly what: string; readonly edit: (facet: unknown) => void };

/** What a compensation is told: the deficit now, and how often the case was made worse. */
export interface ModelCase extends ModelDeficit {
  readonly violations: number;
}

/** A committed operation as the model sees it. */
export interface ModelOperation {
  readonly id: OperationId;
  readonly name: string;
  readonly args: Json;
  readonly replica: string;
  /** Where the log put it. */
  readonly position: number;
  /** True when its author had seen that operation: it is in the causal past. */
  hasSeen(other: OperationId): boolean;
}

/** What one rule says of one key. */
export interface ModelKey {
  readonly invariant: string;
  readonly key: string;
}

/** A broken rule: the deficit of one key of one invariant. */
export interface ModelDeficit extends ModelKey {
  readonly deficit: number;
}

/**
 * The application once more, over plain values: no CRDT, no merge, operations in commit order. It
 * shares no code with the engine or with the application's own declaration.
 */
export interface NaiveModel<S> {
  /** A new document. */
  initial(): S;
  /** Why `requires` fails on this state; undefined where it holds. */
  refusal(state: S, operation: ModelOperation): string | undefined;
  /** True where the operation has an effect outside, so that it is kept though stale. */
  isKept(operation: ModelOperation): boolean;
  /** What the operation is about, by its arguments alone: who explains a broken key wrote to it. */
  touches(operation: ModelOperation): readonly ModelKey[];
  /** The operation's effect on the state, given that it stands. Mutates `state`. */
  apply(state: S, operation: ModelOperation): void;
  /** Every deficit above 0, over all keys of all invariants. */
  deficits(state: S): readonly ModelDeficit[];
  /** What a compensation does: `restore` where the deficit is above 0, then `amend`. */
  compensate(state: S, broken: ModelCase): void;
  /** The state as plain JSON with sorted keys; equals `projection` of a document with that history. */
  content(state: S): Json;
}

export interface Workload<A extends App = App, S = unknown> {
  readonly name: string;
  readonly app: A;
  /** What a person who sees `view` does next. */
  draw(random: Random, view: unknown): Act;
  /** The application's view as plain JSON, in the form of the model's `content`. */
  projection(view: unknown): Json;
  /** Its operations only add up: a view shows the same whatever order they came in. */
  readonly addsUp?: true;
  /** Absent for documents that are edited only. */
  readonly model?: NaiveModel<S>;
}
