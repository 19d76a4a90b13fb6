// WebSockets as links. One frame of ours is one binary message; `ws` refuses what is too large or
// broken with the right close code (1009, 1002), and only that link ends.
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { RelayLimits } from './limits.ts';
import type { Link, LinkEvents } from './link.ts';
import { isAllowedOrigin } from './origins.ts';

export interface WebSocketOptions {
  readonly limits: RelayLimits;
  readonly origins: readonly string[];
  readonly accept: (link: Link) => LinkEvents;
  readonly linksOpen: () => number;
  /** A link broke a rule of the transport, or its connection failed. */
  readonly onLinkError: (error: Error) => void;
}

/** How long a peer may take to answer the closing handshake before its socket is destroyed. */
/** Known to the library, not to its types. */
const closeTimeout = { closeTimeout: 2_000 };

/** Accepts WebSockets on any path of `server`. Closing the server's sockets is the caller's. */
export function serveWebSockets(server: Server, o: WebSocketOptions): void {
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    skipUTF8Validation: true,
    maxPayload: o.limits.frameBytesMax,
    maxFragments: 64,
    maxBufferedChunks: 1_024,
    ...closeTimeout,
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const refusal = judgeUpgrade(request, o);
    if (refusal) {
      refuseUpgrade(socket, refusal, o.onLinkError);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (accepted) => takeSocket(accepted, o));
  });
}

function judgeUpgrade({ headers }: IncomingMessage, o: WebSocketOptions): string | undefined {
  if (!isAllowedOrigin(headers.origin, o.origins)) return '403 Forbidden';
  if (o.linksOpen() >= o.limits.linksMax) return '503 Service Unavailable';
  return undefined;
}

function refuseUpgrade(socket: Duplex, status: string, onError: (error: Error) => void): void {
  socket.on('error', onError);
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function takeSocket(socket: WebSocket, o: WebSocketOptions): void {
  const drainedBytes = o.limits.bufferedBytesSoft / 4;
  let isFull = false;
  let isGone = false;
  const afterWrite = (): void => {
    if (!isFull || socket.bufferedAmount > drainedBytes) return;
    isFull = false;
    events.drained();
  };
  const leave = (): void => {
    if (isGone) return;
    isGone = true;
    events.closed();
  };
  const events = o.accept({
    write(frame) {
      if (socket.readyState !== socket.OPEN) return;
      socket.send(frame, { binary: true }, afterWrite);
    },
    bufferedBytes() {
      isFull ||= socket.bufferedAmount > o.limits.bufferedBytesSoft;
      return socket.bufferedAmount;
    },
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    close(closeStatus, reason) {
      isGone = true;
      socket.resume(); // A paused socket would not hear the peer's answer.
      socket.close(closeStatus, reason);
    },
  });
  socket.on('message', (data: RawData, isBinary: boolean) => {
    if (isBinary) events.frameArrived(toBytes(data));
    else events.nonsenseArrived('a text message: frames are binary');
  });
  socket.on('close', leave);
  socket.on('error', (error) => {
    o.onLinkError(error);
    leave();
  });
}

function toBytes(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}
