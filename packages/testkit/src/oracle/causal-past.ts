// What had the author of each entry seen? The closure of what each header says, and nothing cleverer:
// everything up to its position, its writer's earlier changes, its dots, and all that these had seen.
import type { HistoryEntry } from './history.ts';

export interface CausalPasts {
  /** True when the author at `position` had seen what was committed at `other`. */
  hasSeen(position: number, other: number): boolean;
}

/** Cost: O(entries²) bits. */
export function computePasts(entries: readonly HistoryEntry[]): CausalPasts {
  // A set of positions is a number with that bit set.
  const pastByPosition = new Map<number, bigint>();
  const positionByDot = new Map<string, number>();
  const withPast = (position: number): bigint =>
    (1n << BigInt(position)) | (pastByPosition.get(position) ?? 0n);
  // Each prefix with the pasts of its entries, so that a context is one union and not one per entry.
  const prefixes: bigint[] = [0n];
  for (const { position, author, seq, header } of entries) {
    const { context } = header;
    const parents = context.dots.map((dot) => positionByDot.get(`${dot.writer} ${dot.seq}`));
    parents.push(positionByDot.get(`${author.writer} ${seq - 1}`));
    let past = prefixes[Math.min(context.position, prefixes.length - 1)] ?? 0n;
    for (const parent of parents) if (parent !== undefined) past |= withPast(parent);
    pastByPosition.set(position, past);
    positionByDot.set(`${author.writer} ${seq}`, position);
    const before = prefixes.at(-1) ?? 0n;
    while (prefixes.length < position) prefixes.push(before); // Only a broken log has gaps.
    prefixes.push(before | withPast(position));
  }
  return {
    hasSeen: (position, other) =>
      (((pastByPosition.get(position) ?? 0n) >> BigInt(other)) & 1n) === 1n,
  };
}
