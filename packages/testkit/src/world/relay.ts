// The relay of the world: the real driver and the real primary on a simulated process and disk. It
// crashes and starts again as a supervised process does; its log stays.
import type { App, DocumentId, ObservedStep, ReplicaId } from '@causeway/core';
import { parseReplicaId } from '@causeway/core';
import type { AppendResult, Link, LinkEvents, RelayLimits } from '@causeway/relay';
import { defaultLimits, PrimarySession, publishedLimits, RelayDriver } from '@causeway/relay';
import { Random } from '../random.ts';
import type { Listener } from './connection.ts';
import { RelayDisk } from './relay-disk.ts';
import { SimulatedHost } from './simulated-host.ts';
import type { Timeline } from './timeline.ts';

export interface RelayOptions {
  readonly app: App;
  readonly seed: number;
  readonly timeline: Timeline;
  readonly limits?: Partial<RelayLimits>;
  readonly observe: (process: SimulatedHost, step: ObservedStep) => void;
  readonly onDurable: (results: readonly AppendResult[]) => void;
  /** Something that must never happen here: a machine threw, the loop ended. */
  readonly onBroken: (what: string) => void;
}

interface Running extends Listener {
  readonly driver: RelayDriver;
}

/** A primary that died starts again after this, as the host of its thread does. */
const primaryRestartMs = 250;

export class SimulatedRelay {
  readonly disk: RelayDisk;
  private readonly o: RelayOptions;
  private readonly replica: ReplicaId;
  private readonly announced = new Set<DocumentId>();
  private running: Running | undefined;
  private primary:
    | { session: PrimarySession; process: SimulatedHost; leave: () => void }
    | undefined;
  private births = 0;

  constructor(o: RelayOptions) {
    this.o = o;
    const random = new Random(o.seed, 'relay');
    this.disk = new RelayDisk({ random, onDurable: o.onDurable });
    const replica = parseReplicaId(random.hex(16));
    if (!replica) throw new Error('16 bytes in hex are a replica id');
    this.replica = replica;
    this.start();
  }

  get listener(): Listener | undefined {
    return this.running;
  }
  get process(): SimulatedHost | undefined {
    return this.running?.process;
  }

  start(): void {
    if (this.running) return;
    const process = this.newProcess('relay');
    const driver = new RelayDriver({
      platform: process,
      store: this.disk.open(process, this.newRandom('store')),
      limits: { ...defaultLimits, ...this.o.limits },
      hasPrimary: true,
      announce: (document) => this.announce(document),
      onFailure: () => undefined, // Shown to the owner; every peer is answered by the machine.
      onFatal: (error) => this.o.onBroken(`the relay's loop ended: ${String(error)}`),
    });
    this.running = { process, driver, accept: (link) => driver.accept(link, 'peer') };
    this.startPrimary();
  }

  /** Returns the process that died, so that its connections can be told. */
  crash(): SimulatedHost | undefined {
    const died = this.running?.process;
    died?.kill();
    this.primary?.process.kill();
    this.running = undefined;
    this.primary = undefined;
    this.announced.clear();
    return died;
  }

  /** Only the thread with the application dies; the relay starts another. */
  crashPrimary(): void {
    const { primary, running } = this;
    if (!primary || !running) return;
    primary.process.kill();
    this.primary = undefined;
    primary.leave();
    running.process.after(primaryRestartMs, () => this.startPrimary());
  }

  private startPrimary(): void {
    const { running } = this;
    if (!running || this.primary) return;
    const process = this.newProcess('primary');
    const toRelay: { events?: LinkEvents } = {};
    const link: Link = {
      write: (frame) => process.afterTurn(() => session.receive(frame.slice())),
      bufferedBytes: () => 0,
      pause: () => undefined,
      resume: () => undefined,
      close: () => this.crashPrimary(),
    };
    toRelay.events = running.driver.accept(link, 'primary');
    const session: PrimarySession = new PrimarySession({
      app: this.o.app,
      replica: this.replica,
      limits: publishedLimits({ ...defaultLimits, ...this.o.limits }),
      platform: process,
      send: (frame) => {
        const copy = frame.slice();
        running.process.afterTurn(() => {
          if (process.isAlive) toRelay.events?.frameArrived(copy);
        });
      },
      guard: (document, work) => this.guard(document, work),
    });
    const leave = (): void => running.process.deliver(() => toRelay.events?.closed());
    this.primary = { session, process, leave };
    for (const document of this.announced) session.announce(document);
  }

  private guard(document: DocumentId, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.o.onBroken(`the primary of ${document} threw: ${String(error)}`);
      this.crashPrimary();
    }
  }

  private announce(document: DocumentId): void {
    this.announced.add(document);
    this.primary?.session.announce(document);
  }

  private newProcess(name: string): SimulatedHost {
    const { observe, timeline } = this.o;
    const random = this.newRandom(name);
    return new SimulatedHost({
      name,
      timeline,
      random,
      clock: { rate: 1, wallOffsetMs: 0 },
      observe,
    });
  }

  private newRandom(label: string): Random {
    return new Random(this.o.seed, `${label} ${this.births++}`);
  }
}
