// The store in a browser: one IndexedDB database per application and name. One list of commands is
// one transaction; every record is sealed with a checksum (docs/adr/0003-client-store-layout.md).
import type { DocumentId, ReplicaId, StoreCommand, StoredDocument, WriterId } from '@causeway/core';
import type { IDBPDatabase } from 'idb';
import { deleteDB, openDB } from 'idb';
import { releaseDead, runCommands } from './indexeddb-commands.ts';
import { decodeQueued, ofBytes, readAll, readEach } from './indexeddb-load.ts';
import { readIntents, readQueue, writeUnlessLost } from './indexeddb-read.ts';
import {
  abort,
  keysUnder,
  layoutVersion,
  type Schema,
  upgradeLayout,
} from './indexeddb-records.ts';
import type { ReplicaStore } from './store.ts';
import { closedFailure, compareIntents, concernsSiblings, StoreFailure } from './store.ts';
import { readRecord } from './stored-record-change.ts';
import { decodeIntent } from './stored-record-intent.ts';
import { decodeRights } from './stored-record-rights.ts';
import { decodeIdentity, decodeLimitRow, encodeIdentity } from './stored-record-rows.ts';

const openWithinMs = 5_000;

export interface IndexedDbOptions {
  readonly database: string;
  /** For tests: called between the requests of a commit; what it throws aborts the transaction. */
  readonly onStep?: (step: string) => void;
  /** For tests: how long to wait for other tabs to make way. */
  readonly openWithinMs?: number;
}

/** Opens lazily, and again when the browser took the database away. Every wait has a bound. */
export function indexedDbStore(options: IndexedDbOptions): ReplicaStore {
  return new IndexedDbStore(options);
}

/** Owns a connection and a channel to the other tabs. */
class IndexedDbStore implements ReplicaStore {
  readonly kind = 'indexeddb';
  readonly strength = 'strict';
  private readonly options: IndexedDbOptions;
  private readonly channel: BroadcastChannel;
  private readonly lost = new Set<(failure: StoreFailure) => void>();
  private readonly running = new Set<Promise<unknown>>();
  private connection: Promise<IDBPDatabase<Schema>> | undefined;
  private isClosed = false;

  constructor(options: IndexedDbOptions) {
    this.options = options;
    this.channel = new BroadcastChannel(options.database);
  }

  open({ fresh }: { readonly fresh: ReplicaId }): Promise<{ readonly replica: ReplicaId }> {
    return this.guard(async (database) => {
      const transaction = database.transaction('meta', 'readwrite', { durability: 'strict' });
      const kept = await transaction.store.get('identity');
      if (kept === undefined) await transaction.store.put(encodeIdentity(fresh), 'identity');
      await transaction.done;
      const replica = kept === undefined ? fresh : readRecord(decodeIdentity, kept);
      if (!replica) throw new StoreFailure('corrupt', damagedIdentity, { retry: false });
      return { replica };
    });
  }

  load(document: DocumentId): Promise<StoredDocument> {
    return this.guard((database) => readAll(database, document));
  }

  commit(document: DocumentId, commands: readonly StoreCommand[]) {
    return this.guard(async (database) => {
      const { onStep } = this.options;
      const results = await writeUnlessLost(database, document, (lost) =>
        runCommands(database, document, commands, { onStep, lost }),
      );
      if (commands.some(concernsSiblings)) this.channel.postMessage({ document });
      return results;
    });
  }

  rows(document: DocumentId) {
    return this.guard(async (database) => {
      const records = await database.getAll('limits', keysUnder(document));
      return readEach(records, ofBytes(decodeLimitRow)); // `load` names what is damaged.
    });
  }

  rights(document: DocumentId) {
    return this.guard(async (database) => {
      const bytes = await database.get('rights', document);
      return (bytes && readRecord(decodeRights, bytes)) ?? []; // `load` names what is damaged.
    });
  }

  intents(document: DocumentId) {
    return this.guard(async (database) => {
      const records = await readIntents(database, document);
      // `load` names what is damaged.
      return readEach(records, ofBytes(decodeIntent)).sort(compareIntents);
    });
  }

  queueAfter(document: DocumentId, order: number) {
    return this.guard(async (database) => {
      const records = await readQueue(database, document);
      const later = records.filter((record) => (record.order ?? 0) > order);
      return readEach(later, decodeQueued); // `load` names what is damaged.
    });
  }

  releaseDead(document: DocumentId, alive: ReadonlySet<WriterId>): Promise<void> {
    return this.guard((database) =>
      writeUnlessLost(database, document, (lost) => releaseDead(database, document, alive, lost)),
    );
  }

