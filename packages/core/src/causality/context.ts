// What an author had seen, in two integers and, rarely, a few dots. Replicas apply only committed
// changes and their own replica's pending ones, so (epoch, position) names everything committed,
// and a dot names one uncommitted change of a sibling tab or of a dead writer.
import type { WriterId } from '../identity.ts';

/** One uncommitted change that the author had seen, by name and by content. */
export interface Dot {
  readonly writer: WriterId;
  readonly seq: number;
  readonly hash: Uint8Array;
}

/**
 * The author's causal past: everything at or below `position`, its own earlier changes, and the
 * dots stated here or earlier in its own chain (a dot is stated once, then inherited).
 */
export interface Context {
  readonly epoch: number;
  readonly position: number;
  readonly dots: readonly Dot[];
}

/** A committed change as far as causality is concerned; `inherited`: all dots of its chain so far. */
export interface CausalPlace {
  readonly position: number;
  readonly writer: WriterId;
  readonly seq: number;
  readonly seen: number;
  readonly inherited: ReadonlyMap<WriterId, number>;
}

/** True when `b`'s author had seen `a` (or is its later self). Cost: O(1). */
export function isBefore(a: CausalPlace, b: CausalPlace): boolean {
  if (a.writer === b.writer) return a.seq < b.seq;
  return a.position <= b.seen || a.seq <= (b.inherited.get(a.writer) ?? 0);
}

/** True when neither author had seen the other's change. Cost: O(1). */
export function isConcurrent(a: CausalPlace, b: CausalPlace): boolean {
  const isSame = a.writer === b.writer && a.seq === b.seq;
  return !isSame && !isBefore(a, b) && !isBefore(b, a);
}
