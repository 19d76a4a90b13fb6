// The client of one application in this browser, under one name: one store, one link, its documents.
import type { App, DocumentId, LinkReport, ReplicaId, WriterRecord } from '@causeway/core';
import {
  Bug,
  defaultBounds,
  documentIdRule,
  openReplica,
  parseDocumentId,
  worstRisk,
} from '@causeway/core';
import type { DownMessage } from '@causeway/protocol';
import { protocolVersion } from '@causeway/protocol';
import type { Auditor } from './auditor-port.ts';
import { clientStatusOf } from './client-status.ts';
import type { CloseSafety } from './close-safety.ts';
import { createCloseSafety, mustWarn } from './close-safety.ts';
import type { ConnectOptions } from './connect-options.ts';
import { lineOf } from './connect-options.ts';
import { createDerivedLives } from './derived-live.ts';
import type { EffectHandler } from './drive-document.ts';
import { DocumentDriver } from './drive-document.ts';
import { LinkDriver } from './drive-link.ts';
import { indexedDbStore } from './indexeddb-store.ts';
import type { LineOptions } from './line-options.ts';
import type { LiveCell } from './live.ts';
import { createLive, isSameData } from './live.ts';
import type { OpenDocument } from './open-handle.ts';
import { openHandle } from './open-handle.ts';
import { watchPage } from './page-hints.ts';
import type { ClientPlatform } from './platform.ts';
import { newWriter, thisMachine } from './platform.ts';
import { toReplicaInput } from './read-message.ts';
import { Siblings } from './read-siblings.ts';
import type { ReplicaStore } from './store.ts';
import { StoreKeeper } from './store-keeper.ts';
import type { Client, ClientStatus, Handle } from './types.ts';

interface Running<A extends App> extends OpenDocument<A> {
  readonly driver: DocumentDriver;
  /** Its writer is not alive any more. */
  readonly releaseLock: () => void;
}

/**
 * Connects an application to its relay. Returns at once: everything works from this device, and
 * goes on when the network comes.
 */
export function connect<A extends App>(options: ConnectOptions<A>): Client<A> {
  return new RunningClient<A>(options);
}

/** Owns the store, the link and the open documents. */
class RunningClient<A extends App> implements Client<A> {
  readonly status: LiveCell<ClientStatus>;
  private readonly options: ConnectOptions<A>;
  private readonly database: string;
  private readonly store: ReplicaStore;
  private readonly keeper: StoreKeeper;
  private readonly platform: ClientPlatform;
  private readonly running = new Map<DocumentId, Promise<Running<A>>>();
  private readonly opened = new Map<DocumentId, Running<A>>();
  private readonly releases: (() => void)[] = [];
  private readonly lives = createDerivedLives();
  private readonly safety = createCloseSafety(this.lives, () =>
    worstRisk([...this.opened.values()].map((running) => running.closeRisk())),
  );
  readonly isSafeToClose: CloseSafety['isSafeToClose'] = this.safety.isSafeToClose;
  readonly closeRisk: CloseSafety['closeRisk'] = this.safety.closeRisk;
  private link: LinkDriver | undefined;
  private readonly line: LineOptions;
  private readonly auditor: Auditor | undefined;
  private readonly siblings: Siblings;
  private isClosed = false;
  private isOnline: boolean;

  constructor(options: ConnectOptions<A>) {
    this.options = options;
    this.platform = options.platform ?? thisMachine;
    this.isOnline = options.offline !== true;
    this.line = lineOf(options, this.platform);
    const { app, auditor, name = 'default' } = options;
    this.auditor = auditor?.({ ...this.line, app, changed: () => this.refresh() });
    this.database = `causeway/${app.name}/${name}`;
    this.store = options.store ?? indexedDbStore({ database: this.database });
    const { platform, store, database } = this;
    const died = (id: DocumentId): void => void this.readSiblings(id);
    this.siblings = new Siblings({ store, platform, database, died });
    this.keeper = new StoreKeeper({
      store: this.store,
      platform: this.platform,
      opened: (replica) => this.startLink(replica),
      changed: () => this.refresh(),
    });
    this.status = createLive<ClientStatus>(this.readStatus(), isSameData);
    this.keeper.open().catch(() => undefined); // The status tells, and `open` tries again.
    this.releases.push(
      this.store.onSibling((document) => void this.readSiblings(document)),
      this.store.onLost((failure) => this.keeper.lose(failure)),
      watchPage({
        hinted: () => this.tellLinks({ type: 'hinted' }),
        leaving: () => this.sealAll(),
        isUnsafeToClose: () => mustWarn(options.warnBeforeClose, this.closeRisk.current),
      }),
    );
  }

