// The object stores and their records, and reading all of one document back.
import type { DocumentId, LimitRow, QueuedChange, StoredDocument } from '@causeway/core';
import type { DBSchema, IDBPDatabase } from 'idb';
import { StoreFailure } from './store.ts';
import { decodeBatch, decodeChange } from './stored-record-change.ts';
import {
  decodeEffect,
  decodeEpisode,
  decodeHead,
  decodeLimitRow,
  decodeSnapshot,
} from './stored-record-rows.ts';

/** A sealed record with what the database looks it up by. */
export interface KeyedRecord {
  readonly key: string[];
  readonly document: DocumentId;
  readonly bytes: Uint8Array;
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
  limits: KeyedStore;
  effects: KeyedStore;
  episodes: KeyedStore;
}
export const storeNames = ['tail', 'limits', 'effects', 'episodes'] as const;

/** Keys sort as positions do. */
export function tailKey(document: DocumentId, from: number): string[] {
  return [document, String(from).padStart(16, '0')];
}
export function rowKey(document: DocumentId, row: Omit<LimitRow, 'amount' | 'state'>): string[] {
  return [document, row.invariant, row.key, row.operation];
}

/** The value, or a typed failure that names the record: nothing damaged is passed over in silence. */
export function opened<T>(value: T | undefined, store: string, key: string): T {
  if (value !== undefined) return value;
  const message = `a record of ${store} (${key}) is damaged: export what is left, then start over`;
  throw new StoreFailure('corrupt', message, { retry: false });
}

export function decodeQueued(record: QueueRecord): QueuedChange {
  const change = opened(decodeChange(record.bytes), 'queue', `${record.writer}:${record.seq}`);
  return { order: record.order ?? 0, change };
}

export async function readAll(
  database: IDBPDatabase<Schema>,
  document: DocumentId,
): Promise<StoredDocument> {
  const names = ['heads', 'snapshots', 'queue', ...storeNames] as const;
  const transaction = database.transaction(names, 'readonly');
  const of = (name: (typeof storeNames)[number]) =>
    transaction.objectStore(name).index('document').getAll(document);
  const [head, snapshot, queue, tail, limits, effects, episodes] = await Promise.all([
    transaction.objectStore('heads').get(document),
    transaction.objectStore('snapshots').get(document),
    transaction.objectStore('queue').index('document').getAll(document),
    of('tail'),
    of('limits'),
    of('effects'),
    of('episodes'),
  ]);
  return {
    document,
    head: head && opened(decodeHead(head), 'heads', document),
    snapshot: snapshot && opened(decodeSnapshot(snapshot), 'snapshots', document),
    tail: tail.flatMap(({ bytes, key }) => opened(decodeBatch(bytes), 'tail', key.join('/'))),
    queue: queue.map(decodeQueued),
    rows: limits.map(({ bytes, key }) => opened(decodeLimitRow(bytes), 'limits', key.join('/'))),
    effects: effects.map(({ bytes, key }) => opened(decodeEffect(bytes), 'effects', key.join('/'))),
    episodes: episodes.map(({ bytes, key }) =>
      opened(decodeEpisode(bytes), 'episodes', key.join('/')),
    ),
  };
}

export async function deleteRows(
  database: IDBPDatabase<Schema>,
  document: DocumentId,
  rows: readonly LimitRow[],
): Promise<void> {
  const transaction = database.transaction('limits', 'readwrite', { durability: 'strict' });
  for (const row of rows) void transaction.store.delete(rowKey(document, row));
  await transaction.done;
}
