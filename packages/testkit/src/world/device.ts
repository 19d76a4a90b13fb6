// A device of the world: one browser profile with its disk and its line, and the tabs that are open in
// it. Each tab is the real client on a simulated process.
import { type Client, connect, type Handle, type StartAuditor } from '@causeway/client';
import { type AuditorOptions, createAuditor } from '@causeway/client/auditor';
import type { App, LinkBounds, ObservedStep } from '@causeway/core';
import type { Random } from '../random.ts';
import type { Disk } from './disk.ts';
import { LockTable } from './locks.ts';
import type { Line } from './network.ts';
import type { ClockFault } from './simulated-host.ts';
import { SimulatedHost } from './simulated-host.ts';
import type { Timeline } from './timeline.ts';

/** A device effect as it reached the application: cash that left the machine. */
export interface PerformedEffect {
  readonly device: string;
  readonly key: string;
  readonly name: string;
  readonly payload: unknown;
}

export interface Tab<A extends App = App> {
  readonly name: string;
  readonly process: SimulatedHost;
  readonly client: Client<A>;
  /** Of a device that audits: what runs its auditor, so that it can die alone. It dies with the tab. */
  readonly auditor: SimulatedHost | undefined;
  /** Undefined until the document is open. */
  handle: Handle<A> | undefined;
  /** Why it could not be opened. */
  failure: unknown;
}

export interface DeviceOptions<A extends App> {
  readonly name: string;
  readonly app: A;
  /** Who sits there. */
  readonly user: string;
  readonly document: string;
  /** Each of its tabs has an auditor, with these options; undefined: none has. */
  readonly auditing: AuditorOptions | undefined;
  readonly timeline: Timeline;
  readonly disk: Disk;
  readonly line: Line;
  readonly bounds: Partial<LinkBounds>;
  readonly newRandom: (label: string) => Random;
  readonly observe: (process: SimulatedHost, step: ObservedStep) => void;
  readonly onEffect: (effect: PerformedEffect) => void;
  readonly onBroken: (what: string) => void;
}

const openAgainMs = 2_000;

export class SimulatedDevice<A extends App = App> {
  readonly name: string;
  readonly disk: Disk;
  readonly line: Line;
  readonly clock: ClockFault = { rate: 1, wallOffsetMs: 0 };
  readonly tabs: Tab<A>[] = [];
  private readonly o: DeviceOptions<A>;
  private readonly locks = new LockTable();
  private readonly notes = new Map<string, string>();
  private births = 0;

  constructor(o: DeviceOptions<A>) {
    this.o = o;
    this.name = o.name;
    this.disk = o.disk;
    this.line = o.line;
  }

  /** The first tab that is open; the one that most people have. */
  get tab(): Tab<A> | undefined {
    return this.tabs[0];
  }

  /** The document in the first tab. Throws where none is open. */
  get handle(): Handle<A> {
    const handle = this.tab?.handle;
    if (!handle) throw new Error(`${this.name}: no document is open; openTab() and wait first`);
    return handle;
  }

  /** Starts the application, or another build of it, in a new tab; its document opens as time goes on. */
  openTab(app: A = this.o.app): Tab<A> {
    const { bounds, line, newRandom, user } = this.o;
    const name = `${this.name}${++this.births}`;
    const process = this.newProcess(name, { locks: this.locks, notes: this.notes });
    // Its own chance, so that what is drawn for audits changes nothing else.
    const auditor = this.o.auditing && this.newProcess(`${name} auditor`);
    const store = this.disk.open(process, newRandom(`${name} disk`));
    const client = connect<App>({
      app,
      url: 'ws://relay.simulated/sync',
      user: { id: user, roles: [] },
      store,
      WebSocket: line.socketClass(process),
      bounds,
      platform: process,
      ...(auditor && { auditor: this.auditorOn(auditor) }),
      ...({ effects: this.effectHandlers() } as object),
    }) as Client<A>;
    const tab: Tab<A> = { name, process, client, auditor, handle: undefined, failure: undefined };
    this.tabs.push(tab);
    this.openDocument(tab);
    return tab;
  }

  /** As a patient person: where the disk refuses, again after a while. */
  private openDocument(tab: Tab<A>): void {
    const opening = tab.client.open(this.o.document) as Promise<Handle<A>>;
    opening.then(
      (handle) => {
        tab.handle = handle;
        tab.failure = undefined;
      },
      (error: unknown) => {
        tab.failure = error;
        tab.process.after(openAgainMs, () => this.openDocument(tab));
      },
    );
  }

  /** A tab dies without a word. */
  crashTab(tab: Tab<A>): void {
    const at = this.tabs.indexOf(tab);
    if (at < 0) return;
    this.tabs.splice(at, 1);
    for (const process of [tab.process, tab.auditor]) if (process) this.kill(process);
  }

  /** The auditor of a tab dies alone, without a word; the tab goes on. */
  crashAuditor({ auditor }: Tab<A>): void {
    if (auditor) this.kill(auditor);
  }

  /** Every tab dies, and one opens again. */
  reload(): Tab<A> {
    for (const tab of [...this.tabs]) this.crashTab(tab);
    return this.openTab();
  }

  /** The machine goes dark: every tab dies, and what was not flushed is lost. */
  losePower(): void {
    for (const tab of [...this.tabs]) this.crashTab(tab);
    this.disk.losePower();
  }

  private kill(process: SimulatedHost): void {
    process.kill();
    this.line.processDied(process);
  }

  private newProcess(
    name: string,
    profile: { readonly locks?: LockTable; readonly notes?: Map<string, string> } = {},
  ): SimulatedHost {
    const { newRandom, observe, timeline } = this.o;
    const random = newRandom(`${name} process`);
    return new SimulatedHost({ name, timeline, random, clock: this.clock, observe, ...profile });
  }

  private auditorOn(process: SimulatedHost): StartAuditor {
    const Socket = this.o.line.socketClass(process);
    return (setup) => {
      const changed = (): void => {
        const { failure } = auditor;
        if (failure !== undefined) this.o.onBroken(`${process.name} threw: ${failure}`);
        setup.changed();
      };
      const auditor = createAuditor(this.o.auditing)({
        ...setup,
        Socket,
        platform: process,
        changed,
      });
      return auditor;
    };
  }

  private effectHandlers(): Record<
    string,
    (payload: unknown, call: { key: string }) => Promise<void>
  > {
    const handlers: ReturnType<SimulatedDevice['effectHandlers']> = {};
    for (const [name, type] of Object.entries(this.o.app.definition.effects)) {
      if (type.runs !== 'device') continue;
      handlers[name] = async (payload, { key }) =>
        this.o.onEffect({ device: this.name, key, name, payload });
    }
    return handlers;
  }
}
