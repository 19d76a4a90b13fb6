// One WebSocket connection through a line: a socket as the client's adapter sees it at one end, a link
// as the relay's driver sees it at the other.
import type { Link, LinkEvents } from '@causeway/relay';
import type { Random } from '../random.ts';
import type { LaneWorld, LineFaults } from './line.ts';
import { Lane } from './line.ts';
import type { SimulatedHost } from './simulated-host.ts';

/** What accepts connections; undefined while nobody listens. */
export interface Listener {
  readonly process: SimulatedHost;
  accept(link: Link): LinkEvents;
}

export interface ConnectionOptions {
  readonly world: LaneWorld & { frame(direction: string, bytes: Uint8Array): void };
  readonly random: Random;
  readonly faults: LineFaults;
  readonly client: SimulatedHost;
  readonly listener: () => Listener | undefined;
  /** The connection is over at both ends. */
  readonly onGone: (connection: Connection) => void;
}

type SocketListener = (event: { readonly data?: ArrayBuffer; readonly code?: number }) => void;

/** The buffer of a socket that is written to; above it the relay is told when it has drained. */
const fullBytes = 64 * 1024;

export class Connection {
  readyState = 0;
  private readonly o: ConnectionOptions;
  private readonly up: Lane;
  private readonly down: Lane;
  private readonly listeners = new Map<string, SocketListener[]>();
  private events: LinkEvents | undefined;
  private server: SimulatedHost | undefined;
  private isFull = false;
  private readonly hasGreeted = { up: false, down: false };

  constructor(o: ConnectionOptions) {
    this.o = o;
    const { faults, random, world } = o;
    this.up = new Lane({ world, random, faults, direction: 'up' });
    this.down = new Lane({ world, random, faults, direction: 'down' });
    this.up.send(0, () => this.knock());
  }

  /** As a browser's socket, as far as the client uses it. */
  listen(type: string, listener: SocketListener): void {
    const known = this.listeners.get(type);
    if (known) known.push(listener);
    else this.listeners.set(type, [listener]);
  }

  sendUp(data: Uint8Array): void {
    if (this.readyState !== 1) return;
    this.transmit('up', data, (bytes) => this.atServer(() => this.events?.frameArrived(bytes)));
  }

  /** The client hangs up; the relay hears of it when the line lets it through. */
  hangUp(): void {
    if (this.readyState >= 2) return;
    this.readyState = 3;
    this.up.send(0, () => this.leaveServer());
  }

  /** The line broke under an established connection: both ends notice at once. */
  reset(): void {
    this.up.clear();
    this.down.clear();
    this.leaveServer();
    this.endClient(1006);
  }

  wake(): void {
    this.up.wake();
    this.down.wake();
  }

  /** A process died: its kernel tells the other end, if the line carries it. */
  processDied(process: SimulatedHost): void {
    if (process === this.o.client) this.hangUp();
    else if (process === this.server) {
      this.server = undefined;
      this.down.send(0, () => this.endClient(1006));
    }
  }

  private knock(): void {
    const listener = this.o.listener();
    if (!listener) {
      this.down.send(0, () => this.endClient(1006)); // Connection refused.
      return;
    }
    if (this.readyState !== 0) return;
    this.server = listener.process;
    this.events = listener.accept(this.link());
    this.down.send(0, () => this.openClient());
  }

  private link(): Link {
    return {
      write: (frame) => {
        if (!this.events) return;
        this.transmit('down', frame, (bytes) =>
          this.atClient('message', { data: ownBuffer(bytes) }),
        );
      },
      bufferedBytes: () => {
        this.isFull ||= this.down.bufferedBytes > fullBytes;
        return this.down.bufferedBytes;
      },
      pause: () => {
        this.up.isPaused = true;
      },
      resume: () => {
        this.up.isPaused = false;
        this.up.wake();
      },
      close: (code) => {
        this.events = undefined;
        this.server = undefined;
        this.down.send(0, () => this.endClient(code));
      },
    };
  }

  private transmit(
    direction: 'up' | 'down',
    frame: Uint8Array,
    arrive: (bytes: Uint8Array) => void,
  ): void {
    const { faults, random, world } = this.o;
    const lane = direction === 'up' ? this.up : this.down;
    const bytes = frame.slice(); // What is sent is the sender's to change again.
    if (random.chance(faults.corruption)) flipBit(bytes, random);
    const isGreeting = !this.hasGreeted[direction];
    this.hasGreeted[direction] = true;
    const isDoubled = random.chance(faults.duplication) && !(isGreeting && faults.greetsOnce);
    const times = isDoubled ? faults.copies : 1;
    for (let time = 0; time < times; time++) {
      lane.send(bytes.length, () => {
        world.frame(direction, bytes);
        arrive(bytes);
        if (direction === 'down') this.noteDrained();
      });
    }
  }

  private noteDrained(): void {
    if (!this.isFull || this.down.bufferedBytes > fullBytes / 4) return;
    this.isFull = false;
    this.atServer(() => this.events?.drained());
  }

  private atServer(act: () => void): void {
    this.server?.deliver(act);
  }

  private leaveServer(): void {
    const { events } = this;
    if (events) this.atServer(() => events.closed());
    this.events = undefined;
    this.server = undefined;
    this.noteGone();
  }

  private openClient(): void {
    if (this.readyState !== 0) return;
    this.readyState = 1;
    this.atClient('open', {});
  }

  private endClient(code: number): void {
    if (this.readyState < 2) {
      this.readyState = 3;
      this.atClient('close', { code });
    }
    this.noteGone();
  }

  private noteGone(): void {
    if (this.readyState === 3 && !this.events) this.o.onGone(this);
  }

  private atClient(type: string, event: { data?: ArrayBuffer; code?: number }): void {
    this.o.client.deliver(() => {
      for (const listener of this.listeners.get(type) ?? []) listener(event);
    });
  }
}

function ownBuffer(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

function flipBit(bytes: Uint8Array, random: Random): void {
  const at = random.below(bytes.length);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
}
