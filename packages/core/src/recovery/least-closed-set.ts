// Which causally closed set of operations adds up to the least? A minimum cut: what takes is on the
// source's side, what gives on the sink's, and whoever is taken brings along what it had seen.
// @see Picard, Maximal Closure of a Graph (1976); Chase & Garg, Detection of Global Predicates (1998).
import type { CausalPlace } from '../causality/context.ts';
import { isBefore } from '../causality/context.ts';

/** An operation, and what it adds to the sum; a whole number or at least a finite one. */
export interface Weighted {
  readonly place: CausalPlace;
  readonly weight: number;
}

/**
 * The smallest of the closed sets with the least sum, as ascending indices; empty where none is below 0.
 *
 * @remarks Cost: O(n³) at most n times; n is capped by the caller.
 */
export function leastClosedSet(items: readonly Weighted[]): readonly number[] {
  const source = items.length;
  const flow = new Flow(items.length + 2);
  for (const [index, { place, weight }] of items.entries()) {
    if (weight < 0) flow.allow(source, index, -weight);
    else flow.allow(index, source + 1, weight);
    for (const [other, earlier] of items.entries()) {
      if (isBefore(earlier.place, place)) flow.allow(index, other, Number.POSITIVE_INFINITY);
    }
  }
  while (flow.augment(source, source + 1));
  const reached = flow.reached(source);
  return items.flatMap((_, index) => (reached.has(index) ? [index] : []));
}

/** What may still flow from node to node. */
class Flow {
  private readonly size: number;
  private readonly left: Float64Array;

  constructor(size: number) {
    this.size = size;
    this.left = new Float64Array(size * size);
  }

  allow(from: number, to: number, amount: number): void {
    this.left[from * this.size + to] = amount;
  }

  /** Sends as much as fits along a shortest path; false when there is none (Edmonds and Karp). */
  augment(source: number, sink: number): boolean {
    const previous = this.search(source);
    if (!previous.has(sink)) return false;
    const path: (readonly [from: number, to: number])[] = [];
    for (let at = sink; at !== source; ) {
      const from = previous.get(at) ?? source;
      path.push([from, at]);
      at = from;
    }
    const amount = Math.min(...path.map(([from, to]) => this.leftOf(from, to)));
    for (const [from, to] of path) {
      this.allow(from, to, this.leftOf(from, to) - amount);
      this.allow(to, from, this.leftOf(to, from) + amount);
    }
    return true;
  }

  reached(source: number): ReadonlySet<number> {
    return new Set([source, ...this.search(source).keys()]);
  }

  private leftOf(from: number, to: number): number {
    return this.left[from * this.size + to] ?? 0;
  }

  /** Breadth first: from where each node was reached. */
  private search(source: number): ReadonlyMap<number, number> {
    const previous = new Map<number, number>();
    const waiting = [source];
    for (let from = waiting.shift(); from !== undefined; from = waiting.shift()) {
      for (let to = 0; to < this.size; to++) {
        if (to === source || previous.has(to) || this.leftOf(from, to) <= 0) continue;
        previous.set(to, from);
        waiting.push(to);
      }
    }
    return previous;
  }
}
