// What must hold, per key. Deficit measures how badly it fails, so that every commit that makes it
// worse is one violation, and a compensation knows how much to restore.
import type { Keyed } from './contended.ts';
import type { Recorded, Schemas } from './operation.ts';

export interface StateInvariant<V> {
  readonly holds: (doc: V, key: string) => boolean;
  /** How badly it fails, ≥ 0. Default: what is missing of the margin, or 0 or 1 from `holds`. */
  readonly deficit?: (doc: V, key: string) => number;
  /**
   * How far it is from failing: it holds while this is ≥ 0. Only for a sum to which each operation adds
   * the same in every state (counters): then states are searched without trying each of them. A
   * `deficit` beside it says the same.
   */
  readonly margin?: (doc: V, key: string) => number;
  /**
   * Roots that only operations may write, by their names in the view. An edit of one by a bound editor
   * cannot be un-made: its author is told, and where it makes this rule worse that is a violation.
   */
  readonly guards?: readonly (keyof V & string)[];
  /**
   * The keys that an edit of a guarded root may concern, asked before and after it: of the library's own
   * types nobody else knows. Keys of contended roots need no mention. Cost: each look asks all of them.
   */
  readonly guardKeys?: (doc: V) => Iterable<string>;
  /** Raise it when the meaning changes: old open cases are then superseded. Default 1. */
  readonly version?: number;
}
export interface Invariant<V, S extends Schemas> extends StateInvariant<V> {
  /** The keys an operation can affect. Default: its subjects. */
  readonly keys?: (op: Recorded<S>, doc: V) => readonly string[];
  /**
   * `possible`: commits are reported too that break it in some state that somebody could have seen,
   * though the order of the log shows none. Recorded only: nothing is compensated for it. Default
   * `commit`. Costs a copy of the document per such state, unless it has a `margin`.
   */
  readonly record?: 'commit' | 'possible';
}

/** Every value of `of`, a counter, is at least `bound`; the deficit is what is missing. */
export function atLeast<V>(of: (doc: V) => Keyed<number>, bound: number): StateInvariant<V> {
  return {
    holds: (doc, key) => of(doc).get(key) >= bound,
    deficit: (doc, key) => Math.max(0, bound - of(doc).get(key)),
    margin: (doc, key) => of(doc).get(key) - bound,
  };
}

/** Every value of `of`, a counter, is at most `bound`; the deficit is what is too much. */
export function atMost<V>(of: (doc: V) => Keyed<number>, bound: number): StateInvariant<V> {
  return {
    holds: (doc, key) => of(doc).get(key) <= bound,
    deficit: (doc, key) => Math.max(0, of(doc).get(key) - bound),
    margin: (doc, key) => bound - of(doc).get(key),
  };
}
