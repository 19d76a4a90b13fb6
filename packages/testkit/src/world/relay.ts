// The relay of the world: the real driver and the real primary on a simulated process and disk. It
// crashes and starts again as a supervised process does; its log stays.
import type { AppVersions, Case, DocumentId, ObservedStep, ReplicaId } from '@causeway/core';
import { parseReplicaId } from '@causeway/core';
import { type CheckpointPace, type Primary, PrimaryLink, primaryOf } from '@causeway/primary';
import type { AppendResult, Auditors, Link, LinkEvents, RelayLimits } from '@causeway/relay';
import { defaultLimits, publishedLimits, RelayDriver } from '@causeway/relay';

import { Random } from '../random.ts';
import type { Listener } from './connection.ts';
import type { FarEnd } from './far-end.ts';
import { RelayDisk } from './relay-disk.ts';
import { SimulatedHost } from './simulated-host.ts';
import type { Timeline } from './timeline.ts';

export interface RelayOptions {
  /** Whom it believes: a primary of its own, its clients' auditors, or nobody. */
  readonly auditors: Auditors;
  readonly versions: AppVersions;
  readonly seed: number;
  readonly timeline: Timeline;
  readonly limits?: Partial<RelayLimits>;
  readonly farEnd: FarEnd;
  readonly rolesOf?: (user: string) => readonly string[];
  readonly observe: (process: SimulatedHost, step: ObservedStep) => void;
  readonly onDurable: (results: readonly AppendResult[]) => void;
  readonly onEscalation: (found: Case) => void;
  /** Something that must never happen here: a machine threw, the loop ended. */
  readonly onBroken: (what: string) => void;
}

interface Running extends Listener {
  readonly driver: RelayDriver;
}

/** A primary that died starts again after this, as the host of its process does. */
const primaryRestartMs = 250;

export class SimulatedRelay {
  readonly disk: RelayDisk;
  /** What the next primary loads: a new version of it comes with its next start. */
  versions: AppVersions;
  /** As its next start finds it. */
  auditors: RelayOptions['auditors'];
  private readonly o: RelayOptions;
  private readonly replica: ReplicaId;
  private readonly announced = new Set<DocumentId>();
  private running: Running | undefined;
  private primary: { session: PrimaryLink; process: SimulatedHost; leave: () => void } | undefined;
  private births = 0;
  /** Its own, so that what is drawn for checkpoints changes nothing else. */
  private readonly checkpointRandom: Random;
  private readonly pace: CheckpointPace;

  constructor(o: RelayOptions) {
    this.o = o;
    this.versions = o.versions;
    this.auditors = o.auditors;
    const random = new Random(o.seed, 'relay');
    this.disk = new RelayDisk({ random, onDurable: o.onDurable });
    const replica = parseReplicaId(random.hex(16));
    if (!replica) throw new Error('16 bytes in hex are a replica id');
    this.replica = replica;
    this.checkpointRandom = new Random(o.seed, 'checkpoints');
    // So often that a primary rarely dies without one, and so rarely that there is a tail to read.
    const entries = this.checkpointRandom.between(1, 20);
    this.pace = { entries, pauseMs: 20, idleMs: this.checkpointRandom.between(200, 5_000) };
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
      auditors: this.auditors,
      announce: (document) => this.announce(document),
      onFailure: () => undefined, // Shown to the owner; every peer is answered by the machine.
      onFatal: (error) => this.o.onBroken(`the relay's loop ended: ${String(error)}`),
    });
    this.running = { process, driver, accept: (link) => driver.accept(link, 'peer') };
    if (this.auditors === 'primary') this.startPrimary();
  }

  /** Returns the process that died, so that its connections can be told. */
  crash(): SimulatedHost | undefined {
    const died = this.running?.process;
    died?.kill();
    this.killPrimary();
    this.running = undefined;
    this.announced.clear();
    return died;
  }

  /** Only the process with the application dies; the relay starts another. */
  crashPrimary(): void {
    const { primary, running } = this;
    if (!primary || !running) return;
    this.killPrimary();
    primary.leave();
    running.process.after(primaryRestartMs, () => this.startPrimary());
  }

  private killPrimary(): void {
    if (!this.primary) return;
    this.primary.process.kill();
    this.disk.tear(this.primary.process, this.checkpointRandom);
    this.primary = undefined;
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
    const session: PrimaryLink = new PrimaryLink({
      primary: this.loadPrimary(process),
      previous: this.versions.previous,
      ...(this.o.rolesOf && { rolesOf: this.o.rolesOf }),
      replica: this.replica,
      limits: publishedLimits({ ...defaultLimits, ...this.o.limits }),
      platform: process,
      hash: process.hash,
      send: (frame) => {
        const copy = frame.slice();
        running.process.afterTurn(() => {
          if (process.isAlive) toRelay.events?.frameArrived(copy);
        });
      },
      guard: (document, work) => this.guard(document, work),
      checkpoints: {
        port: this.disk.checkpoints(process, this.checkpointRandom),
        pace: this.pace,
      },
      onEscalationFailed: (document, error) =>
        this.o.onBroken(`onEscalation of ${document} threw: ${String(error)}`),
    });
    const leave = (): void => running.process.deliver(() => toRelay.events?.closed());
    this.primary = { session, process, leave };
    for (const document of this.announced) session.announce(document);
  }

  /** What the application does outside is done at the far end. */
  private loadPrimary(process: SimulatedHost): Primary {
    const crash = (): void => {
      if (this.primary?.process === process) this.crashPrimary();
    };
    const onEscalation = async (found: Case): Promise<void> => this.o.onEscalation(found);
    const effects = this.o.farEnd.handlers(process, crash);
    const { current: definition } = this.versions;
    const { name, version } = definition;
    return { ...primaryOf({ name, version, definition }), effects, onEscalation };
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
