// What has been seen of each writer. A missing entry is 0: the paper compares only "nodes in
// common", which loses updates; we do not. @see Brewer, CAP Twelve Years Later, "version vectors".
import type { WriterId } from '../identity.ts';

/** `{writer → highest sequence number seen}`, of live and uncommitted writers. */
export type VersionVector = ReadonlyMap<WriterId, number>;

/** How two histories relate; `after` means the first has seen all of the second, and more. */
export type CausalOrder = 'equal' | 'before' | 'after' | 'concurrent';

/** Compares two vectors, reading a missing entry as 0. Cost: O(entries). */
export function compareVectors(a: VersionVector, b: VersionVector): CausalOrder {
  const isAhead = hasMore(a, b);
  const isBehind = hasMore(b, a);
  if (isAhead && isBehind) return 'concurrent';
  if (isAhead) return 'after';
  return isBehind ? 'before' : 'equal';
}

function hasMore(a: VersionVector, b: VersionVector): boolean {
  for (const [writer, seq] of a) if (seq > (b.get(writer) ?? 0)) return true;
  return false;
}

/** The least vector that has seen what either has seen. Cost: O(entries). */
export function mergeVectors(a: VersionVector, b: VersionVector): VersionVector {
  const merged = new Map(a);
  for (const [writer, seq] of b) merged.set(writer, Math.max(seq, merged.get(writer) ?? 0));
  return merged;
}
