// The log's file: where it is, who may open it, and its tables (docs/adr/0004-log-on-sqlite.md).
import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { LogFailure } from './log-store.ts';
import { isLocked, toLogFailure } from './sqlite-failure.ts';

/** Raised with every change of the tables; a file of another format is refused. */
const format = 1;

const schema = `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE documents (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, log TEXT NOT NULL, epoch INTEGER NOT NULL,
    position INTEGER NOT NULL, prefix_hash BLOB NOT NULL, digest BLOB NOT NULL,
    named_position INTEGER NOT NULL, crc INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE writers (
    id INTEGER PRIMARY KEY, document INTEGER NOT NULL, writer TEXT NOT NULL, replica TEXT NOT NULL,
    client_id INTEGER NOT NULL, seq INTEGER NOT NULL, hash BLOB NOT NULL, crc INTEGER NOT NULL,
    UNIQUE (document, writer), UNIQUE (document, client_id)
  ) STRICT;
  CREATE TABLE entries (
    document INTEGER NOT NULL, position INTEGER NOT NULL, writer INTEGER NOT NULL,
    seq INTEGER NOT NULL, kind INTEGER NOT NULL, operation TEXT, operation_role TEXT,
    header BLOB NOT NULL, payload BLOB NOT NULL, effects BLOB NOT NULL,
    hash BLOB NOT NULL, prefix_hash BLOB NOT NULL, crc INTEGER NOT NULL,
    PRIMARY KEY (document, position)
  ) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX entries_by_writer ON entries (document, writer, seq);
  CREATE UNIQUE INDEX entries_by_operation ON entries (document, operation, operation_role)
    WHERE operation IS NOT NULL;
  CREATE TABLE checkpoints (
    document TEXT PRIMARY KEY, position INTEGER NOT NULL, bytes BLOB NOT NULL, crc INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

export interface DatabaseOptions {
  /** How long a commit waits for another process that writes to the file, for example a backup. */
  readonly busyTimeoutMs: number;
  /** The most the file may grow to; beyond it appends fail as on a full disk. */
  readonly fileBytesMax: number | undefined;
}

/** The open file. `store` is its random identity; `lock` is held for as long as it is open. */
export interface LogDatabase {
  readonly database: DatabaseSync;
  readonly lock: DatabaseSync;
  readonly store: Uint8Array;
}

export const databasePath = (folder: string): string => join(folder, 'causeway.db');

/**
 * Opens or creates the log of a data folder, for one process at a time. Throws LogFailure
 * `not-writable` for a folder that cannot be used or is in use, `failed` for another format.
 */
export function openLogDatabase(folder: string, options: DatabaseOptions): LogDatabase {
  try {
    makeDurableFolder(folder);
    const lock = takeLock(folder);
    try {
      return { ...openTables(databasePath(folder), options), lock };
    } catch (cause) {
      lock.close();
      throw cause;
    }
  } catch (cause) {
    throw toLogFailure(cause, `the log in ${folder} cannot be opened`);
  }
}

/** Throws LogFailure unless the file is a log, of the format that this version reads. */
export function readStoreIdentity(database: DatabaseSync, path: string): Uint8Array {
  const refuse = (problem: string): LogFailure =>
    new LogFailure('failed', `${path} ${problem}`, { retry: false });
  const tables = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'meta'").get();
  if (!tables) throw refuse('is no log of a relay: choose another data folder');
  const find = database.prepare('SELECT value FROM meta WHERE name = ?');
  const found = find.get('format')?.['value'];
  const store = find.get('store')?.['value'];
  if (found === format && store instanceof Uint8Array) return store;
  const advice = Number(found) > format ? 'upgrade the relay' : 'use the relay version it is from';
  throw refuse(`has format ${String(found)}, this version reads ${format}: ${advice}`);
}

/** SQLite syncs the folder of its files, but nobody the folder that a new one stands in. */
function makeDurableFolder(folder: string): void {
  const made = mkdirSync(folder, { recursive: true });
  if (made === undefined) return;
  const parent = openSync(dirname(made), 'r');
  try {
    fsyncSync(parent);
  } finally {
    closeSync(parent);
  }
}

/** A lock of the system, on a file of its own: it ends with the process, however that ends. */
function takeLock(folder: string): DatabaseSync {
  const lock = new DatabaseSync(join(folder, 'causeway.lock'), { timeout: 0 });
  try {
    // Nothing is written, so nothing needs a journal.
    lock.exec('PRAGMA journal_mode=MEMORY; BEGIN EXCLUSIVE');
    return lock;
  } catch (cause) {
    lock.close();
    if (!isLocked(cause)) throw cause;
    throw new LogFailure(
      'not-writable',
      `${folder} is in use by another relay: stop it, or give this one a data folder of its own`,
      { retry: true, cause },
    );
  }
}

function openTables(
  path: string,
  { busyTimeoutMs, fileBytesMax }: DatabaseOptions,
): Omit<LogDatabase, 'lock'> {
  const database = new DatabaseSync(path, { timeout: busyTimeoutMs });
  try {
    const tables = database.prepare('SELECT count(*) AS count FROM sqlite_schema').get();
    const isNew = tables?.['count'] === 0;
    // Looked at before anything of it is changed: it may be somebody else's file.
    if (!isNew) readStoreIdentity(database, path);
    // FULL: with WAL, NORMAL would lose acknowledged commits when the power fails.
    database.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL');
    if (isNew) createTables(database);
    const store = readStoreIdentity(database, path);
    if (fileBytesMax !== undefined) limitSize(database, fileBytesMax);
    return { database, store };
  } catch (cause) {
    database.close();
    throw cause;
  }
}

function createTables(database: DatabaseSync): void {
  database.exec(`BEGIN IMMEDIATE; ${schema}`);
  const insert = database.prepare('INSERT INTO meta (name, value) VALUES (?, ?)');
  insert.run('format', format);
  insert.run('store', randomBytes(16));
  database.exec('COMMIT');
}

function limitSize(database: DatabaseSync, fileBytesMax: number): void {
  const pageBytes = Number(database.prepare('PRAGMA page_size').get()?.['page_size']);
  database.exec(`PRAGMA max_page_count=${Math.max(1, Math.floor(fileBytesMax / pageBytes))}`);
}
