// What runs at the relay beside the application: handlers for its effects, with their secrets. It lives
// in a module of its own, which no browser ever imports.
import {
  type App,
  Bug,
  type Case,
  type EffectHandlers,
  type Effects,
  type OperationId,
  type TypesOf,
  type WithHandlers,
} from '@causeway/core';

/** How an effect at the primary is called. */
export interface PrimaryCall {
  /** The same at every attempt: give it to the other side as the idempotency key. */
  readonly key: string;
  /** From 1 on. Above 1 an earlier attempt may have happened. */
  readonly attempt: number;
  readonly operation: OperationId;
  /** Aborted when the time of this call is over: whatever comes later does not count. */
  readonly signal: AbortSignal;
}
/** One function for each effect with `runs: 'primary'`; what it gives back is kept as the receipt. */
export type PrimaryHandlers<E extends Effects> = EffectHandlers<E, 'primary', PrimaryCall>;
export type PrimaryOptions<A extends App> = WithHandlers<
  PrimaryHandlers<TypesOf<A>['effects'] & Effects>
> & {
  /** A case was left to people. Called once, by the primary that left it; never again after a crash. */
  readonly onEscalation?: (found: Case, document: string) => Promise<void>;
  /**
   * The roles of a user: who may answer a question that names `resolvers`. Asked at each answer, in the
   * primary's process: it must know them by now, so keep a copy, and change that. Default: nobody has any.
   * Without authentication the user is who the client says it is. What it throws refuses the answer.
   */
  readonly rolesOf?: (user: string) => readonly string[];
};

/** A handler with its types erased. */
export type PrimaryHandler = (payload: unknown, call: PrimaryCall) => Promise<unknown>;

/** What a relay loads: made by {@link definePrimary} only. */
export interface Primary {
  readonly kind: 'causeway-primary';
  readonly app: App;
  readonly effects: Readonly<Record<string, PrimaryHandler>>;
  readonly onEscalation: PrimaryOptions<App>['onEscalation'];
  readonly rolesOf: PrimaryOptions<App>['rolesOf'];
}

/**
 * An application with what it does outside. Export it from a module of its own and start the relay
 * with that: `causeway serve --app shop.primary.ts`.
 *
 * A handler is called once the claim is in the log, and again after a crash only as its effect's
 * `delivery` allows: `at-least-once` under the same key, `at-most-once` never. What it throws, or a
 * call that takes longer than `withinMs`, is a failure: tried again with growing pauses, up to
 * `attemptsMax`; of `at-most-once` it is the end, as `unknown`, because it may have happened.
 *
 * @remarks Throws Bug `missing-handler` naming each effect of the primary that has none.
 */
export function definePrimary<A extends App>(app: A, o: PrimaryOptions<A>): Primary {
  const effects = (o.effects ?? {}) as Primary['effects'];
  const primary: Primary = {
    kind: 'causeway-primary',
    app,
    effects,
    onEscalation: o.onEscalation,
    rolesOf: o.rolesOf,
  };
  const missing = missingHandlers(primary);
  if (missing.length === 0) return primary;
  throw new Bug('missing-handler', `give definePrimary a handler for ${missing.join(', ')}`);
}

/** The effects of the primary that nobody here can perform. */
export function missingHandlers({ app, effects }: Primary): readonly string[] {
  return Object.entries(app.definition.effects)
    .filter(([name, { runs }]) => runs === 'primary' && typeof effects[name] !== 'function')
    .map(([name]) => name);
}

/** An application alone: enough where nothing is to be done outside. */
export function primaryOf(app: App): Primary {
  return {
    kind: 'causeway-primary',
    app,
    effects: {},
    onEscalation: undefined,
    rolesOf: undefined,
  };
}
