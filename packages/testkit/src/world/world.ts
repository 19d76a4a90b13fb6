// The simulated world: devices, lines, disks and a relay, with one clock and one source of chance.
// Everything that decides is the production code itself; only the ground under it is simulated.
import type {
  App,
  AppVersions,
  Case,
  LimitRow,
  LinkBounds,
  LogEntry,
  ObservedStep,
  StoreCommand,
} from '@causeway/core';
import type { AppendResult, RelayLimits } from '@causeway/relay';
import { Random } from '../random.ts';
import type { People } from '../workloads/workload.ts';
import type { PerformedEffect } from './device.ts';
import { SimulatedDevice } from './device.ts';
import { Disk } from './disk.ts';
import type { HandlerCall } from './far-end.ts';
import { FarEnd } from './far-end.ts';
import { Line } from './network.ts';
import { SimulatedRelay } from './relay.ts';
import type { SimulatedHost } from './simulated-host.ts';
import { settleMicrotasks, Timeline } from './timeline.ts';
import { Trace } from './trace.ts';

export interface WorldOptions<A extends App> {
  /** Of the devices; of the relay, too, unless `primary` is given. */
  readonly app: A;
  /** What the relay has loaded. */
  readonly primary?: AppVersions;
  readonly seed: number;
  readonly document?: string;
  /** The detector's bounds of every client. */
  readonly bounds?: Partial<LinkBounds>;
  readonly relayLimits?: Partial<RelayLimits>;
  readonly keepLines?: boolean;
  /** Names of devices that audit: then the relay has no primary, and believes them. */
  readonly auditors?: readonly string[];
  /** Default: everybody is anonymous, and has no roles. */
  readonly people?: People;
}

/** Who wants to know what happens: checkers, coverage. */
export interface Watcher<A extends App = App> {
  onStep?(process: SimulatedHost, step: ObservedStep): void;
  onEffect?(effect: PerformedEffect): void;
  /** The primary called a handler; the act follows, or does not. */
  onHandlerCall?(call: HandlerCall): void;
  /** It is done outside. */
  onHandled?(call: HandlerCall): void;
  /** A transaction of a device's disk is done; `rows`: what then counts against limits. */
  onDiskCommit?(
    device: SimulatedDevice<A>,
    commands: readonly StoreCommand[],
    rows: readonly LimitRow[],
  ): void;
  /** A device's disk went back to an earlier state: power loss, a restored backup. */
  onDiskRewound?(device: SimulatedDevice<A>): void;
  /** Entries became durable in the relay's log, in commit order. */
  onCommitted?(entries: readonly LogEntry[]): void;
}

/** No run comes near it; a livelock passes it in a moment. */
const eventsPerInstantMax = 20_000;

/** Time does not go on any more: some machine wakes itself without end. */
export class WorldStuck extends Error {
  override readonly name = 'WorldStuck';
}

export class World<A extends App = App> {
  readonly timeline = new Timeline();
  readonly trace: Trace;
  readonly relay: SimulatedRelay;
  /** Whom the primary's handlers act on. */
  readonly farEnd: FarEnd;
  /** Cases that the primary told its owner of. */
  readonly escalations: Case[] = [];
  readonly devices = new Map<string, SimulatedDevice<A>>();
  readonly effects: PerformedEffect[] = [];
  /** What must never happen and did: machines that threw. Checkers have their own lists. */
  readonly broken: string[] = [];
  readonly document: string;
  readonly app: A;
  /** Inputs that machines took. */
  steps = 0;
  private readonly o: WorldOptions<A>;
  private eventsNow = 0;
  private readonly watchers: Watcher<A>[] = [];

  constructor(o: WorldOptions<A>) {
    this.o = o;
    this.app = o.app;
    this.document = o.document ?? 'document-1';
    this.trace = new Trace({ keepLines: o.keepLines === true });
    this.farEnd = new FarEnd({
      app: o.app,
      timeline: this.timeline,
      random: new Random(o.seed, 'far end'),
      onCall: (call) => {
        this.trace.mixText(`${call.key} ${call.attempt}`);
        for (const watcher of this.watchers) watcher.onHandlerCall?.(call);
      },
      onHandled: (call) => {
        for (const watcher of this.watchers) watcher.onHandled?.(call);
      },
    });
    this.relay = new SimulatedRelay({
      auditors: o.auditors ? 'clients' : 'primary',
      versions: o.primary ?? { current: o.app.definition, previous: [] },
      seed: o.seed,
      timeline: this.timeline,
      limits: o.relayLimits ?? {},
      ...(o.people && { rolesOf: o.people.rolesOf }),
      observe: (process, step) => this.observe(process, step),
      onDurable: (results) => this.noteDurable(results),
      farEnd: this.farEnd,
      onEscalation: (found) => this.escalations.push(found),
      onBroken: (what) => this.broken.push(what),
    });
  }

  /** Of all that is drawn here. */
  get seed(): number {
    return this.o.seed;
  }

  get nowMs(): number {
    return this.timeline.nowMs;
  }

  watch(watcher: Watcher<A>): void {
    this.watchers.push(watcher);
  }

