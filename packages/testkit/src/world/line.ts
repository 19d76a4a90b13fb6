// The network between one device and the relay, as TCP shows it: what arrives comes in order, but it
// may come late, stop in one direction, break, or be bytes that nobody sent.
import type { Random } from '../random.ts';

export type Direction = 'up' | 'down';

/** What the line does to what is sent; drawn anew for each frame. */
export interface LineFaults {
  latencyMs: { from: number; to: number };
  /** A direction that is cut holds what is sent, as retransmission does, until it is healed. */
  readonly isCut: { up: boolean; down: boolean };
  /** Chance that a bit of a frame is flipped. */
  corruption: number;
  /** Chance that a frame arrives twice. */
  duplication: number;
  /** How often such a frame comes. */
  copies: number;
  /** The first frame of each direction comes once: a second greeting ends the connection. */
  greetsOnce: boolean;
}

interface InTransit {
  dueMs: number;
  readonly bytes: number;
  readonly arrive: () => void;
}

/** What a lane needs of its world. */
export interface LaneWorld {
  readonly nowMs: number;
  after(inMs: number, act: () => void): () => void;
}

/** One direction of one connection: first in, first out. */
export class Lane {
  bufferedBytes = 0;
  isPaused = false;
  private queue: InTransit[] = [];
  private isPumping = false;
  private readonly o: {
    readonly world: LaneWorld;
    readonly random: Random;
    readonly faults: LineFaults;
    readonly direction: Direction;
  };

  constructor(o: Lane['o']) {
    this.o = o;
  }

  send(bytes: number, arrive: () => void): void {
    this.bufferedBytes += bytes;
    const last = this.queue.at(-1)?.dueMs ?? 0;
    this.queue.push({ dueMs: Math.max(last, this.arrivalMs()), bytes, arrive });
    this.pump();
  }

  /** The direction works again: what was held is on its way. */
  wake(): void {
    if (this.isPumping) return;
    let dueMs = this.arrivalMs();
    for (const one of this.queue) {
      dueMs = Math.max(dueMs, one.dueMs);
      one.dueMs = dueMs;
    }
    this.pump();
  }

  /** The connection broke: nothing of it arrives any more. */
  clear(): void {
    this.queue = [];
    this.bufferedBytes = 0;
  }

  private arrivalMs(): number {
    const { latencyMs } = this.o.faults;
    const spread = this.o.random.next() * (latencyMs.to - latencyMs.from);
    return this.o.world.nowMs + latencyMs.from + spread;
  }

  private get isHeld(): boolean {
    return this.isPaused || this.o.faults.isCut[this.o.direction];
  }

  private pump(): void {
    const next = this.queue[0];
    if (!next || this.isPumping || this.isHeld) return;
    this.isPumping = true;
    this.o.world.after(next.dueMs - this.o.world.nowMs, () => {
      this.isPumping = false;
      this.deliverDue();
      this.pump();
    });
  }

  private deliverDue(): void {
    for (;;) {
      const next = this.queue[0];
      if (!next || this.isHeld || next.dueMs > this.o.world.nowMs) return;
      this.queue.shift();
      this.bufferedBytes -= next.bytes;
      next.arrive();
    }
  }
}
