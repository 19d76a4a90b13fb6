// All connections of the world: one line per device, and the WebSocket class that dials through it.
import type { ConnectionOptions } from './connection.ts';
import { Connection } from './connection.ts';
import type { Direction, LineFaults } from './line.ts';
import type { SimulatedHost } from './simulated-host.ts';

/** The line between a device and the relay. */
export class Line {
  readonly faults: LineFaults = {
    latencyMs: { from: 5, to: 25 },
    isCut: { up: false, down: false },
    corruption: 0,
    duplication: 0,
    copies: 2,
    greetsOnce: false,
  };
  private readonly connections = new Set<Connection>();
  private readonly o: Pick<ConnectionOptions, 'listener' | 'random' | 'world'>;

  constructor(o: Pick<ConnectionOptions, 'listener' | 'random' | 'world'>) {
    this.o = o;
  }

  /** Nothing comes through in these directions until `heal`; sockets do not notice by themselves. */
  cut(...directions: readonly Direction[]): void {
    for (const direction of directions) this.faults.isCut[direction] = true;
  }

  heal(): void {
    this.faults.isCut.up = false;
    this.faults.isCut.down = false;
    for (const connection of [...this.connections]) connection.wake();
  }

  /** All connections break, and both ends notice. */
  reset(): void {
    for (const connection of [...this.connections]) connection.reset();
  }

  processDied(process: SimulatedHost): void {
    for (const connection of [...this.connections]) connection.processDied(process);
  }

  /** The `WebSocket` of a process that dials through this line. */
  socketClass(client: SimulatedHost): typeof WebSocket {
    const dial = (): Connection => {
      const connection = new Connection({
        ...this.o,
        faults: this.faults,
        client,
        onGone: (gone) => this.connections.delete(gone),
      });
      this.connections.add(connection);
      return connection;
    };
    class SimulatedSocket {
      static readonly OPEN = 1;
      binaryType = 'arraybuffer';
      private readonly connection = dial();
      get readyState(): number {
        return this.connection.readyState;
      }
      addEventListener(type: string, listener: Parameters<Connection['listen']>[1]): void {
        this.connection.listen(type, listener);
      }
      send(data: Uint8Array): void {
        this.connection.sendUp(data);
      }
      close(): void {
        this.connection.hangUp();
      }
    }
    return SimulatedSocket as unknown as typeof WebSocket;
  }
}
