// Two devices of one application in a simulated world, without checkers, and the few acts that tests of
// one feature are written in. (Scenarios, with all checkers on, are played on a `Stage`.)
import type { App } from '@causeway/core';
import { type SimulatedDevice, World } from '@causeway/testkit';
import { expect } from 'vitest';

export interface PairOptions {
  readonly seed?: number;
  /** So long does everything rest once it is quiet: what was asked for has come. */
  readonly restMs?: number;
}

export class Pair<A extends App> {
  readonly world: World<A>;
  readonly a: SimulatedDevice<A>;
  readonly b: SimulatedDevice<A>;
  private readonly restMs: number;

  private constructor(app: A, { seed = 7, restMs = 2_000 }: PairOptions) {
    this.world = new World({ app, seed, bounds: { fixedMs: 500 } });
    this.a = this.world.addDevice('A');
    this.b = this.world.addDevice('B');
    this.restMs = restMs;
  }

  /** Resolves when both are connected and quiet. */
  static async open<A extends App>(app: A, o: PairOptions = {}): Promise<Pair<A>> {
    const pair = new Pair(app, o);
    await pair.settle();
    return pair;
  }

  /** Both are connected, and have and know everything; or those that are named. */
  async settle(...devices: readonly SimulatedDevice<A>[]): Promise<void> {
    await this.world.advance(100); // What was just done is on its way.
    const awaited = devices.length > 0 ? devices : [this.a, this.b];
    expect(await this.world.advanceUntil(() => awaited.every(isQuiet), 120_000)).toBe(true);
    await this.world.advance(this.restMs);
  }

  /** Resolves when they have noticed. */
  async cut(...devices: readonly SimulatedDevice<A>[]): Promise<void> {
    for (const { line } of devices) line.cut('up', 'down');
    const isCut = (): boolean => devices.every((one) => statusOf(one)?.mode === 'partitioned');
    expect(await this.world.advanceUntil(isCut, 60_000)).toBe(true);
  }

  /** One after the other: what the first did comes first. */
  async heal(first: SimulatedDevice<A>, second: SimulatedDevice<A>): Promise<void> {
    first.line.heal();
    await this.world.advanceUntil(() => statusOf(first)?.synced === true, 60_000);
    second.line.heal();
    await this.settle();
  }
}

export function statusOf<A extends App>({ tab }: SimulatedDevice<A>) {
  return tab?.handle?.status.current;
}

function isQuiet<A extends App>(device: SimulatedDevice<A>): boolean {
  const status = statusOf(device);
  if (status?.mode !== 'connected' || status.delayed > 0) return false;
  return status.synced && status.audit === 'current';
}
