// A line to the relay that sees whole frames: it may stop them, change them, or pass them twice.
import { once } from 'node:events';
import { WebSocket, WebSocketServer } from 'ws';

export interface FrameRules {
  /** What becomes of a frame from the page. Default: it passes. */
  readonly up?: (frame: Uint8Array) => readonly Uint8Array[];
  /** And of one from the relay. */
  readonly down?: (frame: Uint8Array) => readonly Uint8Array[];
  /** Whether a new connection is taken. Default: yes. */
  readonly isOpen?: () => boolean;
}
export interface FrameLine {
  readonly port: number;
  /** Ends every connection without a goodbye. */
  hangUp(): void;
  close(): Promise<void>;
}

export async function startFrameLine(target: number, rules: FrameRules): Promise<FrameLine> {
  const { up = pass, down = pass, isOpen = () => true } = rules;
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  const sockets = new Set<WebSocket>();
  const hangUp = (): void => {
    for (const socket of sockets) socket.terminate();
    sockets.clear();
  };
  server.on('connection', (near) => {
    if (!isOpen()) return near.terminate();
    const far = new WebSocket(`ws://127.0.0.1:${target}/sync`);
    const opened = once(far, 'open');
    for (const socket of [near, far]) sockets.add(socket);
    near.on('message', (raw) => {
      const hand = (): void => {
        for (const frame of up(toBytes(raw))) far.send(frame);
      };
      opened.then(hand, () => undefined); // One that never opens ends the near one, below.
    });
    far.on('message', (raw) => {
      for (const frame of down(toBytes(raw))) near.send(frame);
    });
    near.on('close', () => far.terminate());
    far.on('close', () => near.terminate());
    opened.catch(() => near.terminate());
    far.on('error', () => near.terminate());
  });
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    hangUp,
    async close() {
      hangUp();
      server.close();
      await once(server, 'close');
    },
  };
}

function pass(frame: Uint8Array): readonly Uint8Array[] {
  return [frame];
}

function toBytes(frame: WebSocket.RawData): Uint8Array {
  if (Array.isArray(frame)) return Buffer.concat(frame);
  return new Uint8Array(frame);
}
