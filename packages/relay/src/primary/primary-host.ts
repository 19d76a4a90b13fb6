// The relay's side of the primary's thread: starts it, watches its pulse, and starts it again when
// the application's code brought it down. The relay goes on in any case.
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { DocumentId } from '@causeway/core';
import { checkpointPauseMs } from '@causeway/primary';
import { publishedLimits, type RelayLimits } from '../limits.ts';
import type { Link, LinkEvents } from '../link.ts';
import { LogFailure, type LogStore } from '../log/log-store.ts';
import type { RelayEvent } from '../relay-event.ts';
import { RelayRefusal } from '../relay-refusal.ts';
import { awaitReady } from './await-ready.ts';
import { notePrimaryApp } from './primary-app.ts';
import type { FromPrimary, PrimarySetup } from './primary-messages.ts';
import { countBeats, createPulse, documentAtWork, type Pulse } from './pulse.ts';
import { readReplica } from './replica-file.ts';
import { linkWorker, postTo } from './worker-link.ts';

const restartFloorMs = 250;
const restartCeilingMs = 30_000;
/** A thread that lived so long starts again without delay. */
const stableMs = 60_000;
/** A document that brought the thread down so often is not audited any more. */
const deathsMax = 2;

export interface PrimaryHostOptions {
  /** A file path or a file URL. */
  readonly app: URL | string;
  /** Modules of earlier versions. */
  readonly previousApps: readonly (URL | string)[];
  readonly data: string;
  readonly limits: RelayLimits;
  /** Where checkpoints of audits are kept. */
  readonly store: Pick<LogStore, 'checkpoint' | 'saveCheckpoint'>;
  readonly accept: (link: Link) => LinkEvents;
  readonly onEvent: (event: RelayEvent) => void;
}

interface Thread {
  readonly worker: Worker;
  readonly pulse: Pulse;
  readonly startedMs: number;
}

/** Owns the thread and its timers. */
export class PrimaryHost {
  private readonly o: PrimaryHostOptions;
  /** Those announced, in the order of their numbers from 1 on. */
  private readonly documents: DocumentId[] = [];
  private readonly announced = new Set<DocumentId>();
  private readonly deathsById = new Map<DocumentId, number>();
  private thread: Thread | undefined;
  private restarts = 0;
  private restartTimer: NodeJS.Timeout | undefined;
  private watchTimer: NodeJS.Timeout | undefined;
  private isStopped = false;

  constructor(o: PrimaryHostOptions) {
    this.o = o;
  }

  /** Resolves when the application is loaded. Rejects with RelayRefusal when it cannot be. */
  async start(): Promise<void> {
    const url = appUrl(this.o.app);
    const previousUrls = this.o.previousApps.map(appUrl);
    const pulse = createPulse();
    const replica = await readReplica(this.o.data);
    if (this.isStopped) return;
    const limits = publishedLimits(this.o.limits);
    const { checkpointEntries: entries, checkpointIdleMs: idleMs } = this.o.limits;
    const pace = { entries, idleMs, pauseMs: checkpointPauseMs };
    const worker = startWorker({ url, previousUrls, replica, limits, pace, pulse }, this.o.limits);
    const thread = { worker, pulse, startedMs: performance.now() };
    this.thread = thread;
    try {
      await awaitReady(worker, this.o.limits.appLoadMs);
    } catch (error) {
      this.thread = undefined;
      await worker.terminate();
      throw error;
    }
    if (this.isStopped) return;
    this.join(thread); // At once: it speaks already.
    try {
      await notePrimaryApp(this.o.data, { url, previousUrls });
    } catch (error) {
      // A later audit has to be told the module: no reason not to serve.
      const reason = error instanceof Error ? error.message : String(error);
      this.o.onEvent({ type: 'app-not-noted', reason });
    }
  }

  /** Has the document audited from now on. */
  announce(document: DocumentId): void {
    if (this.announced.has(document)) return;
    this.announced.add(document);
    const number = this.documents.push(document);
    if (this.thread) postTo(this.thread.worker, { type: 'announce', document, number });
  }

