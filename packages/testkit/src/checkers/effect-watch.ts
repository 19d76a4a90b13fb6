// Effects on devices: those declared so at most once under their key, and only after its operation is on disk (G10).
import type { PerformedEffect, SimulatedDevice } from '../world/device.ts';
import type { Watcher } from '../world/world.ts';
import type { Evidence } from './evidence.ts';

export class EffectWatch implements Watcher {
  private readonly performed = new Map<string, string>();
  /** Recorded in a profile that was copied or went back: its twin may do the same. */
  private readonly excused = new Set<string>();
  private readonly o: Evidence;

  constructor(o: Evidence) {
    this.o = o;
  }

  onEffect({ device, key, name }: PerformedEffect): void {
    const before = this.performed.get(key);
    const isOnce = this.o.world.app.definition.effects[name]?.delivery === 'at-most-once';
    if (before !== undefined && isOnce && !this.excused.has(key)) {
      this.o.findings.report('G10', `${name} ${key} on ${device}, after ${before} had done it`);
    }
    this.performed.set(key, device);
    const [operation = ''] = key.split(':');
    if (this.isRecorded(device, operation)) return;
    this.o.findings.report('G10', `${name} ${key} on ${device} before its operation was on disk`);
  }

  onDiskRewound(device: SimulatedDevice): void {
    for (const { effects } of device.disk.database.documents.values()) {
      for (const [key, { state }] of effects) if (state === 'recorded') this.excused.add(key);
    }
  }

  private isRecorded(device: string, operation: string): boolean {
    if (this.o.truth.positionByOperation.has(operation)) return true;
    for (const { effects } of this.o.world.device(device).disk.database.documents.values()) {
      for (const effect of effects.values()) if (effect.operation === operation) return true;
    }
    return false;
  }
}
