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
}
export type Effects = { readonly [name: string]: EffectType };

/** What `run` gets beside the document. `effect` only records; the act follows once it is saved. */
export interface RunContext<E extends Effects> extends OpContext {
  effect<N extends keyof E & string>(name: N, payload: In<E[N]['payload']>): void;
}

/**
 * How long to wait for `committed`, and what then, under the same operation id. `proceed`: the
 * document enters partition mode and the operation stays tentative.
 */
export interface Bound {
  readonly withinMs: number;
  readonly onTimeout: 'proceed';
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
