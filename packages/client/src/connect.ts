// The client of one application in this browser, under one name: one store, one link, its documents.
import type {
  App,
  DocumentId,
  Effects,
  LinkBounds,
  Mode,
  ReplicaId,
  TypesOf,
  User,
} from '@causeway/core';
import { Bug, defaultBounds, documentIdRule, openReplica, parseDocumentId } from '@causeway/core';
import type { DownMessage } from '@causeway/protocol';
import { protocolVersion } from '@causeway/protocol';
import type { EffectHandler } from './drive-document.ts';
import { DocumentDriver } from './drive-document.ts';
import { LinkDriver } from './drive-link.ts';
import { indexedDbStore } from './indexeddb-store.ts';
import type { LiveCell } from './live.ts';
import { createLive, isSameData } from './live.ts';
import type { OpenDocument } from './open-handle.ts';
import { openHandle } from './open-handle.ts';
import { watchPage } from './page-hints.ts';
import type { ClientPlatform } from './platform.ts';
import { newReplicaId, newWriter, thisMachine } from './platform.ts';
import { toReplicaInput } from './read-message.ts';
import type { ReplicaStore } from './store.ts';
import { StoreFailure } from './store.ts';
import type { Client, ClientStatus, DeviceHandlers, Handle, WithHandlers } from './types.ts';
import { holdWriterLock, liveWriters } from './writer-locks.ts';

export type ConnectOptions<A extends App> = {
  readonly app: A;
  readonly url: string | URL;
  /** Whose data in this browser: two people in one profile take two names. Default `default`. */
  readonly name?: string;
  readonly store?: ReplicaStore;
  readonly WebSocket?: typeof WebSocket;
  /** Stay offline until `goOnline()`. */
  readonly offline?: boolean;
  /** Ask before a page closes with work that is not at the relay. Default false. */
  readonly warnBeforeClose?: boolean;
  /** The detector's bounds, for special networks and tests. */
  readonly bounds?: Partial<LinkBounds>;
  /** Another clock, chance and locks than this machine's, for tests and simulation. */
  readonly platform?: ClientPlatform;
} & WithHandlers<DeviceHandlers<TypesOf<A>['effects'] & Effects>>;

interface Running<A extends App> extends OpenDocument<A> {
  readonly driver: DocumentDriver;
}

