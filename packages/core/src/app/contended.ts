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

/** What each document package offers on its library. */
export interface Contended<D> {
  counter(doc: D, root: string): Counter;
  addWinsSet<T>(doc: D, root: string): AddWinsSet<T>;
  claims<T>(doc: D, root: string): Claims<T>;
}
