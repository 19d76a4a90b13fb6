// A line to the relay that breaks at the worst moment: what a machine sent is in the bank's log, and
// the verdict on it is under way. Then nothing gets through until the line is mended.
import { once } from 'node:events';
import { WebSocket, WebSocketServer } from 'ws';

export interface BreakingLine {
  readonly port: number;
  /** From now on it breaks before the next verdict passes. Resolves when that has happened. */
  breakBeforeVerdict(): Promise<void>;
  mend(): void;
  close(): Promise<void>;
}

export async function startBreakingLine(target: number): Promise<BreakingLine> {
  const hasVerdict = await createVerdictSpotter();
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  const sockets = new Set<WebSocket>();
  let broken: PromiseWithResolvers<void> | undefined;
  let isBroken = false;
  const hangUp = (): void => {
    for (const socket of sockets) socket.terminate();
    sockets.clear();
  };
  const breakNow = (): void => {
    isBroken = true;
    hangUp();
    broken?.resolve();
    broken = undefined;
  };
  server.on('connection', (near) => {
    if (isBroken) return near.terminate();
    const far = new WebSocket(`ws://127.0.0.1:${target}/sync`);
    const opened = once(far, 'open');
    for (const socket of [near, far]) sockets.add(socket);
    near.on('message', (frame) => opened.then(() => far.send(frame)));
    far.on('message', (frame) => {
      if (broken && hasVerdict(toBytes(frame))) breakNow();
      else near.send(frame);
    });
    near.on('close', () => far.terminate());
    far.on('close', () => near.terminate());
    far.on('error', () => near.terminate());
  });
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    breakBeforeVerdict() {
      broken = Promise.withResolvers<void>();
      return broken.promise;
    },
    mend() {
      isBroken = false;
    },
    async close() {
      hangUp();
      server.close();
      await once(server, 'close');
    },
  };
}

function toBytes(frame: WebSocket.RawData): Uint8Array {
  if (Array.isArray(frame)) return Buffer.concat(frame);
  return new Uint8Array(frame);
}

/** What the audit says travels as coordination entries. */
async function createVerdictSpotter(): Promise<(frame: Uint8Array) => boolean> {
  // Not at the top: the process that only lists the tests does not resolve to sources.
  const { decodeHeader } = await import('@causeway/core');
  const { decodeDown, defaultLimits, isPeerFault } = await import('@causeway/protocol');
  return (frame) => {
    const messages = decodeDown(frame, defaultLimits);
    if (isPeerFault(messages)) throw new Error(`the relay sent nonsense: ${messages.message}`);
    const items = messages.flatMap((message) => (message.type === 'entries' ? message.items : []));
    return items.some(
      (item) => item.type === 'change' && decodeHeader(item.sealed.header)?.kind === 'coordination',
    );
  };
}
