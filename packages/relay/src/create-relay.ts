// Starts a relay: store, primary, sockets and loop put together, in an order in which whatever fails
// leaves nothing behind.
import { stat } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { join, resolve } from 'node:path';
import { RelayDriver } from './drive.ts';
import { createHttpServer } from './http.ts';
import { defaultLimits, type RelayLimits } from './limits.ts';
import { judgeAddress, listen } from './listen.ts';
import type { LogStore } from './log/log-store.ts';
import { openStore } from './open-store.ts';
import { thisProcess } from './platform.ts';
import { PrimaryHost } from './primary/primary-host.ts';
import { describeEvent, type RelayEvent } from './relay-event.ts';
import { RelayRefusal } from './relay-refusal.ts';
import type { Auditors } from './relay-state.ts';
import { serveWebSockets } from './websocket-server.ts';

export interface RelayOptions {
  /** The folder of the log; made if there is none. */
  readonly data: string;
  /** 0 takes any port that is free. */
  readonly port: number;
  /** Default 127.0.0.1. Any other than this machine's own is refused: nobody is authenticated yet. */
  readonly host?: string;
  /** The module that exports the application: without one, nothing is audited. */
  readonly app?: URL | string;
  /**
   * `clients`: whoever can push may say what the audit found, each append on the condition that it
   * stands on all that is in the log. For teams that trust each other; only without `app`. Default: only
   * the relay's own primary may.
   */
  readonly auditors?: 'clients';
  /** Modules of earlier versions, whose operations are judged with their own code. */
  readonly previousApps?: readonly (URL | string)[];
  /** A folder of files to serve over HTTP. */
  readonly site?: string;
  /** Origins of web pages beside those of this machine, as `https://shop.example`. */
  readonly origins?: readonly string[];
  readonly limits?: Partial<RelayLimits>;
  /** Default: a process warning for each event. */
  readonly onEvent?: (event: RelayEvent) => void;
  /** A store to use instead of the one in `data`; the relay closes it. */
  readonly store?: LogStore;
}

export interface Relay {
  /** What clients connect to, as `http://127.0.0.1:8787`. */
  readonly url: string;
  readonly port: number;
  /** Resolves when the relay was closed; rejects when a bug of its own stopped it. */
  readonly finished: Promise<void>;
  /** Takes no more, answers what it took, tells everyone, flushes. At most `limits.closeMs`. */
  close(): Promise<void>;
}

/**
 * Starts a relay and resolves when it listens.
 *
 * @remarks Throws {@link RelayRefusal}, whose message says what to do, before anything is served.
 */
export async function startRelay(options: RelayOptions): Promise<Relay> {
  const host = options.host ?? '127.0.0.1';
  judgeAddress({ host, port: options.port });
  judgeAuditors(options);
  const site = options.site === undefined ? undefined : await findSite(options.site);
  const limits = { ...defaultLimits, ...options.limits };
  const store = options.store ?? (await openStore(resolve(options.data)));
  const running = new RunningRelay({ ...options, site, limits, store });
  try {
    await running.start({ host, port: options.port });
  } catch (error) {
    await running.abandon();
    throw error;
  }
  return running;
}

interface Parts extends Omit<RelayOptions, 'site' | 'limits' | 'store'> {
  readonly site: string | undefined;
  readonly limits: RelayLimits;
  readonly store: LogStore;
}

/** Owns everything that a relay holds open. */
class RunningRelay implements Relay {
  url = '';
  port = 0;
  private readonly parts: Parts;
  private readonly driver: RelayDriver;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private readonly primary: PrimaryHost | undefined;
  private readonly ending = Promise.withResolvers<void>();
  private closing: Promise<void> | undefined;

  constructor(parts: Parts) {
    this.parts = parts;
    const { limits, store, app } = parts;
    this.primary =
      app === undefined
        ? undefined
        : new PrimaryHost({
            app,
            previousApps: parts.previousApps ?? [],
            data: resolve(parts.data),
            store,
            limits,
            accept: (link) => this.driver.accept(link, 'primary'),
            onEvent: (event) => this.tell(event),
          });
    this.driver = new RelayDriver({
      platform: thisProcess,
      store,
      limits,
      auditors: auditorsOf(parts),
      announce: (document) => this.primary?.announce(document),
      onFailure: (failure) => this.tell({ type: 'storage-failed', failure }),
      onFatal: (error) => this.fail(error),
    });
    this.server = createHttpServer({
      site: parts.site,
      health: () => ({ status: 'ok', durability: store.durability, ...this.primary?.health() }),
      onError: (error) => this.tell({ type: 'request-failed', error }),
    });
  }

  get finished(): Promise<void> {
    return this.ending.promise;
  }

  async start(address: { readonly host: string; readonly port: number }): Promise<void> {
    await this.primary?.start();
    const { limits, origins = [] } = this.parts;
    this.server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
    serveWebSockets(this.server, {
      limits,
      origins,
      accept: (link) => this.driver.accept(link, 'peer'),
      linksOpen: () => this.driver.sessionsOpen,
      onLinkError: (error) => this.tell({ type: 'link-failed', error }),
    });
    this.port = await listen(this.server, address);
    const host = address.host.includes(':') ? `[${address.host}]` : address.host;
    this.url = `http://${host}:${this.port}`;
  }

  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  /** Undoes a start that failed. */
  async abandon(): Promise<void> {
    await this.driver.stop();
    await this.primary?.stop();
    await this.parts.store.close();
  }

  private async end(): Promise<void> {
    const isServerClosed = new Promise<void>((done) => this.server.close(() => done()));
    await within(this.parts.limits.closeMs, this.driver.stop());
    await this.primary?.stop();
    // The closing handshakes have a bound of their own; who does not answer is cut off.
    await within(this.parts.limits.closeMs / 2, isServerClosed);
    for (const socket of this.sockets) socket.destroy();
    await isServerClosed;
    await this.parts.store.close();
    this.ending.resolve();
  }

  private fail(error: unknown): void {
    this.tell({ type: 'failed', error });
    this.ending.reject(error);
    this.close().catch((failure) => this.tell({ type: 'failed', error: failure }));
  }

  private tell(event: RelayEvent): void {
    if (this.parts.onEvent) this.parts.onEvent(event);
    else process.emitWarning(describeEvent(event), { type: 'CausewayRelay', code: event.type });
  }
}

/** Two kinds of auditors would say the same, but each by its own code: only one of them is believed. */
function judgeAuditors({ app, auditors }: Pick<RelayOptions, 'app' | 'auditors'>): void {
  if (app === undefined || auditors === undefined) return;
  const message =
    'a relay with an app audits itself, and takes no audit of its clients: ' +
    'leave out the app (--app), or the auditors (--clients-audit)';
  throw new RelayRefusal('auditors-beside-app', message);
}

function auditorsOf({ app, auditors }: Pick<RelayOptions, 'app' | 'auditors'>): Auditors {
  return app === undefined ? (auditors ?? 'nobody') : 'primary';
}

async function findSite(site: string): Promise<string> {
  const folder = resolve(site);
  try {
    await stat(join(folder, 'index.html'));
  } catch (cause) {
    const message = `the site folder ${folder} has no index.html: build the site first`;
    throw new RelayRefusal('site-not-found', message, { cause });
  }
  return folder;
}

/** Waits for `promise`, but not longer. */
async function within(ms: number, promise: Promise<void>): Promise<void> {
  const { promise: over, resolve: giveUp } = Promise.withResolvers<void>();
  const timer = setTimeout(giveUp, ms);
  await Promise.race([promise, over]);
  clearTimeout(timer);
}
