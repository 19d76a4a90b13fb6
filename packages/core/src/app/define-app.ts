// What an application declares, step by step: what may be done, what must hold, how it is mended,
// what is allowed meanwhile. A chain, because in one object the callbacks' types cannot be inferred.

import { Bug } from '../assert.ts';
import type { AppDefinition } from './app-definition.ts';
import { problemsOf } from './app-problems.ts';
import type { Compensation } from './compensation.ts';
import type { View } from './contended.ts';
import type { DocumentType } from './document-type.ts';
import type { Invariant } from './invariant.ts';
import type { Effects, EffectType, Operation, Schema, Schemas } from './operation.ts';
import type { Policy } from './policy-table.ts';
import type { Saga } from './saga.ts';

export interface AppTypes {
  readonly facet: unknown;
  readonly roots: unknown;
  readonly effects: Effects;
  readonly schemas: Schemas;
  /** Argument schemas by saga name. */
  readonly sagas: Schemas;
  readonly invariants: string;
}

/** A declared application. `definition` is the engine's, with types erased. */
export interface App<T extends AppTypes = AppTypes> {
  readonly name: string;
  readonly version: number;
  readonly definition: AppDefinition;
  /** Never set: carries the types. */
  readonly types?: T;
}
export type TypesOf<A extends App> = A extends App<infer T> ? T : never;
type AppOf<F, R, E extends Effects, S extends Schemas, G extends Schemas, I extends string> = App<{
  facet: F;
  roots: R;
  effects: E;
  schemas: S;
  sagas: G;
  invariants: I;
}>;

export interface OperationsStep<F, R, E extends Effects> extends AppOf<F, R, E, {}, {}, never> {
  /** Types an operation that lives in a file of its own. */
  operation<S extends Schema>(o: Operation<R, E, S>): Operation<R, E, S>;
  operations<S extends Schemas>(
    o: {
      readonly [O in keyof S]: Operation<R, E, S[O]>;
    },
  ): SagasStep<F, R, E, S>;
}
export interface SagasStep<F, R, E extends Effects, S extends Schemas>
  extends InvariantsStep<F, R, E, S, {}> {
  /** Rows of operations that are undone together; a client starts one by `startSaga`. */
  sagas<G extends Schemas>(
    o: {
      readonly [N in keyof G]: Saga<G[N], S>;
    },
  ): InvariantsStep<F, R, E, S, G>;
}
export interface InvariantsStep<F, R, E extends Effects, S extends Schemas, G extends Schemas> {
  invariants<I extends string>(
    o: {
      readonly [K in I]: Invariant<View<R>, S>;
    },
  ): CompensationsStep<F, R, E, S, G, I>;
}
export interface CompensationsStep<
  F,
  R,
  E extends Effects,
  S extends Schemas,
  G extends Schemas,
  I extends string,
> extends PolicyStep<F, R, E, S, G, I, never> {
  compensations<C extends I>(
    o: {
      readonly [K in C]: Compensation<R, E, S, K>;
    },
  ): PolicyStep<F, R, E, S, G, I, C>;
}
export interface PolicyStep<
  F,
  R,
  E extends Effects,
  S extends Schemas,
  G extends Schemas,
  I extends string,
  C extends I,
> {
  /** The table. A hole is a type error, and Bug `incomplete-policy` naming every cell at start-up. */
  policy(table: Policy<View<R>, S, I, C>): AppOf<F, R, E, S, G, I>;
}

/**
 * Begins an application. The value itself is already a complete app of edits only.
 *
 * @remarks Throws Bug `bad-app` when the name, the version or an effect's number is unusable, and at `policy` Bug
 * `incomplete-policy` when a cell is missing, unknown, or lacks its compensation, or when an operation
 * or a saga cannot be used; the message names each of them.
 */
export function defineApp<F, R, const E extends Effects = {}>(o: {
  readonly name: string;
  readonly version: number;
  readonly document: DocumentType<F, R>;
  readonly effects?: E;
}): OperationsStep<F, R, E> {
  const isNamed = /^[a-z][a-z0-9-]{0,63}$/.test(o.name);
  if (!isNamed) throw new Bug('bad-app', `app name "${o.name}": use a-z, 0-9 and -, 64 at most`);
  const isVersioned = Number.isSafeInteger(o.version) && o.version >= 1;
  if (!isVersioned) throw new Bug('bad-app', `version ${o.version}: use a whole number from 1 on`);
  for (const [name, type] of Object.entries<EffectType>(o.effects ?? {})) judgeEffect(name, type);
  const base = erase<AppDefinition>({
    name: o.name,
    version: o.version,
    document: o.document,
    effects: o.effects ?? {},
    operations: {},
    sagas: {},
    invariants: {},
    compensations: {},
    policy: {},
  });
  return {
    ...appOf<AppOf<F, R, E, {}, {}, never>>(base),
    operation: (operation) => operation,
    operations: (operations) => sagasStep(erase({ ...base, operations })),
  };
}

function judgeEffect(name: string, { attemptsMax = 1, withinMs = 1 }: EffectType): void {
  const isCounted = Number.isSafeInteger(attemptsMax) && attemptsMax >= 1;
  if (!isCounted)
    throw new Bug('bad-app', `effect "${name}": attemptsMax is a whole number from 1`);
  const isTimed = Number.isSafeInteger(withinMs) && withinMs >= 1;
  if (!isTimed) throw new Bug('bad-app', `effect "${name}": withinMs is a whole number from 1`);
}

function sagasStep<F, R, E extends Effects, S extends Schemas>(
  base: AppDefinition,
): SagasStep<F, R, E, S> {
  return {
    ...invariantsStep<F, R, E, S, {}>(base),
    sagas: (sagas) => invariantsStep(erase({ ...base, sagas })),
  };
}

function invariantsStep<F, R, E extends Effects, S extends Schemas, G extends Schemas>(
  base: AppDefinition,
): InvariantsStep<F, R, E, S, G> {
  return {
    invariants<I extends string>(invariants: { readonly [K in I]: Invariant<View<R>, S> }) {
      const next = erase<AppDefinition>({ ...base, invariants });
      return {
        ...policyStep<F, R, E, S, G, I, never>(next),
        compensations: <C extends I>(
          compensations: {
            readonly [K in C]: Compensation<R, E, S, K>;
          },
        ) => policyStep<F, R, E, S, G, I, C>(erase({ ...next, compensations })),
      };
    },
  };
}

function policyStep<
  F,
  R,
  E extends Effects,
  S extends Schemas,
  G extends Schemas,
  I extends string,
  C extends I,
>(base: AppDefinition): PolicyStep<F, R, E, S, G, I, C> {
  return {
    policy(table) {
      const definition = erase<AppDefinition>({ ...base, policy: table });
      const problems = problemsOf(definition);
      if (problems.length > 0) throw new Bug('incomplete-policy', problems.join('; '));
      return appOf(definition);
    },
  };
}

function appOf<A extends App>(definition: AppDefinition): A {
  return erase({ name: definition.name, version: definition.version, definition });
}

/** The one place where an application's types leave: the engine pairs values and callbacks again. */
function erase<T>(value: unknown): T {
  return value as T;
}
