// Rows of the log's file as values. Every row has a checksum over all it says, and none is believed
// before it was checked: a damaged row is a failure that names its document and position.
import type { SQLOutputValue } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import type { DocumentId, LogEntry, LogHead, WriterRecord } from '@causeway/core';
import { parseLogId, parseReplicaId, parseWriterId } from '@causeway/core';
import type { WriterHead } from './log-store.ts';
import { LogFailure } from './log-store.ts';

export type Row = Record<string, SQLOutputValue>;

/** `id` is the file's own short name for the document. */
export interface StoredDocument {
  readonly id: number;
  readonly name: DocumentId;
  readonly head: LogHead;
}
export interface StoredWriter {
  readonly id: number;
  readonly head: WriterHead;
}
export interface StoredEntry {
  readonly entry: LogEntry;
  readonly kind: number;
  /** Empty for a change that stands under no operation id. */
  readonly operation: string;
  readonly role: string;
  readonly hash: Uint8Array;
  readonly prefixHash: Uint8Array;
}

/** The checksum of a row. Lengths are in it, so bytes cannot move from one column to the next. */
export function rowChecksum(fields: readonly (string | number | Uint8Array)[]): number {
  const isBytes = (field: unknown): field is Uint8Array => field instanceof Uint8Array;
  const words = fields.map((field) => (isBytes(field) ? field.length : field)).join('\n');
  return fields.filter(isBytes).reduce((value, bytes) => crc32(bytes, value), crc32(words));
}

export function documentChecksum(name: DocumentId, head: LogHead): number {
  const { log, epoch, position, prefixHash, digest, namedPosition } = head;
  return rowChecksum([name, log, epoch, position, prefixHash, digest, namedPosition]);
}

export function writerChecksum(document: DocumentId, { record, seq, hash }: WriterHead): number {
  return rowChecksum([document, record.writer, record.replica, record.clientId, seq, hash]);
}

export function entryChecksum(document: DocumentId, stored: StoredEntry): number {
  const { position, author, seq, sealed } = stored.entry;
  const { header, payload, effects } = sealed;
  return rowChecksum([
    ...[document, position, author.writer, author.replica, author.clientId, seq],
    ...[stored.kind, stored.operation, stored.role],
    ...[header, payload, effects, stored.hash, stored.prefixHash],
  ]);
}

/** The failure for a row that does not say what was once written. */
export const damaged = (what: string): LogFailure =>
  new LogFailure('corrupt', `${what} is damaged: restore the data folder from a backup`, {
    retry: false,
  });

export function rowToDocument(row: Row, name: DocumentId): StoredDocument {
  const log = parseLogId(text(row['log']));
  if (log === undefined) throw damaged(`the head of document ${name}`);
  const head = {
    log,
    epoch: whole(row['epoch']),
    position: whole(row['position']),
    prefixHash: blob(row['prefix_hash']),
    digest: blob(row['digest']),
    namedPosition: whole(row['named_position']),
  };
  if (whole(row['crc']) !== documentChecksum(name, head)) {
    throw damaged(`the head of document ${name}`);
  }
  return { id: whole(row['id']), name, head };
}

export function rowToWriter(row: Row, document: DocumentId): StoredWriter {
  const record = rowToAuthor(row);
  if (!record) throw damaged(`the roster of document ${document}`);
  const head = { record, seq: whole(row['seq']), hash: blob(row['hash']) };
  if (whole(row['crc']) !== writerChecksum(document, head)) {
    throw damaged(`writer ${record.writer} of document ${document}`);
  }
  return { id: whole(row['id']), head };
}

export function rowToEntry(row: Row, document: DocumentId): StoredEntry {
  const position = whole(row['position']);
  const author = rowToAuthor(row);
  const [header, payload, effects] = [
    blob(row['header']),
    blob(row['payload']),
    blob(row['effects']),
  ];
  const stored = author && {
    entry: { position, author, seq: whole(row['seq']), sealed: { header, payload, effects } },
    kind: whole(row['kind']),
    operation: text(row['operation']),
    role: text(row['operation_role']),
    hash: blob(row['hash']),
    prefixHash: blob(row['prefix_hash']),
  };
  if (!stored || whole(row['crc']) !== entryChecksum(document, stored)) {
    throw damaged(`document ${document} at position ${position}`);
  }
  return stored;
}

function rowToAuthor(row: Row): WriterRecord | undefined {
  const writer = parseWriterId(text(row['writer']));
  const replica = parseReplicaId(text(row['replica']));
  return writer && replica && { writer, replica, clientId: whole(row['client_id']) };
}

// A value of another type than the column's is damage, which the row's checksum then shows.
export const text = (value: SQLOutputValue | undefined): string =>
  typeof value === 'string' ? value : '';
export const whole = (value: SQLOutputValue | undefined): number =>
  typeof value === 'number' ? value : -1;
export const blob = (value: SQLOutputValue | undefined): Uint8Array =>
  value instanceof Uint8Array ? value : new Uint8Array(0);
