// What a store keeps, seen as tables of sealed records: all that a database under it must be able
// to do. The commands are written once on top of this; see docs/adr/0003-client-store-layout.md.
import type { DocumentId, OperationId, WriterId } from '@causeway/core';

/** Keyed records. The queue stands apart: the database numbers its records. */
export const tables = ['meta', 'tail', 'snapshots', 'limits', 'effects', 'episodes'] as const;
export type Table = (typeof tables)[number];

/** Ordered as IndexedDB orders arrays. In every table but `meta` the first part is the document. */
export type RowKey = readonly (string | number)[];

export interface Row {
  readonly key: RowKey;
  /** As sealed by its codec; opened by nobody else. */
  readonly bytes: Uint8Array;
}

/** Names a change within its document. */
export interface ChangePlace {
  readonly writer: WriterId;
  readonly seq: number;
}

/** A queued change as stored: its place is outside of `bytes`, so a damaged one can still be removed. */
export interface QueueRow extends ChangePlace {
  readonly document: DocumentId;
  readonly order: number;
  readonly bytes: Uint8Array;
}

/**
 * One open transaction. Reads see the writes asked for before them. A write reports nothing itself:
 * when it fails the whole transaction does.
 */
export interface RecordTransaction {
  get(table: Table, key: RowKey): Promise<Uint8Array | undefined>;
  /** The rows whose keys begin with `prefix`, in key order. */
  list(table: Table, prefix: RowKey): Promise<readonly Row[]>;
  keys(table: Table, prefix: RowKey): Promise<readonly RowKey[]>;
  put(table: Table, key: RowKey, bytes: Uint8Array): void;
  delete(table: Table, key: RowKey): void;
  limitsOf(document: DocumentId, operation: OperationId): Promise<readonly Row[]>;
  /** Those of `places` that are in the queue, in any order. */
  queued(document: DocumentId, places: readonly ChangePlace[]): Promise<readonly QueueRow[]>;
  queueAfter(document: DocumentId, order: number): Promise<readonly QueueRow[]>;
  enqueue(row: Omit<QueueRow, 'order'>): void;
  dequeue(order: number): void;
}

/** Tells a test where a transaction stands; a promise holds the transaction open until it settles. */
export type Step = (name: string) => void | Promise<void>;

export const identityKey: RowKey = ['identity'];
export const dataLossKey: RowKey = ['data-loss'];
const headName = 'head';
export const headPrefix: RowKey = [headName];

export function headKey(document: DocumentId): RowKey {
  return [headName, document];
}

export function placeName(place: ChangePlace): string {
  return `${place.writer}/${place.seq}`;
}
