// A random history of three devices, a log and a primary, without network: what the oracle is tried
// on before it judges the simulated world.
import type { LogEntry } from '@causeway/core';
import { Random, type Workload } from '@causeway/testkit';
import { SmallDevice, type SmallWorldParts } from './small-device.ts';
import { SmallLog } from './small-log.ts';
import { SmallPrimary } from './small-primary.ts';

/** In the end longer than the longest settling delay: the default is a minute. */
const settlingMs = [1, 500, 500, 1_000, 2_000, 60_000, 500];
/** What a saga cannot undo is tried again after pauses, six times in all. */
const pausesMs = [1_000, 2_000, 4_000, 8_000, 16_000, 16_000, 500];

export class SmallWorld {
  readonly log: SmallLog;
  readonly devices: readonly SmallDevice[];
  private readonly parts: SmallWorldParts;
  private readonly random: Random;
  /** Two that think so, as after a failover that the first one did not notice. */
  readonly primaries: readonly SmallPrimary[];

  constructor(workload: Workload, seed: number) {
    this.random = new Random(seed, workload.name);
    this.log = new SmallLog(this.random);
    this.parts = { workload, random: this.random, log: this.log, clock: { nowMs: 0 } };
    this.devices = [0, 1, 2].map(() => new SmallDevice(this.parts));
    this.primaries = [0, 1].map(() => new SmallPrimary(this.parts));
  }

  get history(): readonly LogEntry[] {
    return this.log.entries;
  }

  get tabs() {
    return this.devices.flatMap(({ tabs }) => tabs);
  }

  /** So many things happen, in any order. */
  run(steps: number): this {
    for (let step = 0; step < steps; step++) this.step();
    return this;
  }

  /** The lines are up, everything is audited, and every delay passes. */
  settle(): this {
    for (const device of this.devices) device.heal();
    const hasSagas = Object.keys(this.parts.workload.app.definition.sagas).length > 0;
    for (const ms of hasSagas ? [...settlingMs, ...pausesMs] : settlingMs) {
      this.passTime(ms);
      this.flow();
    }
    return this;
  }

  /** Everything on its way arrives, without time passing. */
  flow(): void {
    while (this.moveOn());
  }

  passTime(ms: number): void {
    this.parts.clock.nowMs += ms;
    for (const tab of this.tabs) tab.passTime();
    for (const primary of this.primaries) primary.passTime();
  }

  private step(): void {
    const { random } = this;
    const device = random.pick(this.devices);
    const tab = random.pick(device.tabs);
    const primary = random.pick(this.primaries);
    const chance = random.next();
    if (chance < 0.36) tab.act(this.parts.workload.draw(random, tab.state.document.view));
    else if (chance < 0.5) tab.pull(random.between(1, 6));
    else if (chance < 0.6) this.passTime(random.pick([5, 20, 300, 2_000]));
    else if (chance < 0.66) device.gossip();
    else if (chance < 0.71) device.cut();
    else if (chance < 0.78) device.heal();
    else if (chance < 0.8) device.reload();
    else if (chance < 0.81) device.openTab();
    else if (chance < 0.82 && device.tabs.length > 1) device.closeTab(tab);
    else if (chance < 0.9) primary.audit(random.between(1, 10));
    else if (chance < 0.97) primary.deliver();
    else if (chance < 0.99) primary.answer();
    else primary.restart();
  }

  private moveOn(): boolean {
    let hasMoved = false;
    for (const primary of this.primaries) {
      hasMoved = primary.audit(100) || hasMoved;
      hasMoved = primary.deliver() || hasMoved;
      hasMoved = primary.answer() || hasMoved;
    }
    for (const device of this.devices) {
      device.gossip();
      for (const tab of device.tabs) hasMoved = tab.pull(100) || hasMoved;
    }
    return hasMoved;
  }
}