  health(): { readonly primary: 'running' | 'restarting'; readonly unaudited: number } {
    const unaudited = [...this.deathsById.values()].filter((deaths) => deaths >= deathsMax).length;
    return { primary: this.thread ? 'running' : 'restarting', unaudited };
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.restartTimer);
    clearInterval(this.watchTimer);
    await this.thread?.worker.terminate();
  }

  private join(thread: Thread): void {
    const { worker } = thread;
    let reason = 'it stopped';
    worker.on('error', (error) => {
      reason = error instanceof Error ? error.message : String(error);
    });
    worker.on('message', (message: FromPrimary) => this.keepFor(worker, message));
    linkWorker(worker, { softBytes: this.o.limits.bufferedBytesSoft, accept: this.o.accept });
    worker.on('message', (message: FromPrimary) => {
      if (message.type === 'escalation-failed') this.o.onEvent(message);
    });
    this.watch(thread, (silent) => {
      reason = silent;
    });
    worker.on('exit', () => this.mourn(thread, reason));
    for (const [index, document] of this.documents.entries()) {
      if (!this.isAudited(document)) continue;
      postTo(worker, { type: 'announce', document, number: index + 1 });
    }
  }

  private keepFor(worker: Worker, message: FromPrimary): void {
    const { store } = this.o;
    if (message.type === 'save-checkpoint') {
      const { document, position, bytes } = message;
      store.saveCheckpoint(document, position, bytes).catch((error) => this.tellStore(error));
    } else if (message.type === 'load-checkpoint') {
      const { document } = message;
      const answer = (bytes: Uint8Array | undefined): void =>
        postTo(worker, { type: 'checkpoint', document, bytes });
      store.checkpoint(document).then(answer, (error) => {
        this.tellStore(error);
        answer(undefined); // What cannot be read is as good as none.
      });
    }
  }

  private tellStore(error: unknown): void {
    if (this.isStopped) return;
    if (!(error instanceof LogFailure)) throw error;
    this.o.onEvent({ type: 'storage-failed', failure: error });
  }

  /** Stops a thread whose pulse stands still: it hangs in code that is not ours. */
  private watch({ worker, pulse }: Thread, onSilence: (reason: string) => void): void {
    const { heartbeatMs } = this.o.limits;
    let beats = countBeats(pulse);
    let heardMs = performance.now();
    clearInterval(this.watchTimer);
    this.watchTimer = setInterval(() => {
      const now = countBeats(pulse);
      if (now !== beats) heardMs = performance.now();
      beats = now;
      if (performance.now() - heardMs < heartbeatMs) return;
      clearInterval(this.watchTimer);
      onSilence(`no sign of life for ${heartbeatMs} ms`);
      worker.terminate().catch((error) => worker.emit('error', error));
    }, heartbeatMs / 5);
  }

  private mourn({ pulse, startedMs }: Thread, reason: string): void {
    clearInterval(this.watchTimer);
    this.thread = undefined;
    if (this.isStopped) return;
    const document = this.documents[documentAtWork(pulse) - 1];
    this.o.onEvent({ type: 'primary-restarted', reason, document });
    if (document !== undefined) this.count(document, reason);
    if (performance.now() - startedMs > stableMs) this.restarts = 0;
    this.restartLater();
  }

  private count(document: DocumentId, reason: string): void {
    const deaths = (this.deathsById.get(document) ?? 0) + 1;
    this.deathsById.set(document, deaths);
    if (deaths === deathsMax) this.o.onEvent({ type: 'primary-unavailable', document, reason });
  }

  private isAudited(document: DocumentId): boolean {
    return (this.deathsById.get(document) ?? 0) < deathsMax;
  }

  private restartLater(): void {
    const waitMs = Math.min(restartCeilingMs, restartFloorMs * 2 ** this.restarts);
    this.restarts += 1;
    this.restartTimer = setTimeout(() => {
      this.start().catch((error) => {
        if (this.isStopped) return;
        const reason = error instanceof Error ? error.message : String(error);
        this.o.onEvent({ type: 'primary-restarted', reason, document: undefined });
        this.restartLater();
      });
    }, waitMs);
  }
}

function appUrl(app: URL | string): string {
  const url = app instanceof URL || app.startsWith('file:') ? new URL(app) : pathToFileURL(app);
  if (existsSync(url)) return url.href;
  throw new RelayRefusal('app-not-found', `there is no app module at ${url.pathname}: check --app`);
}

function startWorker(setup: PrimarySetup, limits: RelayLimits): Worker {
  // Built files have another ending, and compilers do not rewrite it inside a URL.
  const ending = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
  return new Worker(new URL(`./primary-worker${ending}`, import.meta.url), {
    workerData: setup,
    name: 'causeway-primary',
    resourceLimits: { maxOldGenerationSizeMb: limits.primaryMegabytesMax },
  });
}