/** After a failure of the store, until what could not be read is read again. */
const readAgainMs = 1_000;
const anonymous: User = { id: 'anonymous', roles: [] };
const worstFirst: readonly Mode[] = ['partitioned', 'suspect', 'recovering', 'connected'];

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
  readonly replica: Client<A>['replica'];
  private readonly options: ConnectOptions<A>;
  private readonly database: string;
  private readonly store: ReplicaStore;
  private readonly platform: ClientPlatform;
  private readonly running = new Map<DocumentId, Promise<Running<A>>>();
  private readonly opened = new Map<DocumentId, Running<A>>();
  private readonly releases: (() => void)[] = [];
  private readonly identity = Promise.withResolvers<ReplicaId>();
  private opening: Promise<ReplicaId> | undefined;
  private link: LinkDriver | undefined;
  private isClosed = false;
  private storeFailure: string | undefined;
  private isOnline: boolean;

  constructor(options: ConnectOptions<A>) {
    this.options = options;
    this.platform = options.platform ?? thisMachine;
    this.isOnline = options.offline !== true;
    this.database = `causeway/${options.app.name}/${options.name ?? 'default'}`;
    this.store = options.store ?? indexedDbStore({ database: this.database });
    this.status = createLive<ClientStatus>(this.readStatus(), isSameData);
    this.replica = this.identity.promise;
    this.openStore().catch((error) => this.loseStore(error)); // `open` tries again, and tells.
    this.releases.push(
      this.store.onSibling((document) => void this.readSiblings(document)),
      this.store.onLost((failure) => this.loseStore(failure)),
      watchPage({
        hinted: () => this.link?.tell({ type: 'hinted' }),
        leaving: () => this.sealAll(),
        isUnsafeToClose: () => options.warnBeforeClose === true && !this.status.current.synced,
      }),
    );
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

  goOffline(): void {
    this.isOnline = false;
    this.link?.tell({ type: 'wentOffline' });
    for (const { driver } of this.opened.values()) {
      driver.tell({ type: 'modeEventHappened', event: 'went-offline' });
    }
  }

  goOnline(): void {
    this.isOnline = true;
    this.link?.tell({ type: 'wentOnline' });
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.link?.stop();
    for (const release of this.releases.splice(0)) release();
    const all = [...this.opened.values()];
    await Promise.all(all.map(({ driver }) => driver.close()));
    this.opened.clear();
    await this.store.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Opens the store once; after a failure, once more for whoever asks next. */
  private openStore(): Promise<ReplicaId> {
    this.opening ??= this.readIdentity().catch((error) => {
      this.opening = undefined;
      throw error;
    });
    return this.opening;
  }

  private async readIdentity(): Promise<ReplicaId> {
    const { replica } = await this.store.open({ fresh: newReplicaId(this.platform) });
    this.storeFailure = undefined;
    this.identity.resolve(replica);
    if (!this.isClosed) this.startLink(replica);
    return replica;
  }

  private startLink(replica: Awaited<Client<A>['replica']>): void {
    const { app, bounds, url } = this.options;
    const { name, version } = app;
    this.link = new LinkDriver({
      url: String(url).replace(/^http/, 'ws'),
      hello: {
        type: 'hello',
        protocol: protocolVersion,
        app: name,
        appVersion: version,
        replica,
        token: '',
      },
      bounds: { ...defaultBounds, ...bounds },
      Socket: this.options.WebSocket ?? WebSocket,
      platform: this.platform,
      listener: {
        opened: (o) => this.tellAll({ type: 'linkOpened', ...o }),
        reported: (event) => this.followReport(event),
        received: (message) => this.receive(message),
        changed: () => this.refresh(),
      },
    });
    if (this.isOnline) this.link.tell({ type: 'wentOnline' });
  }

  private followReport(
    event: 'opened' | 'closed' | 'echoed' | 'bound-missed' | 'closed-past-bound',
  ): void {
    if (event === 'opened') return; // The welcome itself tells the documents.
    if (event === 'closed') {
      this.tellAll({ type: 'linkClosed' });
      this.tellAll({ type: 'modeEventHappened', event: 'link-closed' });
      return;
    }
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
    const { platform } = this;
    const author = newWriter(await this.openStore(), platform);
    this.releases.push(holdWriterLock(platform.locks, this.database, author.writer));
    const alive = await liveWriters(platform.locks, this.database);
    await this.store.releaseDead(id, new Set([...alive, author.writer]));
    const stored = await this.store.load(id);
    const { definition } = this.options.app;
    const document = definition.document.open({ clientId: author.clientId });
    const setup = { app: definition, id, document, author, user: anonymous, hash: platform.hash };
    const state = openReplica(
      { ...setup, strength: this.store.strength },
      stored,
      platform.moment(),
    );
    const driver: DocumentDriver = new DocumentDriver(state, {
      platform,
      store: this.store,
      effects: (this.options.effects ?? {}) as Readonly<Record<string, EffectHandler>>,
      send: (message) => this.link?.send(message),
      dropLink: () => this.link?.drop(),
      changed: ({ rows }) => (rows ? void this.readRows(id) : this.refresh()),
    });
    const running: Running<A> = {
      driver,
      ...openHandle<A>({
        driver,
        platform,
        linkState: () => this.link?.word ?? 'connecting',
        onClose: () => this.closeDocument(id),
      }),
    };
    running.setRows(stored.rows);
    document.onEdit((update, touched) => driver.tell({ type: 'editCaptured', update, touched }));
    this.opened.set(id, running);
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
    this.opened.delete(id);
    this.running.delete(id);
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
      const changes = await this.store.queueAfter(id, 0);
      running.driver.tell({ type: 'siblingsSaved', changes });
      running.setRows(await this.store.rows(id));
    });
  }

  /** A store that fails for a while must not hide for ever what another tab has saved. */
  private async keepReading(
    id: DocumentId,
    read: (running: Running<A>) => Promise<void>,
  ): Promise<void> {
    const running = this.opened.get(id);
    if (!running || this.isClosed) return;
    try {
      await read(running);
      this.storeFailure = undefined;
    } catch (error) {
      this.loseStore(error);
      const isWorthIt = error instanceof StoreFailure && error.retry;
      if (isWorthIt) this.platform.after(readAgainMs, () => void this.keepReading(id, read));
    }
    this.refresh();
  }

  private sealAll(): void {
    this.tellAll({ type: 'sealRequested' });
  }

  private loseStore(error: unknown): void {
    this.storeFailure = error instanceof Error ? error.message : String(error);
    this.refresh();
  }

  private refresh(): void {
    for (const running of this.opened.values()) running.refresh();
    const isBusy = [...this.opened.values()].some(
      ({ handle }) => handle.pending.current.length > 0 || !handle.status.current.synced,
    );
    this.link?.noteWork(isBusy);
    this.status.set(this.readStatus());
  }

  private readStatus(): ClientStatus {
    const all = [...this.opened.values()].map(({ handle }) => handle.status.current);
    const modes = new Set(all.map(({ mode }) => mode));
    return {
      link: this.link?.word ?? 'connecting',
      mode: worstFirst.find((mode) => modes.has(mode)) ?? 'suspect',
      pending: all.reduce((sum, { pending }) => sum + pending, 0),
      synced: all.every(({ synced }) => synced),
      storeFailure: this.storeFailure,
    };
  }
}