  get replica(): Client<A>['replica'] {
    return this.keeper.replica;
  }

  async open(document: string): Promise<Handle<A>> {
    const id = parseDocumentId(document);
    if (!id) throw new Bug('bad-document-id', `"${document}": use ${documentIdRule}`);
    const running = this.running.get(id) ?? this.start(id);
    this.running.set(id, running);
    try {
      return (await running).handle;
    } catch (error) {
      this.running.delete(id); // So that the next `open` tries again.
      throw error;
    }
  }

  documents(): ReturnType<ReplicaStore['documents']> {
    return this.store.documents();
  }

  metrics(): ReturnType<Client<A>['metrics']> {
    const documents = [...this.opened].map(([id, { driver }]) => [id, driver.metrics()] as const);
    return { link: this.link?.metrics(), documents: Object.fromEntries(documents) };
  }

  goOffline(): void {
    this.isOnline = false;
    this.tellLinks({ type: 'wentOffline' });
    for (const { driver } of this.opened.values()) {
      driver.tell({ type: 'modeEventHappened', event: 'went-offline' });
    }
  }

  goOnline(): void {
    this.isOnline = true;
    this.tellLinks({ type: 'wentOnline' });
  }

  private tellLinks(input: Parameters<Auditor['tell']>[0]): void {
    this.link?.tell(input);
    this.auditor?.tell(input);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.link?.stop();
    this.auditor?.stop();
    for (const release of this.releases.splice(0)) release();
    const all = [...this.opened.values()];
    await Promise.all(
      all.map(async ({ driver, releaseLock }) => {
        await driver.close();
        releaseLock();
      }),
    );
    this.opened.clear();
    await this.store.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  private startLink(replica: ReplicaId): void {
    if (this.isClosed) return;
    const { name, version } = this.options.app;
    this.link = new LinkDriver({
      ...this.line,
      hello: {
        type: 'hello',
        protocol: protocolVersion,
        app: name,
        appVersion: version,
        replica,
        token: '',
      },
      listener: {
        opened: (o) => this.tellAll({ type: 'linkOpened', ...o }),
        reported: (event) => this.followReport(event),
        received: (message) => this.receive(message),
        changed: () => this.refresh(),
      },
    });
    if (this.isOnline) this.tellLinks({ type: 'wentOnline' });
  }

  private followReport(report: LinkReport): void {
    // The welcome itself tells the documents. What dead tabs left goes with this link, too.
    if (report === 'opened') for (const id of this.opened.keys()) void this.readSiblings(id);
    if (report === 'closed') this.tellAll({ type: 'linkClosed' });
    if (report === 'opened') return;
    const event = report === 'closed' ? 'link-closed' : report;
    this.tellAll({ type: 'modeEventHappened', event });
  }

  private tellAll(input: Parameters<DocumentDriver['tell']>[0]): void {
    for (const { driver } of this.opened.values()) driver.tell(input);
  }

  private receive(message: DownMessage): void {
    const told = toReplicaInput(message);
    if (told) this.opened.get(told.document)?.driver.tell(told.input);
  }

  private async start(id: DocumentId): Promise<Running<A>> {
    const author = newWriter(await this.keeper.open(), this.platform);
    const release = this.siblings.join(author.writer);
    try {
      return await this.load(id, author, release);
    } catch (error) {
      release(); // Nobody writes as this writer: what it might hold is nobody's.
      throw error;
    }
  }

  private async load(
    id: DocumentId,
    author: WriterRecord,
    releaseLock: () => void,
  ): Promise<Running<A>> {
    const { platform, options } = this;
    const alive = await this.siblings.releaseDead(id, author.writer);
    const stored = await this.store.load(id);
    const { app, user = { id: 'anonymous', roles: [] } } = options;
    const document = app.definition.document.open({ clientId: author.clientId });
    const setup = { app: app.definition, id, document, author, user, hash: platform.hash };
    const state = openReplica(
      { ...setup, strength: this.store.strength, alive },
      stored,
      platform.moment(),
    );
    const driver: DocumentDriver = new DocumentDriver(state, {
      platform,
      store: this.store,
      effects: (options.effects ?? {}) as Readonly<Record<string, EffectHandler>>,
      send: (message) => this.link?.send(message),
      dropLink: () => this.link?.drop(),
      boundMs: () => this.link?.boundMs ?? defaultBounds.ceilingMs,
      changed: ({ rows }) => (rows ? void this.readRows(id) : this.refresh()),
    });
    const running: Running<A> = {
      driver,
      releaseLock,
      ...openHandle<A>({
        driver,
        platform,
        name: this.database,
        linkState: () => this.link?.word ?? 'connecting',
        onClose: () => this.closeDocument(id),
      }),
    };
    running.setRows(stored.rows);
    document.onEdit((update, touched) => driver.tell({ type: 'editCaptured', update, touched }));
    this.opened.set(id, running);
    this.siblings.watch(id, alive);
    this.auditor?.announce(id);
    if (this.link?.isOpen) this.link.reopen(driver);
    else if (!this.isOnline) driver.tell({ type: 'modeEventHappened', event: 'went-offline' });
    else if (this.link?.isCut) {
      // The others heard it when it happened; nobody will say it again.
      driver.tell({ type: 'modeEventHappened', event: 'closed-past-bound' });
    }
    driver.tell({ type: 'clockAdvanced' });
    return running;
  }

  private async closeDocument(id: DocumentId): Promise<void> {
    const running = this.opened.get(id);
    if (!running) return;
    await running.driver.close();
    running.releaseLock();
    this.opened.delete(id);
    this.running.delete(id);
    this.auditor?.leave(id);
    this.link?.send({ type: 'leave', document: id });
    this.refresh();
  }

  private readRows(id: DocumentId): Promise<void> {
    return this.keepReading(id, async (running) => {
      running.setRows(await this.store.rows(id));
    });
  }

  private readSiblings(id: DocumentId): Promise<void> {
    return this.keepReading(id, async (running) => {
      await this.siblings.read(running.driver);
      running.setRows(await this.store.rows(id));
    });
  }

  /** For as long as the document is open. */
  private keepReading(id: DocumentId, read: (running: Running<A>) => Promise<void>): Promise<void> {
    const running = this.opened.get(id);
    if (!running) return Promise.resolve();
    const isWanted = (): boolean => this.opened.get(id) === running && !this.isClosed;
    return this.keeper.keepReading(() => read(running), isWanted);
  }

  private sealAll(): void {
    this.tellAll({ type: 'sealRequested' });
  }

  private refresh(): void {
    for (const running of this.opened.values()) running.refresh();
    const isBusy = [...this.opened.values()].some(
      ({ handle }) => handle.pending.current.length > 0 || !handle.status.current.synced,
    );
    this.link?.noteWork(isBusy);
    this.status.set(this.readStatus());
    this.lives.refresh();
  }

  private readStatus(): ClientStatus {
    const all = [...this.opened.values()].map(({ handle }) => handle.status.current);
    const link = this.link?.word ?? 'connecting';
    return clientStatusOf(all, {
      link,
      storeFailure: this.keeper.failure,
      auditor: this.auditor?.state ?? 'off',
      auditorFailure: this.auditor?.failure,
    });
  }
}
