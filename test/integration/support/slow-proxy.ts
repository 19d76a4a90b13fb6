// A TCP line whose delay can be changed: a slow network between a real client and a real relay.
import { createServer, connect as dial, type Socket } from 'node:net';

export interface SlowProxy {
  readonly port: number;
  /** In each direction, for what is sent from now on. */
  setDelay(ms: number): void;
  close(): Promise<void>;
}

export async function startSlowProxy(target: number): Promise<SlowProxy> {
  let delayMs = 0;
  const sockets = new Set<Socket>();
  const carry = (from: Socket, to: Socket): void => {
    const later = inOrder();
    sockets.add(from);
    from.on('data', (bytes) => later(delayMs, () => to.write(bytes)));
    from.on('close', () => later(delayMs, () => to.end()));
    from.on('error', () => undefined); // A close follows.
  };
  const server = createServer((near) => {
    const far = dial(target, '127.0.0.1');
    carry(near, far);
    carry(far, near);
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    port,
    setDelay(ms) {
      delayMs = ms;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      await closed.promise;
    },
  };
}

/** Does things after a delay, but never before what came earlier: a line does not reorder bytes. */
export function inOrder(): (delayMs: number, act: () => void) => void {
  const waiting: (() => void)[] = [];
  let lastMs = 0;
  return (delayMs, act) => {
    const nowMs = performance.now();
    lastMs = Math.max(lastMs, nowMs + delayMs);
    waiting.push(act);
    setTimeout(() => waiting.shift()?.(), lastMs - nowMs);
  };
}