  /** A device with an empty disk, or with this one. Its first tab opens at once. */
  addDevice(name: string, disk: Disk = new Disk()): SimulatedDevice<A> {
    const { auditors = [], bounds = {}, people, seed } = this.o;
    const { app } = this;
    const { timeline } = this;
    const newRandom = (label: string): Random => new Random(seed, `${name} ${label}`);
    const frame = (direction: string, bytes: Uint8Array): void => {
      this.trace.mixText(direction);
      this.trace.mixBytes(bytes);
    };
    const line = new Line({
      random: newRandom('line'),
      listener: () => this.relay.listener,
      world: {
        get nowMs() {
          return timeline.nowMs;
        },
        after: (inMs, act) => timeline.after(inMs, act),
        frame,
      },
    });
    const device = new SimulatedDevice<A>({
      name,
      app,
      user: people?.userOf(name) ?? 'anonymous',
      document: this.document,
      auditing: auditors.includes(name)
        ? { ...(people && { rolesOf: people.rolesOf }) }
        : undefined,
      timeline,
      disk,
      line,
      bounds,
      newRandom,
      observe: (process, step) => this.observe(process, step),
      onEffect: (effect) => this.noteEffect(effect),
      onBroken: (what) => this.broken.push(what),
    });
    this.devices.set(name, device);
    disk.onCommit = (commands, rows) => {
      for (const watcher of this.watchers) watcher.onDiskCommit?.(device, commands, rows);
    };
    this.noteRewound(device); // A disk that comes along may be a copy of another.
    device.openTab();
    return device;
  }

  device(name: string): SimulatedDevice<A> {
    const device = this.devices.get(name);
    if (!device) throw new Error(`there is no device ${name}`);
    return device;
  }

  /** The machine goes dark: its tabs die, and what was not flushed is lost. */
  losePower(device: SimulatedDevice<A>): void {
    device.losePower();
    this.noteRewound(device);
  }

  /** The profile is as it was in that copy; its tabs die. */
  restoreDisk(device: SimulatedDevice<A>, backup: Disk): void {
    for (const tab of [...device.tabs]) device.crashTab(tab);
    device.disk.restore(backup);
    this.noteRewound(device);
  }

  /** The relay's process dies; what its disk holds stays. */
  crashRelay(): void {
    const died = this.relay.crash();
    if (!died) return;
    for (const { line } of this.devices.values()) line.processDied(died);
  }

  /** Lets time pass. Resolves when everything up to then has happened. */
  async advance(ms: number): Promise<void> {
    const endMs = this.nowMs + ms;
    await settleMicrotasks();
    while (this.timeline.nextMs <= endMs) await this.runNext();
    this.timeline.nowMs = endMs;
  }

  /** Lets time pass until `isDone`; false when that did not happen within `withinMs`. */
  async advanceUntil(isDone: () => boolean, withinMs: number): Promise<boolean> {
    const endMs = this.nowMs + withinMs;
    await settleMicrotasks();
    while (!isDone()) {
      if (this.timeline.nextMs > endMs) return false;
      await this.runNext();
    }
    return true;
  }

  /** Lets time pass until the promise has its answer. Throws when none came within `withinMs`. */
  async until<T>(promise: Promise<T>, withinMs = 60_000): Promise<T> {
    let answer: { readonly value: T } | undefined;
    let failure: { readonly error: unknown } | undefined;
    promise.then(
      (value) => {
        answer = { value };
      },
      (error: unknown) => {
        failure = { error };
      },
    );
    await this.advanceUntil(() => answer !== undefined || failure !== undefined, withinMs);
    if (failure) throw failure.error;
    if (!answer) throw new Error(`no answer within ${withinMs} simulated ms`);
    return answer.value;
  }

  /** The committed entries, in commit order. */
  async history(): Promise<readonly LogEntry[]> {
    const document = this.document as Parameters<typeof this.relay.disk.log.read>[0];
    const read = this.relay.disk.log.read(document, {
      after: 0,
      bytesMax: Number.MAX_SAFE_INTEGER,
    });
    return (await read).entries;
  }

  private async runNext(): Promise<void> {
    this.assertMoving();
    try {
      this.timeline.runNext();
    } catch (error) {
      this.broken.push(`something threw: ${error instanceof Error ? error.stack : String(error)}`);
    }
    await settleMicrotasks();
  }

  private noteRewound(device: SimulatedDevice<A>): void {
    for (const watcher of this.watchers) watcher.onDiskRewound?.(device);
  }

  /** A machine that asks to be woken at once, again and again, would stop the time. */
  private assertMoving(): void {
    if (this.timeline.nextMs > this.nowMs) this.eventsNow = 0;
    this.eventsNow += 1;
    if (this.eventsNow <= eventsPerInstantMax) return;
    throw new WorldStuck(`${this.eventsNow} events at ${this.nowMs} ms, and time does not go on`);
  }

  private observe(process: SimulatedHost, step: ObservedStep): void {
    this.steps += 1;
    const { trace } = this;
    trace.mixNumber(this.nowMs);
    trace.mixText(process.name);
    trace.mixText(step.input.type);
    for (const effect of step.effects) trace.mixText(effect.type);
    trace.note(this.nowMs, () => describeStep(process, step));
    for (const watcher of this.watchers) watcher.onStep?.(process, step);
  }

  private noteEffect(effect: PerformedEffect): void {
    this.effects.push(effect);
    this.trace.mixText(effect.key);
    for (const watcher of this.watchers) watcher.onEffect?.(effect);
  }

  private noteDurable(results: readonly AppendResult[]): void {
    for (const result of results) {
      if (result.type !== 'appended') continue;
      for (const watcher of this.watchers) watcher.onCommitted?.(result.entries);
    }
  }
}

function describeStep(process: SimulatedHost, { machine, input, effects }: ObservedStep): string {
  const asked = effects.map(({ type }) => type).join(' ');
  const { type, ...rest } = input;
  const detail = Object.entries(rest)
    .filter(([, value]) => typeof value === 'string' || typeof value === 'number')
    .map(([name, value]) => `${name}=${String(value).slice(0, 24)}`)
    .join(' ');
  return `${process.name.padEnd(8)} ${machine.padEnd(8)} ${type} ${detail}${asked && ` → ${asked}`}`;
}
