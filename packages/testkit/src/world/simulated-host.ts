// A process of the simulated world: a tab, or a relay. It has a clock that may be wrong, timers that
// die with it, locks that come free when it dies, and it may be frozen for a while.
import { hash as nodeHash } from 'node:crypto';
import type { ClientPlatform } from '@causeway/client';
import type { Hash, Moment, ObservedStep } from '@causeway/core';
import type { Random } from '../random.ts';
import type { LockTable } from './locks.ts';
import type { Timeline } from './timeline.ts';

export const sha256: Hash = (bytes) => new Uint8Array(nodeHash('sha256', bytes, 'buffer'));

/** What a machine's clocks show, beside the true time. */
export interface ClockFault {
  /** Seconds of this clock per true second. */
  rate: number;
  /** The wall clock is set by people. */
  wallOffsetMs: number;
}

/** Where wall clocks begin. */
export const worldBeganMs = Date.UTC(2026, 0, 1);

export interface ProcessOptions {
  readonly name: string;
  readonly timeline: Timeline;
  readonly random: Random;
  readonly clock: ClockFault;
  readonly locks?: LockTable;
  /** The profile's small notes: they outlive the process. */
  readonly notes?: Map<string, string>;
  readonly observe: (process: SimulatedHost, step: ObservedStep) => void;
}

export class SimulatedHost implements ClientPlatform {
  readonly name: string;
  readonly hash = sha256;
  readonly locks: ClientPlatform['locks'];
  readonly kept: ClientPlatform['kept'];
  readonly observe: (step: ObservedStep) => void;
  isAlive = true;
  private readonly o: ProcessOptions;
  private readonly bornMs: number;
  private frozenUntilMs = 0;

  constructor(o: ProcessOptions) {
    this.o = o;
    this.name = o.name;
    this.bornMs = o.timeline.nowMs;
    this.locks = o.locks?.of(this);
    const { notes } = o;
    this.kept = notes && {
      getItem: (name) => notes.get(name) ?? null,
      setItem: (name, value) => void notes.set(name, value),
    };
    this.observe = (step) => o.observe(this, step);
  }

  moment(): Moment {
    const { clock, random, timeline } = this.o;
    const ranMs = (timeline.nowMs - this.bornMs) * clock.rate;
    return { monotonicMs: ranMs, wallMs: this.wallMs, random: random.next() };
  }

  /** What its wall clock shows, without a draw: for those who look on. */
  get wallMs(): number {
    const { clock, timeline } = this.o;
    return Math.round(worldBeganMs + timeline.nowMs * clock.rate + clock.wallOffsetMs);
  }

  randomBytes(count: number): Uint8Array {
    return this.o.random.bytes(count);
  }

  /** By this process's own clock; never once it is dead. */
  after(ms: number, act: () => void): () => void {
    return this.o.timeline.after(ms / this.o.clock.rate, () => this.deliver(act));
  }

  afterTurn(act: () => void): void {
    this.o.timeline.after(0, () => this.deliver(act));
  }

  /** How long it has been running without a pause. */
  get awakeMs(): number {
    return this.o.timeline.nowMs - Math.max(this.bornMs, this.frozenUntilMs);
  }

  /** Something reaches the process: at once, after it thaws, or never. */
  deliver(act: () => void): void {
    if (!this.isAlive) return;
    const { timeline } = this.o;
    if (timeline.nowMs >= this.frozenUntilMs) act();
    else timeline.after(this.frozenUntilMs - timeline.nowMs, () => this.deliver(act));
  }

  /** Nothing runs here for so long, as in a hidden tab or a machine that sleeps. */
  freeze(ms: number): void {
    this.frozenUntilMs = Math.max(this.frozenUntilMs, this.o.timeline.nowMs + ms);
  }

  /** As `kill -9`: no last words. */
  kill(): void {
    this.isAlive = false;
    this.o.locks?.releaseAll(this);
  }
}
