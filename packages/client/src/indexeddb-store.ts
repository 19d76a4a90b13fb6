// The store in a browser: one IndexedDB database per application and name. One list of commands is
// one transaction; every record is sealed with a checksum (docs/adr/0003-client-store-layout.md).
import type { DocumentId, ReplicaId, StoreCommand, StoredDocument, WriterId } from '@causeway/core';
import type { IDBPDatabase } from 'idb';
import { openDB } from 'idb';
import { runCommands } from './indexeddb-commands.ts';
import { decodeQueued, deleteRows, readAll, type Schema, storeNames } from './indexeddb-records.ts';
import type { ReplicaStore } from './store.ts';
import { StoreFailure } from './store.ts';
import { decodeIdentity, decodeLimitRow, encodeIdentity } from './stored-record-rows.ts';

const openWithinMs = 5_000;
const layoutVersion = 1;

export interface IndexedDbOptions {
  readonly database: string;
  /** For tests: called between the requests of a commit; what it throws aborts the transaction. */
  readonly onStep?: (step: string) => void;
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
  private connection: Promise<IDBPDatabase<Schema>> | undefined;

  constructor(options: IndexedDbOptions) {
    this.options = options;
    this.channel = new BroadcastChannel(options.database);
  }

  async open({ fresh }: { readonly fresh: ReplicaId }): Promise<{ readonly replica: ReplicaId }> {
    return this.guard(async (database) => {
      const transaction = database.transaction('meta', 'readwrite', { durability: 'strict' });
      const kept = await transaction.store.get('identity');
      if (!kept) await transaction.store.put(encodeIdentity(fresh), 'identity');
      await transaction.done;
      const replica = kept ? decodeIdentity(kept) : fresh;
      if (!replica) throw damaged('meta', 'identity');
      return { replica };
    });
  }

  load(document: DocumentId): Promise<StoredDocument> {
    return this.guard((database) => readAll(database, document));
  }

  async commit(document: DocumentId, commands: readonly StoreCommand[]) {
    const results = await this.guard((database) =>
      runCommands(database, document, commands, this.options.onStep),
    );
    if (commands.some(({ type }) => type === 'enqueue')) this.channel.postMessage({ document });
    return results;
  }

  rows(document: DocumentId) {
    return this.guard(async (database) => {
      const records = await database.getAllFromIndex('limits', 'document', document);
      return records.map(({ bytes }) => decodeLimitRow(bytes) ?? fail('limits', document));
    });
  }

  queueAfter(document: DocumentId, order: number) {
    return this.guard(async (database) => {
      const records = await database.getAllFromIndex('queue', 'document', document);
      return records.filter((record) => (record.order ?? 0) > order).map(decodeQueued);
    });
  }

  async releaseDead(document: DocumentId, alive: ReadonlySet<WriterId>): Promise<void> {
    const rows = await this.rows(document);
    const dead = rows.filter((row) => row.state === 'reserved' && !alive.has(row.writer));
    if (dead.length === 0) return;
    await this.guard((database) => deleteRows(database, document, dead));
  }

  documents() {
    return this.guard(async (database) => {
      const pending = new Map<DocumentId, number>();
      for (const key of await database.getAllKeys('heads')) pending.set(key, 0);
      for (const { document } of await database.getAll('queue')) {
        pending.set(document, (pending.get(document) ?? 0) + 1);
      }
      return [...pending].map(([id, count]) => ({ id, pending: count }));
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
    this.channel.close();
    const { connection } = this;
    this.connection = undefined;
    if (connection) (await connection).close();
  }

  async destroy(): Promise<void> {
    await this.close();
    indexedDB.deleteDatabase(this.options.database);
  }

  private async guard<T>(use: (database: IDBPDatabase<Schema>) => Promise<T>): Promise<T> {
    this.connection ??= this.connect();
    try {
      return await use(await this.connection);
    } catch (error) {
      const failure = toFailure(error);
      if (failure.code === 'closed' || failure.code === 'unavailable') this.connection = undefined;
      throw failure;
    }
  }

  private connect(): Promise<IDBPDatabase<Schema>> {
    const opening = openDB<Schema>(this.options.database, layoutVersion, {
      upgrade(database) {
        database.createObjectStore('meta');
        database.createObjectStore('heads');
        database.createObjectStore('snapshots');
        const queue = database.createObjectStore('queue', {
          keyPath: 'order',
          autoIncrement: true,
        });
        queue.createIndex('document', 'document');
        queue.createIndex('change', ['document', 'writer', 'seq']);
        for (const name of storeNames) {
          database.createObjectStore(name, { keyPath: 'key' }).createIndex('document', 'document');
        }
      },
      blocking: (_current, _next, event) => {
        // Another tab wants to upgrade or delete: an open connection would block it for ever.
        (event.target as IDBDatabase | null)?.close();
        this.lose('closed', 'another tab upgrades or deletes this data: reload the page');
      },
      terminated: () => this.lose('closed', 'the browser closed the database; it is opened again'),
    });
    return within(openWithinMs, opening);
  }

  private lose(code: 'closed', message: string): void {
    this.connection = undefined;
    for (const tell of this.lost) tell(new StoreFailure(code, message, { retry: true }));
  }
}

function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const message = 'the database did not open in time: close other tabs of this page, then reload';
  const timer = setTimeout(() => reject(new StoreFailure('blocked', message, { retry: true })), ms);
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

function damaged(store: string, key: string): StoreFailure {
  const message = `a record of ${store} (${key}) is damaged: export what is left, then start over`;
  return new StoreFailure('corrupt', message, { retry: false });
}
function fail(store: string, key: string): never {
  throw damaged(store, key);
}

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
  const message = `the database failed (${error instanceof Error ? error.message : String(error)})`;
  return new StoreFailure('failed', message, { retry: true, cause });
}
