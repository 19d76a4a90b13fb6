// The object stores, their keys, and how a database of an earlier version becomes one of this.
// Layout 2: limit rows are also found by their operation. Layout 3: intents, found by their state, and
// rights.
import type { DocumentId, LimitRow, StoredIntent } from '@causeway/core';
import type { DBSchema, IDBPDatabase, IDBPTransaction, StoreNames } from 'idb';

export const layoutVersion = 3;

/** A sealed record with what the database looks it up by. */
export interface KeyedRecord {
  readonly key: string[];
  readonly document: DocumentId;
  readonly bytes: Uint8Array;
}
export interface LimitRecord extends KeyedRecord {
  readonly operation: string;
}
export interface IntentRecord extends KeyedRecord {
  readonly state: StoredIntent['state'];
}
export interface QueueRecord {
  readonly order?: number;
  readonly document: DocumentId;
  readonly writer: string;
  readonly seq: number;
  readonly bytes: Uint8Array;
}
interface KeyedStore {
  key: string[];
  value: KeyedRecord;
  indexes: { document: DocumentId };
}
export interface Schema extends DBSchema {
  meta: { key: string; value: Uint8Array };
  heads: { key: DocumentId; value: Uint8Array };
  snapshots: { key: DocumentId; value: Uint8Array };
  queue: {
    key: number;
    value: QueueRecord;
    indexes: { document: DocumentId; change: [DocumentId, string, number] };
  };
  tail: KeyedStore;
  limits: {
    key: string[];
    value: LimitRecord;
    indexes: { document: DocumentId; operation: [DocumentId, string] };
  };
  effects: KeyedStore;
  episodes: KeyedStore;
  intents: {
    key: string[];
    value: IntentRecord;
    indexes: { state: [DocumentId, StoredIntent['state']] };
  };
  rights: { key: DocumentId; value: Uint8Array };
}

export const storeNames = [
  'heads',
  'snapshots',
  'queue',
  'tail',
  'limits',
  'effects',
  'episodes',
  'intents',
  'rights',
] as const;
export type Writing = IDBPTransaction<Schema, typeof storeNames, 'readwrite'>;
type Upgrading = IDBPTransaction<Schema, StoreNames<Schema>[], 'versionchange'>;

/** Keys sort as positions do. */
export function tailKey(document: DocumentId, from: number): string[] {
  return [document, String(from).padStart(16, '0')];
}
export function rowKey(document: DocumentId, row: Omit<LimitRow, 'amount' | 'state'>): string[] {
  return [document, row.invariant, row.key, row.operation];
}
/** All keys that begin with these parts: in keys an array sorts after any text. */
export function keysUnder(...parts: readonly string[]): IDBKeyRange {
  return IDBKeyRange.bound(parts, [...parts, []]);
}

/** Brings a database of version `before` to this one, inside the transaction that opens it. */
export async function upgradeLayout(
  database: IDBPDatabase<Schema>,
  transaction: Upgrading,
  before: number,
): Promise<void> {
  if (before < 1) createStores(database);
  if (before < 2) await indexRowsByOperation(transaction);
  if (before < 3) {
    const intents = database.createObjectStore('intents', { keyPath: 'key' });
    intents.createIndex('state', ['document', 'state']);
    database.createObjectStore('rights');
  }
}

export function abort(transaction: Writing | Upgrading): void {
  try {
    transaction.abort();
  } catch (error) {
    // A request that failed has ended the transaction already: then there is nothing to abort.
    if (!(error instanceof DOMException) || error.name !== 'InvalidStateError') throw error;
  }
}

function createStores(database: IDBPDatabase<Schema>): void {
  database.createObjectStore('meta');
  database.createObjectStore('heads');
  database.createObjectStore('snapshots');
  const queue = database.createObjectStore('queue', { keyPath: 'order', autoIncrement: true });
  queue.createIndex('document', 'document');
  queue.createIndex('change', ['document', 'writer', 'seq']);
  for (const name of ['tail', 'limits', 'effects', 'episodes'] as const) {
    database.createObjectStore(name, { keyPath: 'key' }).createIndex('document', 'document');
  }
}

async function indexRowsByOperation(transaction: Upgrading): Promise<void> {
  const limits = transaction.objectStore('limits');
  limits.createIndex('operation', ['document', 'operation']);
  for (const record of await limits.getAll()) {
    const [, , , operation = ''] = record.key;
    await limits.put({ ...record, operation });
  }
}
