// The form that all ready-made rules share: a number per key that must not be above 0.
import type { StateInvariant } from '../invariant.ts';

/** Holds where `of` is 0 or less; the deficit is how far it is above. Cost: that of `of`. */
export function excess<V>(of: (doc: V, key: string) => number): StateInvariant<V> {
  return {
    holds: (doc, key) => of(doc, key) <= 0,
    deficit: (doc, key) => Math.max(0, of(doc, key)),
  };
}
