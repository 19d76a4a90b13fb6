// The disk under one browser profile: transactions take time, may fail, and a crash leaves each of
// them whole or absent. Only what was flushed survives a power loss.
import type { MemoryDatabase, ReplicaStore } from '@causeway/client';
import { createMemoryDatabase, memoryStore, StoreFailure, waitsForDisk } from '@causeway/client';
import type { DocumentId, LimitRow, StoreCommand, StoredDocument } from '@causeway/core';
import type { Random } from '../random.ts';
import { settle } from './settle.ts';
import type { SimulatedHost } from './simulated-host.ts';

export interface DiskFaults {
  latencyMs: { from: number; to: number };
  /** While set, every transaction is refused with it. */
  failure: StoreFailure['code'] | undefined;
  /** Chance that a transaction is refused. */
  failures: number;
}

/** A profile's database and what was flushed of it. */
export class Disk {
  readonly faults: DiskFaults = {
    latencyMs: { from: 1, to: 4 },
    failure: undefined,
    failures: 0,
  };
  readonly database: MemoryDatabase;
  /** Told at the instant of each transaction, with what then counts against stand-in limits. */
  onCommit: (commands: readonly StoreCommand[], rows: readonly LimitRow[]) => void = () =>
    undefined;
  /** What a damaged disk gives back instead of what was written. */
  misread: (stored: StoredDocument) => StoredDocument = (stored) => stored;
  private flushed: MemoryDatabase;

  constructor(database: MemoryDatabase = createMemoryDatabase()) {
    this.database = database;
    this.flushed = copyOf(database);
  }

  /** The store of one tab: it dies with its process, the database stays. */
  open(process: SimulatedHost, random: Random): ReplicaStore {
    return storeOn(this, process, random);
  }

  /** What a copy of the profile holds: another machine, or a backup. */
  copy(): Disk {
    return new Disk(copyOf(this.database));
  }

  /** The profile as it was in that copy; its tabs must be gone. */
  restore(backup: Disk): void {
    overwrite(this.database, backup.database);
    this.flush();
  }

  /** The machine lost power: what was not flushed is gone. */
  losePower(): void {
    overwrite(this.database, this.flushed);
  }

  flush(): void {
    this.flushed = copyOf(this.database);
  }
}

/** Tables are never changed in place, so a copy of the map is a copy of everything. */
function copyOf(database: MemoryDatabase): MemoryDatabase {
  const { replica, lastOrder, documents } = database;
  return { ...createMemoryDatabase(), replica, lastOrder, documents: new Map(documents) };
}

function overwrite(database: MemoryDatabase, by: MemoryDatabase): void {
  database.replica = by.replica;
  database.lastOrder = by.lastOrder;
  database.documents.clear();
  for (const [id, tables] of by.documents) database.documents.set(id, tables);
}

function storeOn(disk: Disk, process: SimulatedHost, random: Random): ReplicaStore {
  const inner = memoryStore(disk.database);
  const half = (): number => {
    const { from, to } = disk.faults.latencyMs;
    return (from + random.next() * (to - from)) / 2;
  };
  /** Runs `act` on the disk after a while, and tells its result after another. */
  const later = <T>(act: () => Promise<T>): Promise<T> => {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    process.after(half(), () => {
      const { failure, failures } = disk.faults;
      const refused = failure ?? (random.chance(failures) ? 'failed' : undefined);
      if (refused) {
        const message = `simulated: ${refused}`;
        process.after(half(), () => reject(new StoreFailure(refused, message, { retry: true })));
        return;
      }
      // The inner store works before its promise is given back: it is done, whoever hears of it.
      const answer = settle(act(), resolve, reject);
      process.after(half(), () => void answer.then((tell) => tell()));
    });
    return promise;
  };
  return {
    kind: inner.kind,
    strength: 'strict',
    open: (o) =>
      later(() => {
        const opened = inner.open(o);
        disk.flush();
        return opened;
      }),
    load: (document) => later(async () => disk.misread(await inner.load(document))),
    commit: (document, commands) =>
      later(() => {
        const results = inner.commit(document, commands);
        if (commands.some(waitsForDisk)) disk.flush();
        disk.onCommit(commands, rowsIn(disk.database, document));
        return results;
      }),
    rows: (document) => later(() => inner.rows(document)),
    rights: (document) => later(() => inner.rights(document)),
    intents: (document) => later(() => inner.intents(document)),
    queueAfter: (document, order) =>
      later(async () => {
        const { queue } = disk.misread(await inner.load(document));
        return queue.filter((queued) => queued.order > order);
      }),
    releaseDead: (document, alive) =>
      later(() => {
        const released = inner.releaseDead(document, alive);
        disk.onCommit([], rowsIn(disk.database, document));
        return released;
      }),
    documents: () => later(() => inner.documents()),
    onSibling: (listener) =>
      inner.onSibling((document) => process.after(half(), () => listener(document))),
    onLost: inner.onLost,
    close: () => later(() => inner.close()),
    destroy: () => later(() => inner.destroy()),
  };
}

function rowsIn(database: MemoryDatabase, document: DocumentId): readonly LimitRow[] {
  return [...(database.documents.get(document)?.rows.values() ?? [])];
}
