// What must hold, per key. Deficit measures how badly it fails, so that every commit that makes it
// worse is one violation, and a compensation knows how much to restore.
import type { Keyed } from './contended.ts';
import type { Recorded, Schemas } from './operation.ts';

export interface StateInvariant<V> {
  readonly holds: (doc: V, key: string) => boolean;
  /** How badly it fails, ≥ 0. Default: 0 or 1 from `holds`. */
  readonly deficit?: (doc: V, key: string) => number;
  /** Raise it when the meaning changes: old open cases are then superseded. Default 1. */
  readonly version?: number;
}
export interface Invariant<V, S extends Schemas> extends StateInvariant<V> {
  /** The keys an operation can affect. Default: its subjects. */
  readonly keys?: (op: Recorded<S>, doc: V) => readonly string[];
}

/** Every value of `of` is at least `bound`; the deficit is what is missing. */
export function atLeast<V>(of: (doc: V) => Keyed<number>, bound: number): StateInvariant<V> {
  return {
    holds: (doc, key) => of(doc).get(key) >= bound,
    deficit: (doc, key) => Math.max(0, bound - of(doc).get(key)),
  };
}

/** Every value of `of` is at most `bound`; the deficit is what is too much. */
export function atMost<V>(of: (doc: V) => Keyed<number>, bound: number): StateInvariant<V> {
  return {
    holds: (doc, key) => of(doc).get(key) <= bound,
    deficit: (doc, key) => Math.max(0, of(doc).get(key) - bound),
  };
}