  documents() {
    return this.guard(async (database) => {
      const transaction = database.transaction(['heads', 'queue', 'intents'], 'readonly');
      const pending = new Map<DocumentId, number>();
      for (const id of await transaction.objectStore('heads').getAllKeys()) pending.set(id, 0);
      const queued = transaction.objectStore('queue').index('document');
      let cursor = await queued.openKeyCursor(null, 'nextunique');
      while (cursor) {
        pending.set(cursor.key, await queued.count(cursor.key));
        cursor = await cursor.continue();
      }
      // Keys alone: what is large, or lost, is not asked for.
      let intent = await transaction.objectStore('intents').index('state').openKeyCursor();
      while (intent) {
        const [id, state] = intent.key;
        if (state !== 'dropped') pending.set(id, (pending.get(id) ?? 0) + 1);
        intent = await intent.continue();
      }
      return [...pending]
        .map(([id, count]) => ({ id, pending: count }))
        .sort((a, b) => (a.id < b.id ? -1 : 1));
    });
  }

  onSibling(listener: (document: DocumentId) => void): () => void {
    const hear = (event: MessageEvent<{ readonly document: DocumentId }>): void =>
      listener(event.data.document);
    this.channel.addEventListener('message', hear);
    return () => this.channel.removeEventListener('message', hear);
  }

  onLost(listener: (failure: StoreFailure) => void): () => void {
    this.lost.add(listener);
    return () => this.lost.delete(listener);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.allSettled(this.running);
    this.channel.close();
    const { connection } = this;
    this.connection = undefined;
    // A connection that never opened is closed as it is.
    await connection?.then(
      (database) => database.close(),
      () => undefined,
    );
  }

  async destroy(): Promise<void> {
    await this.close();
    try {
      await this.within(deleteDB(this.options.database));
    } catch (error) {
      throw toFailure(error);
    }
  }

  private async guard<T>(use: (database: IDBPDatabase<Schema>) => Promise<T>): Promise<T> {
    if (this.isClosed) throw closedFailure();
    const connection = this.connected();
    const running = connection.then(use);
    this.running.add(running);
    try {
      return await running;
    } catch (error) {
      const failure = toFailure(error);
      if (failure.code === 'closed') this.forget(connection);
      throw failure;
    } finally {
      this.running.delete(running);
    }
  }

  private connected(): Promise<IDBPDatabase<Schema>> {
    if (this.connection) return this.connection;
    const opening = this.connect();
    this.connection = opening;
    opening.catch(() => this.forget(opening));
    return opening;
  }

  /** So that what is asked next opens again. */
  private forget(connection: Promise<IDBPDatabase<Schema>>): void {
    if (this.connection === connection) this.connection = undefined;
  }

  private async connect(): Promise<IDBPDatabase<Schema>> {
    let upgradeError: unknown;
    const opening = openDB<Schema>(this.options.database, layoutVersion, {
      upgrade: async (database, before, _after, transaction) => {
        transaction.done.catch(() => undefined); // The opening fails with it, and says so.
        try {
          await upgradeLayout(database, transaction, before);
        } catch (error) {
          upgradeError = error;
          abort(transaction); // All of it is done, or the database stays as it was.
        }
      },
      blocking: (_current, _next, event) => {
        // Another tab wants to upgrade or delete: an open connection would block it for ever.
        (event.target as IDBDatabase | null)?.close();
        this.lose('closed', 'another tab upgrades or deletes this data: reload the page');
      },
      terminated: () => this.lose('closed', 'the browser closed the database; it is opened again'),
    });
    try {
      return await this.within(opening);
    } catch (error) {
      // One that opens after all is nobody's.
      opening.then(
        (database) => database.close(),
        () => undefined,
      );
      throw upgradeError ?? error;
    }
  }

  private lose(code: 'closed', message: string): void {
    this.connection = undefined;
    for (const tell of this.lost) tell(new StoreFailure(code, message, { retry: true }));
  }

  private within<T>(promise: Promise<T>): Promise<T> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const message = 'another tab holds the database: close other tabs of this page, then reload';
    const timer = setTimeout(
      () => reject(new StoreFailure('blocked', message, { retry: true })),
      this.options.openWithinMs ?? openWithinMs,
    );
    return Promise.race([promise, late]).finally(() => clearTimeout(timer));
  }
}

const damagedIdentity =
  'the identity of this device is damaged: export what is left, then start over';

function toFailure(error: unknown): StoreFailure {
  if (error instanceof StoreFailure) return error;
  const name = error instanceof Error ? error.name : '';
  const cause = error;
  if (name === 'QuotaExceededError') {
    const message = 'this device is full: free some space; the work goes on being tried';
    return new StoreFailure('quota-exceeded', message, { retry: true, cause });
  }
  if (name === 'InvalidStateError') {
    return new StoreFailure('closed', 'the database was closed; it is opened again', {
      retry: true,
      cause,
    });
  }
  if (name === 'VersionError') {
    const message = 'this data was upgraded by a newer version of this page: reload it';
    return new StoreFailure('unavailable', message, { retry: false, cause });
  }
  const message = `the database failed (${error instanceof Error ? error.message : String(error)})`;
  return new StoreFailure('failed', message, { retry: true, cause });
}
