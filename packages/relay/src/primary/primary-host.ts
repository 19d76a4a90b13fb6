// The relay's side of the primary's thread: starts it, carries frames, and starts it again when the
// application's code brought it down. The relay goes on in any case.
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { DocumentId } from '@causeway/core';
import type { RelayLimits } from '../limits.ts';
import type { Link, LinkEvents } from '../link.ts';
import type { RelayEvent } from '../relay-event.ts';
import { RelayRefusal } from '../relay-refusal.ts';
import type { FromPrimary, ToPrimary } from './primary-messages.ts';

const loadWithinMs = 10_000;
const restartFloorMs = 250;
const restartCeilingMs = 30_000;

export interface PrimaryHostOptions {
  /** A file path or a file URL. */
  readonly app: URL | string;
  readonly data: string;
  readonly limits: RelayLimits;
  readonly accept: (link: Link) => LinkEvents;
  readonly onEvent: (event: RelayEvent) => void;
}

/** Owns the thread. */
export class PrimaryHost {
  private readonly o: PrimaryHostOptions;
  private readonly documents = new Set<DocumentId>();
  private worker: Worker | undefined;
  private restarts = 0;
  private restartTimer: NodeJS.Timeout | undefined;
  private isStopped = false;

  constructor(o: PrimaryHostOptions) {
    this.o = o;
  }

  /** Resolves when the application is loaded. Rejects with RelayRefusal when it cannot be. */
  async start(): Promise<void> {
    const { app } = this.o;
    const url = app instanceof URL || app.startsWith('file:') ? new URL(app) : pathToFileURL(app);
    if (!existsSync(url)) {
      throw new RelayRefusal(
        'app-not-found',
        `there is no app module at ${url.pathname}: check --app`,
      );
    }
    const worker = new Worker(new URL('./primary-worker.ts', import.meta.url), {
      workerData: url.href,
    });
    this.worker = worker;
    try {
      await loaded(worker);
    } catch (error) {
      this.worker = undefined;
      await worker.terminate();
      throw error;
    }
    this.join(worker);
  }

  /** Has the document audited from now on. */
  announce(document: DocumentId): void {
    if (this.documents.has(document)) return;
    this.documents.add(document);
    if (this.worker) this.post(this.worker, { type: 'announce', document });
  }

  health(): { readonly primary: 'running' | 'restarting' } {
    return { primary: this.worker ? 'running' : 'restarting' };
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.restartTimer);
    await this.worker?.terminate();
  }

  private join(worker: Worker): void {
    const link: Link = {
      write: (frame) => this.post(worker, { type: 'frame', frame }),
      bufferedBytes: () => 0,
      pause: () => undefined,
      resume: () => undefined,
      close: () => void worker.terminate(),
    };
    const events = this.o.accept(link);
    worker.on('message', (message: FromPrimary) => {
      if (message.type === 'frame') events.frameArrived(message.frame);
    });
    let reason = 'it stopped';
    worker.on('error', (error) => {
      reason = error instanceof Error ? error.message : String(error);
    });
    worker.on('exit', () => {
      events.closed();
      this.worker = undefined;
      if (!this.isStopped) this.restartLater(reason);
    });
    for (const document of this.documents) this.post(worker, { type: 'announce', document });
  }

  private restartLater(reason: string): void {
    this.o.onEvent({ type: 'primary-restarted', reason, document: undefined });
    const waitMs = Math.min(restartCeilingMs, restartFloorMs * 2 ** this.restarts);
    this.restarts += 1;
    this.restartTimer = setTimeout(() => {
      this.start().catch((error) => this.restartLater(String(error)));
    }, waitMs);
  }

  private post(worker: Worker, message: ToPrimary): void {
    worker.postMessage(message);
  }
}

/** Waits for the worker's first word, but not for ever: an app may loop at load. */
async function loaded(worker: Worker): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const late = `the app module did not load within ${loadWithinMs / 1000} s: it must not wait or loop at load`;
  const timer = setTimeout(() => reject(new RelayRefusal('app-timed-out', late)), loadWithinMs);
  const hear = (message: FromPrimary): void => {
    if (message.type === 'ready') resolve();
    if (message.type === 'refused') reject(new RelayRefusal(message.code, message.message));
  };
  const fail = (error: unknown): void =>
    reject(new RelayRefusal('app-failed', `the app module failed at load: ${error}; mend it`));
  worker.on('message', hear);
  worker.on('error', fail);
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    worker.off('message', hear);
    worker.off('error', fail);
  }
}
