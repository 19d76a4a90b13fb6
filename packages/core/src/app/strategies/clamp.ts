// A sum is out of its bounds: bring it to the bound, and keep on record by how much.
import type { Counter } from '../contended.ts';
import type { WritableSet } from '../members.ts';
import type { Restore } from './restore.ts';

/** What was added to which key, and what it came to before. */
export interface Clamped {
  readonly key: string;
  readonly by: number;
  readonly was: number;
}

export interface Clamp<R> {
  readonly of: (doc: R) => Pick<Counter, 'get' | 'add'>;
  /** Whole numbers. */
  readonly least?: number;
  readonly most?: number;
  /** Under the compensation's id: what it added is money or goods that somebody has to find. */
  readonly record: (doc: R) => Pick<WritableSet<Clamped>, 'put'>;
}

/**
 * Mends `atLeast` and `atMost`: adds to the key what brings it to the bound, as an entry of its own (what
 * others added stays as it is), and records it.
 *
 * @remarks The key is at the bound; one that was in its bounds is left alone. Cost: O(1).
 */
export function clamp<R>(o: Clamp<R>): Restore<R> {
  const { least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY } = o;
  return (doc, { key }, op) => {
    const was = o.of(doc).get(key);
    const by = Math.min(most, Math.max(least, was)) - was;
    if (by === 0) return;
    o.of(doc).add(key, by);
    o.record(doc).put(op.id, { key, by, was });
  };
}
