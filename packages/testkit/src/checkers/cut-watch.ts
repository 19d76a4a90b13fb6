// A cut is noticed: no tab that runs shows `connected` long after its line stopped carrying (G15).
import type { ObservedStep, ReplicaState } from '@causeway/core';
import type { SimulatedDevice } from '../world/device.ts';
import type { SimulatedHost } from '../world/simulated-host.ts';
import type { Watcher } from '../world/world.ts';
import type { Evidence } from './evidence.ts';
import { deviceOf } from './replica-watch.ts';

export class CutWatch implements Watcher {
  /** Since when each device's line does not carry in both directions. */
  private readonly cutSinceMs = new Map<SimulatedDevice, number>();
  private readonly o: Evidence;
  private readonly graceMs: number;

  /** `graceMs`: the longest that a detector with these bounds may take, idle probe included. */
  constructor(o: Evidence, graceMs: number) {
    this.o = o;
    this.graceMs = graceMs;
  }

  onStep(process: SimulatedHost, { machine, state }: ObservedStep): void {
    const { nowMs } = this.o.world;
    for (const device of this.o.world.devices.values()) {
      const { isCut } = device.line.faults;
      if (!isCut.up && !isCut.down) this.cutSinceMs.delete(device);
      else if (!this.cutSinceMs.has(device)) this.cutSinceMs.set(device, nowMs);
    }
    if (machine !== 'replica') return;
    const device = deviceOf(this.o.world, process);
    const sinceMs = device && this.cutSinceMs.get(device);
    if (sinceMs === undefined || nowMs - sinceMs < this.graceMs) return;
    // A tab that was frozen or opened meanwhile has its own time to find out.
    if (process.awakeMs < this.graceMs) return;
    if ((state as ReplicaState).mode !== 'connected') return;
    const cutMs = Math.round(nowMs - sinceMs);
    this.o.findings.report('G15', `${process.name} shows connected, ${cutMs} ms after the cut`);
  }
}
