// Takes an address, or says why it cannot be had.
import type { Server } from 'node:http';
import { isLoopback } from './origins.ts';
import { RelayRefusal, systemCode } from './relay-refusal.ts';

export interface Address {
  readonly host: string;
  /** 0 takes any that is free. */
  readonly port: number;
}

/** Throws RelayRefusal for an address that must not, or cannot, be listened on. */
export function judgeAddress({ host, port }: Address): void {
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new RelayRefusal('bad-port', `${port} is no port: use a whole number to 65535`);
  }
  if (isLoopback(host)) return;
  const message =
    `${host} can be reached from outside, and nobody would be asked who they are: ` +
    'leave the host at 127.0.0.1 (put a proxy that authenticates before it if it must be public)';
  throw new RelayRefusal('public-without-auth', message);
}

/** Listens and returns the port. Throws RelayRefusal where the system says no. */
export async function listen(server: Server, { host, port }: Address): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen({ host, port }, resolve);
  try {
    await promise;
  } catch (cause) {
    throw refuseAddress({ host, port }, cause);
  }
  server.off('error', reject);
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

function refuseAddress({ host, port }: Address, cause: unknown): unknown {
  switch (systemCode(cause)) {
    case 'EADDRINUSE': {
      const message = `port ${port} is in use: stop what uses it, or choose another with --port`;
      return new RelayRefusal('port-in-use', message, { cause });
    }
    case 'EACCES': {
      const message = `port ${port} is not permitted to this user: choose one from 1024 on`;
      return new RelayRefusal('port-not-permitted', message, { cause });
    }
    case 'EADDRNOTAVAIL': {
      const message = `${host} is no address of this machine: use 127.0.0.1`;
      return new RelayRefusal('address-not-available', message, { cause });
    }
    default:
      return cause;
  }
}
