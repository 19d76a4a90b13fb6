// An application with people who use it, and a model of it so naive that one can see that it is right.
import type { App, Bound, Json, OperationId, Share } from '@causeway/core';
import type { Random } from '../random.ts';

/** What a person does at a device. */
export type Act =
  | {
      readonly type: 'run';
      readonly name: string;
      readonly args: Json;
      /** How long to wait, what then, how long it is worth anything, and whether it is regretted. */
      readonly how?: {
        readonly bound?: Bound;
        readonly expiresInMs?: number;
        readonly isRegretted?: true;
        readonly dedupKey?: string;
      };
    }
  /** A key is reserved or given back. */
  | {
      readonly type: 'key';
      readonly what: 'reserve' | 'release';
      readonly key: string;
      readonly share: Share;
    }
  | {
      readonly type: 'saga';
      readonly name: string;
      readonly args: Json;
      readonly isRegretted?: boolean;
    }
  /** One of the sagas that the device knows is to be undone; taken modulo those. */
  | { readonly type: 'abort-saga'; readonly which: number }
  /** An edit of the document itself; `facet` is what its library gives (Yjs: `doc`). */
  | { readonly type: 'edit'; readonly what: string; readonly edit: (facet: unknown) => void };

/** What a compensation is told: the deficit now, and how often the case was made worse. */
export interface ModelCase extends ModelDeficit {
  readonly violations: number;
  /** The compensation, in whose name, and under whose id, all of this is written. Undefined while nothing is. */
  readonly mending?: OperationId | undefined;
}

/** A committed operation as the model sees it. */
export interface ModelOperation {
  readonly id: OperationId;
  readonly name: string;
  readonly args: Json;
  readonly replica: string;
  /** Where the log put it. */
  readonly position: number;
  readonly dedupKey?: string;
  /** What it made of the document, for models of content that only its library can merge. */
  readonly update: Uint8Array;
  /** True when its author had seen that operation: it is in the causal past. */
  hasSeen(other: OperationId): boolean;
}

/** What a plain edit did. */
export interface ModelEdit {
  /** Keys of guarded roots. */
  readonly touches: readonly ModelKey[];
  /** True where it wrote to what operations show something in. */
  readonly mayCover: boolean;
}

export type ModelCall = readonly [name: string, args: Json];
/** One step of a saga. */
export interface ModelStep {
  readonly run: ModelCall;
  readonly undo: ModelCall | undefined;
  readonly retriesMax: number;
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

/** A compensation, to be done again on another state. */
export interface Mended<S> {
  /** What it wrote. */
  redo(state: S): void;
  /** Its verdicts: they hold in every state, also in one without it. */
  judge?(state: S): void;
}

/**
 * The application once more, over plain values: no CRDT, no merge, operations in commit order. It
 * shares no code with the engine or with the application's own declaration.
 */
export interface NaiveModel<S> {
  /** A new document. */
  initial(): S;
  /** An independent copy, where a structured clone is none. */
  copy?(state: S): S;
  /** Why `requires` fails on this state; undefined where it holds. */
  refusal(state: S, operation: ModelOperation): string | undefined;
  /** True where the operation has an effect outside, so that it is kept though stale. */
  isKept(operation: ModelOperation): boolean;
  /** The key that it may act alone on while it is held, where there is one. */
  homeOf?(operation: ModelOperation): string | undefined;
  /**
   * What it does outside, in the order in which it says so, on devices as well. Absent: the effects
   * in the log are believed.
   */
  effects?(
    operation: Pick<ModelOperation, 'id' | 'name' | 'args'>,
  ): readonly { readonly name: string; readonly payload: Json }[];
  /** How far a bounded counter's key is above its bound, where there are bounded counters. */
  headroom?(state: S, place: { readonly root: string; readonly key: string }): number;
  /** What the operation is about, by its arguments alone: who explains a broken key wrote to it. */
  touches(operation: ModelOperation): readonly ModelKey[];
  /** The operation's effect on the state, given that it stands. Mutates `state`. */
  apply(state: S, operation: ModelOperation): void;
  /** The steps of a saga, where there are sagas. */
  stepsOf?(name: string, args: Json): readonly ModelStep[];
  /** Every deficit above 0, over all keys of all invariants. */
  deficits(state: S): readonly ModelDeficit[];
  /** Whether `restore` must leave it to people, as the state is then. Default: it never does. */
  isForPeople?(state: S, broken: ModelCase): boolean;
  /**
   * What a compensation does: `restore` where the deficit is above 0, then `amend`. `update` is what it made
   * of the document; empty where it was not run, and is only asked what it would have done.
   */
  compensate(state: S, broken: ModelCase, update: Uint8Array): void;
  /**
   * What a compensation had done, from one state to the next, to be done again on others. Absent where
   * `compensate` does the same on every state.
   */
  mended?(before: S, after: S, broken: ModelCase): Mended<S>;
  /** True where a second one with the same `dedupKey` is not wanted, and has no effect outside. */
  isOnce?(operation: ModelOperation): boolean;
  /** Where what it did is to be seen; undefined for operations of which nobody asks. */
  shownAt?(operation: ModelOperation): string | undefined;
  /** Whether what it did there is to be seen. */
  isVisible?(state: S, operation: ModelOperation): boolean;
  /** Applies a plain edit. */
  edit?(state: S, update: Uint8Array): ModelEdit;
  /** The state as plain JSON with sorted keys; equals `projection` of a document with that history. */
  content(state: S): Json;
}

/** Who sits at the devices, and what they may decide. */
export interface People {
  /** By the name of a device; a copy of one begins with its name. */
  userOf(device: string): string;
  /** As the relay knows them. */
  rolesOf(user: string): readonly string[];
}

export interface Workload<A extends App = App, S = unknown> {
  readonly name: string;
  readonly app: A;
  /** Default: everybody is anonymous, and has no roles. */
  readonly people?: People;
  /** What a person who sees `view` does next. */
  draw(random: Random, view: unknown): Act;
  /** The application's view as plain JSON, in the form of the model's `content`. */
  projection(view: unknown): Json;
  /** Invariants that its policy keeps without any compensation: no commit may ever break them. */
  readonly neverBroken?: readonly string[];
  /** Its operations only add up: a view shows the same whatever order they came in. */
  readonly addsUp?: true;
  /** Absent for documents that are edited only. */
  readonly model?: NaiveModel<S>;
}
