// Virtual time: what is to happen, in the order of its time, and of its asking where times are equal.
// Nothing waits for real: an hour costs what happens in it.

export interface Scheduled {
  readonly atMs: number;
  readonly order: number;
  act: (() => void) | undefined;
}

/** Owns the time of one world. */
export class Timeline {
  nowMs = 0;
  private readonly heap: Scheduled[] = [];
  private orders = 0;

  /** Calls back at now + `inMs`. Returns cancel. */
  after(inMs: number, act: () => void): () => void {
    const one: Scheduled = { atMs: this.nowMs + Math.max(0, inMs), order: this.orders++, act };
    this.push(one);
    return () => {
      one.act = undefined;
    };
  }

  /** When the next thing happens; infinite when nothing will. */
  get nextMs(): number {
    while (this.heap[0] && !this.heap[0].act) this.pop();
    return this.heap[0]?.atMs ?? Number.POSITIVE_INFINITY;
  }

  /** Lets the next thing happen. What it leaves to microtasks is its caller's to await. */
  runNext(): void {
    if (this.nextMs === Number.POSITIVE_INFINITY) return;
    const next = this.pop();
    if (!next) return;
    this.nowMs = next.atMs;
    next.act?.();
  }

  private push(one: Scheduled): void {
    const { heap } = this;
    let at = heap.push(one) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (!above || isBefore(above, one)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = one;
  }

  private pop(): Scheduled | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (!last || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      const left = heap[2 * at + 1];
      const right = heap[2 * at + 2];
      const child = right && left && isBefore(right, left) ? right : left;
      if (!child || isBefore(last, child)) break;
      heap[at] = child;
      at = child === left ? 2 * at + 1 : 2 * at + 2;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(a: Scheduled, b: Scheduled): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

/** Resolves when every microtask that stands in the queue has run, and those that it left. */
export function settleMicrotasks(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
