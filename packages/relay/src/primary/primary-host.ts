// The relay's side of the primary's process: starts it, watches its pulse, and starts it again when
// the application's code brought it down. The relay goes on in any case.
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { DocumentId } from '@causeway/core';
import { checkpointPauseMs } from '@causeway/primary';
import { AppChild } from '../app-child/app-child.ts';
import { awaitReady } from '../app-child/await-ready.ts';
import { watchSilence } from '../app-child/pulse.ts';
import { publishedLimits, type RelayLimits } from '../limits.ts';
import type { Link, LinkEvents } from '../link.ts';
import { LogFailure, type LogStore } from '../log/log-store.ts';
import type { RelayEvent } from '../relay-event.ts';
import { RelayRefusal } from '../relay-refusal.ts';
import { linkChild } from './link-child.ts';
import { notePrimaryApp } from './primary-app.ts';
import type { FromPrimary, PrimaryChild, PrimarySetup } from './primary-messages.ts';
import { readReplica } from './replica-file.ts';

const restartFloorMs = 250;
const restartCeilingMs = 30_000;
/** One that lived so long starts again without delay. */
const stableMs = 60_000;
/** A document that brought it down so often is not audited any more. */
const deathsMax = 2;
/** So often is its pulse looked at within the time that it may be silent. */
const looks = 5;

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

interface Running {
  readonly primary: PrimaryChild;
  readonly startedMs: number;
}

/** Owns the process and its timers. */
export class PrimaryHost {
  private readonly o: PrimaryHostOptions;
  /** Those announced, in the order of their numbers from 1 on. */
  private readonly documents: DocumentId[] = [];
  private readonly announced = new Set<DocumentId>();
  private readonly deathsById = new Map<DocumentId, number>();
  private running: Running | undefined;
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
    const replica = await readReplica(this.o.data);
    if (this.isStopped) return;
    const limits = publishedLimits(this.o.limits);
    const { checkpointEntries: entries, checkpointIdleMs: idleMs } = this.o.limits;
    const pace = { entries, idleMs, pauseMs: checkpointPauseMs };
    const primary = startChild({ url, previousUrls, replica, limits, pace }, this.o.limits);
    const running = { primary, startedMs: performance.now() };
    this.running = running;
    try {
      await awaitReady(primary, this.o.limits.appLoadMs);
    } catch (error) {
      this.running = undefined;
      await primary.end();
      throw error;
    }
    if (this.isStopped) return;
    this.join(running);
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
    this.running?.primary.send({ type: 'announce', document, number });
  }

  health(): { readonly primary: 'running' | 'restarting'; readonly unaudited: number } {
    const unaudited = [...this.deathsById.values()].filter((deaths) => deaths >= deathsMax).length;
    return { primary: this.running ? 'running' : 'restarting', unaudited };
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.restartTimer);
    clearInterval(this.watchTimer);
    await this.running?.primary.end();
  }

  private join(running: Running): void {
    const { primary } = running;
    const { accept, limits, onEvent } = this.o;
    const hear = linkChild(primary, { softBytes: limits.bufferedBytesSoft, accept });
    primary.inbox.listen((message) => {
      this.keepFor(primary, message);
      hear(message);
      if (message.type === 'escalation-failed') onEvent(message);
    });
    let silence: string | undefined;
    this.watch(primary, (reason) => {
      silence = reason;
    });
    void primary.ended.then((reason) => this.mourn(running, silence ?? reason));
    for (const [index, document] of this.documents.entries()) {
      if (!this.isAudited(document)) continue;
      primary.send({ type: 'announce', document, number: index + 1 });
    }
  }

  private keepFor(primary: PrimaryChild, message: FromPrimary): void {
    const { store } = this.o;
    if (message.type === 'save-checkpoint') {
      const { document, position, bytes } = message;
      store.saveCheckpoint(document, position, bytes).catch((error) => this.tellStore(error));
    } else if (message.type === 'load-checkpoint') {
      const { document } = message;
      const answer = (bytes: Uint8Array | undefined): void =>
        primary.send({ type: 'checkpoint', document, bytes });
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

  /** Ends a process whose pulse stands still: it hangs in code that is not ours. */
  private watch(primary: PrimaryChild, onSilence: (reason: string) => void): void {
    const { heartbeatMs } = this.o.limits;
    const isSilent = watchSilence(primary.pulse, looks);
    clearInterval(this.watchTimer);
    this.watchTimer = setInterval(() => {
      if (!isSilent()) return;
      clearInterval(this.watchTimer);
      onSilence(`no sign of life for ${heartbeatMs} ms`);
      void primary.end();
    }, heartbeatMs / looks);
  }

  private mourn({ primary, startedMs }: Running, reason: string): void {
    clearInterval(this.watchTimer);
    this.running = undefined;
    if (this.isStopped) return;
    const document = this.documents[primary.pulse.atWork - 1];
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

function startChild(setup: PrimarySetup, limits: RelayLimits): PrimaryChild {
  // Built files have another ending, and compilers do not rewrite it inside a URL.
  const ending = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
  return new AppChild({
    entry: new URL(`./primary-child${ending}`, import.meta.url),
    setup,
    megabytesMax: limits.primaryMegabytesMax,
    prints: 'to-output',
  });
}
