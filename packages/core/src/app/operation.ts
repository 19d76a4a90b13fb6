// What may be done: named acts with arguments that carry intent, and the effects they have outside.
import type { StandardSchemaV1 as Schema } from '@standard-schema/spec';
import type { OpContext } from '../outcome.ts';
import type { View } from './contended.ts';

export type { Schema };
export type Out<S extends Schema> = Schema.InferOutput<S>;
export type In<S extends Schema> = Schema.InferInput<S>;
/** Argument schemas by operation name: synchronous validation, JSON output. */
export type Schemas = { readonly [name: string]: Schema };

/** An external act (mail, charge, cash), declared as data and recorded before it happens. */
export interface EffectType {
  readonly payload: Schema;
  /** `device`: cash, a printed receipt. */
  readonly runs: 'primary' | 'device';
  /** On which side of a crash to err. */
  readonly delivery: 'at-least-once' | 'at-most-once';
  /** At the primary: how often it is tried in all (`at-least-once`). Default 8. */
  readonly attemptsMax?: number;
  /** At the primary: how long one call may take, in ms. Default 30,000. */
  readonly withinMs?: number;
}
export type Effects = { readonly [name: string]: EffectType };

/** A function for each effect that runs there. `C`: what it is told of the call. */
export type EffectHandlers<E extends Effects, Where extends EffectType['runs'], C> = {
  readonly [N in keyof E as E[N]['runs'] extends Where ? N : never]: E[N] extends EffectType
    ? (payload: Out<E[N]['payload']>, call: C) => Promise<unknown>
    : never;
};
/** Handlers are required exactly where the application has effects. */
export type WithHandlers<H> = keyof H extends never
  ? { readonly effects?: never }
  : { readonly effects: H };

/** What `run` gets beside the document. `effect` only records; the act follows once it is saved. */
export interface RunContext<E extends Effects> extends OpContext {
  effect<N extends keyof E & string>(name: N, payload: In<E[N]['payload']>): void;
}

/**
 * How long to wait for `committed` (of an intent: for its answer), and what then, under the same
 * operation id; the document is in partition mode from then on. `proceed`: it is done here, as its
 * row allows while cut off. `delay`: it waits as an intent. `cancel`: it is refused; such an operation
 * always asks the primary, because what was applied can never be taken back.
 */
export interface Bound {
  readonly withinMs: number;
  readonly onTimeout: 'cancel' | 'proceed' | 'delay';
}

export interface Operation<R, E extends Effects, S extends Schema> {
  readonly args: S;
  /** What it is about: the default keys of invariants and cells. */
  readonly subjects?: (args: Out<S>) => readonly string[];
  /** Bayou's dependency check, here and again at the audit. A string is the reason for no. */
  readonly requires?: (doc: View<R>, args: Out<S>, op: OpContext) => boolean | string;
  /** Synchronous, deterministic; returns nothing: results are read from the document. */
  readonly run: (doc: R, args: Out<S>, op: RunContext<E>) => void;
  /** `requires` no longer holds at the audit. Default: `void`, `keep` where it had an effect. */
  readonly whenStale?: 'void' | 'keep';
  /**
   * The same `dedupKey` under a second operation id. `report` (default): both stand, and the author of
   * the second is told. `void`: the second is refused (`duplicate`), unless it had an effect outside.
   */
  readonly duplicates?: 'report' | 'void';
  /**
   * Is what it did still to be seen? Asked at the primary after its own commit and after others on its
   * keys; once it is not because of a concurrent change, its author is told (`overwritten`). What a
   * library's own types merge by the last writer loses an effect without any rule being broken.
   */
  readonly effectVisible?: (doc: View<R>, args: Out<S>, op: OpContext) => boolean;
  /** What to show while it is an intent: values by key (its subjects, say); the document is not forked. */
  readonly preview?: (doc: View<R>, args: Out<S>) => { readonly [key: string]: unknown };
  readonly bound?: Bound;
}

/** An operation as it was made, arguments validated. */
export type Recorded<S extends Schemas> = {
  readonly [O in keyof S & string]: OpContext & {
    readonly name: O;
    readonly args: Out<S[O]>;
    readonly subjects: readonly string[];
  };
}[keyof S & string];

/** One effect record: durable before the act. `index`: its place in the operation. */
export interface EffectRecord {
  readonly index: number;
  readonly name: string;
  readonly payload: unknown;
}
