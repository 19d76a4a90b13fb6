// A client that speaks the protocol and nothing more: it can be told to behave badly, and it checks
// that what it is sent has no copy and no gap.
import type { DocumentId } from '@causeway/core';
import {
  type DownMessage,
  decodeDown,
  defaultLimits,
  type EntryItem,
  encodeFrames,
  type FaultCode,
  isPeerFault,
  type KnownHead,
  type Push,
  protocolVersion,
  type UpMessage,
} from '@causeway/protocol';
import type { AppendRequest } from '@causeway/relay';
import { WebSocket } from 'ws';
import { randomAuthor } from '../../contracts/log-writer.ts';

type Of<T extends DownMessage['type']> = Extract<DownMessage, { type: T }>;

export interface Goodbye {
  readonly closeStatus: number;
  readonly fault: FaultCode | undefined;
}

/** Connects and does not say hello. */
export async function connectRaw(url: string, origin?: string): Promise<RawClient> {
  const socket = new WebSocket(url.replace('http', 'ws'), origin ? { origin } : {});
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once('open', resolve).once('error', reject);
  await promise;
  return new RawClient(socket);
}

/** Connects, says hello and opens the document. */
export async function openRaw(url: string, document: DocumentId, known?: KnownHead) {
  const client = await connectRaw(url);
  client.greet();
  await client.hear('welcome');
  client.send({ type: 'open', document, known, vector: [] });
  await client.hear('opened');
  return client;
}

export class RawClient {
  readonly socket: WebSocket;
  /** By position, from what was known on. */
  readonly items = new Map<number, EntryItem>();
  readonly closed: Promise<Goodbye>;
  private readonly heard: DownMessage[] = [];
  private readonly waiting = new Set<() => void>();
  private last = 0;

  constructor(socket: WebSocket) {
    this.socket = socket;
    const closing = Promise.withResolvers<Goodbye>();
    this.closed = closing.promise;
    socket.on('message', (bytes: Buffer) => this.take(bytes));
    socket.on('close', (closeStatus) => {
      const fault = this.heard.findLast((message) => message.type === 'fault');
      closing.resolve({ closeStatus, fault: fault?.code });
    });
    // A connection that the relay cuts while we write to it also says so: the close status tells.
    socket.on('error', () => undefined);
  }

  greet(): void {
    const { replica } = randomAuthor();
    const hello = { type: 'hello', app: 'raw', appVersion: 1, replica, token: '' } as const;
    this.send({ ...hello, protocol: protocolVersion });
  }

  send(...messages: readonly UpMessage[]): void {
    for (const frame of encodeFrames(messages, defaultLimits.frameBytesMax)) {
      this.socket.send(frame);
    }
  }

  push(request: AppendRequest, o: Partial<Push> = {}): void {
    const { isPrimary: _, ...push } = request;
    this.send({ type: 'push', ...push, ...o });
  }

  /** The next message of a type, also one that came before. */
  async hear<T extends DownMessage['type']>(type: T): Promise<Of<T>> {
    const at = await this.until(() => {
      const index = this.heard.findIndex((message) => message.type === type);
      return index < 0 ? undefined : index;
    });
    const [message] = this.heard.splice(at, 1);
    return message as Of<T>;
  }

  /** Waits until every position up to `position` has come. */
  async reach(position: number): Promise<void> {
    await this.until(() => this.items.has(position) || undefined);
  }

  /** True when a probe is answered: the relay listens to this link. */
  async isServed(): Promise<boolean> {
    const nonce = Math.trunc(Math.random() * 1e9);
    this.send({ type: 'probe', nonce });
    return (await this.hear('echo')).nonce === nonce;
  }

  private take(bytes: Buffer): void {
    const decoded = decodeDown(bytes, defaultLimits);
    if (isPeerFault(decoded)) throw new Error(`the relay sent ${decoded.code}`);
    for (const message of decoded) {
      if (message.type === 'entries') this.keep(message);
      this.heard.push(message);
    }
    for (const check of this.waiting) check();
  }

  private keep({ from, items }: Of<'entries'>): void {
    const isNext = this.last === 0 || from === this.last + 1;
    if (!isNext) throw new Error(`after ${this.last} came ${from}`);
    this.last = from + items.length - 1;
    for (const [index, item] of items.entries()) this.items.set(from + index, item);
  }

  private until<T>(find: () => T | undefined): Promise<T> {
    const { promise, resolve } = Promise.withResolvers<T>();
    const check = (): void => {
      const found = find();
      if (found === undefined) return;
      this.waiting.delete(check);
      resolve(found);
    };
    this.waiting.add(check);
    check();
    return promise;
  }
}

/** What a log holds, in order, whoever wrote it: equal for all who have converged. */
export function placesOf(client: RawClient): readonly string[] {
  return [...client.items]
    .sort(([a], [b]) => a - b)
    .map(([position, item]) => {
      const writer = item.type === 'own' ? item.writer : item.author.writer;
      return `${position} ${writer} ${item.seq}`;
    });
}
