// A TCP line that can be broken in every way a network breaks one: slow, cut one way, silent, garbled,
// closed, reset. What a line lost it never skips: a connection with a hole in it is reset by `heal`.
import { createServer, connect as dial, type Server, type Socket } from 'node:net';
import type { Random } from '@causeway/testkit';
import { inOrder } from '../../integration/support/slow-proxy.ts';

/** `up`: from the client to the relay. */
export type Direction = 'up' | 'down';
export const bothWays: readonly Direction[] = ['up', 'down'];

export interface Corruption {
  readonly directions: readonly Direction[];
  /** Of flipping one bit of a chunk, from 0 to 1. */
  readonly probability: number;
  readonly random: Random;
}

export interface FaultyProxy {
  readonly url: string;
  /** How many connections came in, bits were flipped and bytes were lost so far. */
  readonly counts: { connections: number; flipped: number; lost: number };
  setDelay(ms: number): void;
  /** Sockets stay open. `lose`: the bytes are gone. `hold`: they come when the line is healed. */
  cut(directions: readonly Direction[], how: 'lose' | 'hold'): void;
  /** From now on connections are accepted and lead nowhere; those that are there go on. */
  leadNowhere(): void;
  corrupt(corruption: Corruption): void;
  /** Closes every connection, politely or by a reset. New ones are taken. */
  drop(how: 'close' | 'reset'): void;
  /** All faults end. Connections that lost bytes, or got other ones, are reset. */
  heal(): void;
  close(): Promise<void>;
}

export async function startFaultyProxy(targetPort: number): Promise<FaultyProxy> {
  const proxy = new RunningProxy(targetPort);
  await proxy.listen();
  return proxy;
}

type Passing = 'pass' | 'lose' | 'hold';

interface Line {
  readonly near: Socket;
  readonly far: Socket | undefined;
  /** Its bytes are not those that were sent. */
  isSpoilt: boolean;
  readonly held: { readonly to: Socket; readonly sent: Buffer | 'end' }[];
}

/** Owns the server, both ends of every connection, and the faults of now. */
class RunningProxy implements FaultyProxy {
  readonly counts = { connections: 0, flipped: 0, lost: 0 };
  private readonly targetPort: number;
  private readonly server: Server;
  private readonly lines = new Set<Line>();
  private readonly passing: Record<Direction, Passing> = { up: 'pass', down: 'pass' };
  private delayMs = 0;
  private isDeadEnd = false;
  private corruption: Corruption | undefined;

  constructor(targetPort: number) {
    this.targetPort = targetPort;
    this.server = createServer((near) => this.accept(near));
  }

  get url(): string {
    const address = this.server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  }

  async listen(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.server.listen(0, '127.0.0.1', resolve);
    await promise;
  }

  setDelay(ms: number): void {
    this.delayMs = ms;
  }

  cut(directions: readonly Direction[], how: 'lose' | 'hold'): void {
    for (const direction of directions) this.passing[direction] = how;
  }

  leadNowhere(): void {
    this.isDeadEnd = true;
  }

  corrupt(corruption: Corruption): void {
    this.corruption = corruption;
  }

  drop(how: 'close' | 'reset'): void {
    for (const line of this.lines) end(line, how);
  }

  heal(): void {
    this.delayMs = 0;
    this.isDeadEnd = false;
    this.corruption = undefined;
    for (const direction of bothWays) this.passing[direction] = 'pass';
    for (const line of this.lines) {
      if (line.isSpoilt) end(line, 'reset');
      else for (const { to, sent } of line.held.splice(0)) hand(to, sent);
    }
  }

  async close(): Promise<void> {
    this.drop('close');
    const { promise, resolve } = Promise.withResolvers<void>();
    this.server.close(() => resolve());
    await promise;
  }

  private accept(near: Socket): void {
    this.counts.connections += 1;
    const far = this.isDeadEnd ? undefined : dial(this.targetPort, '127.0.0.1');
    // Whoever is led nowhere has sent bytes that nobody got.
    const line: Line = { near, far, isSpoilt: this.isDeadEnd, held: [] };
    this.lines.add(line);
    near.on('close', () => {
      if (far?.destroyed ?? true) this.lines.delete(line);
    });
    far?.on('close', () => {
      if (near.destroyed) this.lines.delete(line);
    });
    this.carry(line, 'up', near, far);
    if (far) this.carry(line, 'down', far, near);
  }

  private carry(line: Line, direction: Direction, from: Socket, to: Socket | undefined): void {
    const later = inOrder();
    from.on('data', (bytes: Buffer) => {
      later(this.delayMs, () => this.pass(line, direction, to, bytes));
    });
    // An end travels behind the bytes, and is lost or held as they are.
    from.on('close', () => later(this.delayMs, () => this.pass(line, direction, to, 'end')));
    from.on('error', () => undefined);
  }

  private pass(
    line: Line,
    direction: Direction,
    to: Socket | undefined,
    sent: Buffer | 'end',
  ): void {
    const passing = this.passing[direction];
    if (!to || passing === 'lose') {
      this.counts.lost += sent.length;
      line.isSpoilt = true;
    } else if (passing === 'hold' || line.held.some((held) => held.to === to)) {
      line.held.push({ to, sent });
    } else {
      if (this.flip(direction, sent)) line.isSpoilt = true;
      hand(to, sent);
    }
  }

  /** Changes one bit of the chunk in place, if chance says so. */
  private flip(direction: Direction, bytes: Buffer | 'end'): boolean {
    const { corruption } = this;
    if (bytes === 'end' || !corruption?.directions.includes(direction)) return false;
    const { probability, random } = corruption;
    if (random.below(1_000_000) >= probability * 1_000_000) return false;
    const at = random.below(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
    this.counts.flipped += 1;
    return true;
  }
}

function hand(to: Socket, sent: Buffer | 'end'): void {
  if (sent === 'end') to.end();
  else to.write(sent);
}

function end({ near, far }: Line, how: 'close' | 'reset'): void {
  for (const socket of [near, far]) {
    if (how === 'reset') socket?.resetAndDestroy();
    else socket?.destroy();
  }
}
