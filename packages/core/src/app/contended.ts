// Types for contended things. Commit order does not pick the winner inside a CRDT library, so
// quantities and slots are write-once entries keyed by operation id, joined with verdicts that
// live in the coordination fold; the value is a view (ARCHITECTURE §3; after Bayou's ledger idea).
import type { OperationId } from '../identity.ts';

/** Under this symbol a writer type names its reader, so that invariants cannot write. */
export declare const view: unique symbol;

/** The roots without their writers: what readers and invariants get. */
export type View<R> = {
  readonly [K in keyof R]: R[K] extends { readonly [view]: infer V } ? V : R[K];
};

/** Anything looked up by a text key. */
export interface Keyed<T> {
  /** Keys with a value, in no promised order. */
  keys(): Iterable<string>;
  /** O(1): values are materialised, never recounted. */
  get(key: string): T;
}

/** Sums per key; a key without entries is 0. */
export interface CounterView extends Keyed<number> {}
export interface Counter extends CounterView {
  readonly [view]: CounterView;
  /** Adds `by`, a whole number, to `key` as an entry of the running operation. */
  add(key: string, by: number): void;
}

/** Whether rights come back from a holder that went silent: see {@link Bounds}. */
export type Reclaim = 'firm' | 'hard' | { readonly bounded: number };

/**
 * What a bounded quantity keeps to. A silent holder that spent cannot be told from one that did
 * not, so of {what is promised offline is final, rights come back, the bound is hard} an application
 * picks two: `firm` never takes rights back; `hard` counts a spend only if it was committed before
 * they were; `bounded` counts it, and lets the value fall below `min`, by that much at most.
 * @see docs/adr/0020-escrow.md
 */
export interface Bounds {
  /** The least value, a whole number. */
  readonly min: number;
  readonly reclaim: Reclaim;
}
export interface BoundedCounterView extends CounterView {
  /** The name that it was declared under: policies and the engine speak of it. */
  readonly root: string;
  /**
   * What this replica may spend of `key` here, offline, without asking anybody. For display: others
   * see other rights, and the audit none, so neither invariants nor `requires` may look at it.
   */
  rights(key: string): number;
}
/** A counter with a bound. `add` itself refuses nothing: the policy cell `escrow` does. */
export interface BoundedCounter extends BoundedCounterView {
  readonly [view]: BoundedCounterView;
  /** Adds `by`, a whole number, to `key` as an entry of the running operation. */
  add(key: string, by: number): void;
}

export interface SetView<T> extends Keyed<T | undefined> {
  has(key: string): boolean;
}
export interface AddWinsSet<T> extends SetView<T> {
  readonly [view]: SetView<T>;
  /** Adds a new tag, so the item stays even where another replica removes it meanwhile. */
  put(key: string, value: T): void;
  /** Removes the tags seen here, and no others. */
  delete(key: string): void;
}

/** One holder of, or candidate for, a slot. */
export interface Claim<T> {
  readonly id: OperationId;
  readonly value: T;
  /** Undefined once the verdict is `void`. */
  readonly slot: string | undefined;
  readonly verdict: 'tentative' | 'ok' | 'moved' | 'void';
}
export interface ClaimsView<T> {
  all(): Iterable<Claim<T>>;
  get(id: string): Claim<T> | undefined;
  /** The claim that has the slot: the first committed one, or else the first made here. */
  at(slot: string): Claim<T> | undefined;
  /** Everyone who claims the slot, first committed first. More than one is a conflict. */
  holders(slot: string): readonly Claim<T>[];
}
export interface Claims<T> extends ClaimsView<T> {
  readonly [view]: ClaimsView<T>;
  /** Claims the first of `slots` that is free in this view (or the first), in order of preference. */
  claim(slots: readonly [string, ...string[]], value: T): void;
  release(id: string): void;
  /**
   * For compensations, at the primary: the first committed claim of the slot stays, each other one
   * moves to its next free slot or is void. Returns the claims that changed.
   */
  settle(slot: string): readonly Claim<T>[];
}

export interface RegisterView<T> extends Keyed<T | undefined> {
  /**
   * The value: of several in conflict that of the first committed one, which is the same at every
   * replica that knows the same (tentative ones come last, by operation id). Undefined where nobody
   * wrote. Cost: O(1).
   */
  get(key: string): T | undefined;
  /**
   * What was written concurrently and nobody resolved yet: all values, first committed first, or
   * none where there are fewer than two different ones. Who must decide only what was on the screen
   * passes these as an argument, and compares them in `requires`. Cost: O(values in conflict).
   */
  conflicts(key: string): readonly T[];
}
/** A value per key that is never overwritten by somebody who had not seen it. */
export interface Register<T> extends RegisterView<T> {
  readonly [view]: RegisterView<T>;
  /**
   * Writes the value, and covers all that is live here: a conflict is resolved by it. What others
   * write meanwhile stays and conflicts with it. What an operation covered that turns out void is
   * live again, unless something newer covered that operation.
   */
  set(key: string, value: T): void;
}

/** What each document package offers on its library. */
export interface Contended<D> {
  counter(doc: D, root: string): Counter;
  boundedCounter(doc: D, root: string, bounds: Bounds): BoundedCounter;
  addWinsSet<T>(doc: D, root: string): AddWinsSet<T>;
  claims<T>(doc: D, root: string): Claims<T>;
  register<T>(doc: D, root: string): Register<T>;
}
