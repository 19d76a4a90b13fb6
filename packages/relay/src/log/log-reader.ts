// A look into a data folder from outside, for inspection and audits: while a relay runs, or after.
// It changes nothing, and its small reads do not hold up the relay's checkpoints for long.
import { DatabaseSync } from 'node:sqlite';
import type { DocumentId, LogHead } from '@causeway/core';
import { emptyHead } from './empty-head.ts';
import type { WriterHead } from './log-store.ts';
import { sha256 } from './sha256.ts';
import { toLogFailure } from './sqlite-failure.ts';
import { LogReads } from './sqlite-reads.ts';
import type { StoredEntry } from './sqlite-rows.ts';
import { databasePath, readStoreIdentity } from './sqlite-schema.ts';

const batchCount = 256;

/** Reads block the calling thread. All throw LogFailure, `corrupt` with the place of the damage. */
export interface LogReader {
  documents(): readonly DocumentId[];
  head(document: DocumentId): LogHead;
  /** Every writer that ever was, with the last hash of its chain. */
  roster(document: DocumentId): readonly WriterHead[];
  /** Entries after a position up to the head as it is now, each with the hashes kept beside it. */
  entries(document: DocumentId, after?: number): Generator<StoredEntry>;
  checkpoint(
    document: DocumentId,
  ): { readonly position: number; readonly bytes: Uint8Array } | undefined;
  close(): void;
}

/** Opens a data folder read-only. Throws LogFailure `not-writable` when there is no log in it. */
export function openLogReader(folder: string): LogReader {
  const path = databasePath(folder);
  try {
    const database = new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
    try {
      return new SqliteReader(database, readStoreIdentity(database, path));
    } catch (cause) {
      database.close();
      throw cause;
    }
  } catch (cause) {
    throw toLogFailure(cause, `the log in ${folder} cannot be opened for reading`);
  }
}

class SqliteReader implements LogReader {
  private readonly database: DatabaseSync;
  private readonly reads: LogReads;
  private readonly store: Uint8Array;

  constructor(database: DatabaseSync, store: Uint8Array) {
    this.database = database;
    this.reads = new LogReads(database);
    this.store = store;
  }

  documents(): readonly DocumentId[] {
    return this.guard(() => this.reads.documents());
  }

  head(name: DocumentId): LogHead {
    return this.guard(() => this.reads.document(name)?.head ?? this.unwritten(name));
  }

  roster(name: DocumentId): readonly WriterHead[] {
    return this.guard(() => {
      const document = this.reads.document(name);
      return document ? this.reads.roster(document) : [];
    });
  }

  *entries(name: DocumentId, after = 0): Generator<StoredEntry> {
    const document = this.guard(() => this.reads.document(name));
    if (!document) return;
    let position = after;
    while (position < document.head.position) {
      const batch = this.guard(() => [...this.reads.entries(document, position, batchCount)]);
      yield* batch;
      position += batch.length;
    }
  }

  checkpoint(name: DocumentId) {
    return this.guard(() => this.reads.checkpoint(name));
  }

  close(): void {
    this.database.close();
  }

  private unwritten(name: DocumentId): LogHead {
    return emptyHead(sha256, this.store, name);
  }

  /** Several statements see one state of the file, whatever the relay commits meanwhile. */
  private guard<T>(read: () => T): T {
    try {
      this.database.exec('BEGIN');
      const found = read();
      this.database.exec('COMMIT');
      return found;
    } catch (cause) {
      this.endRead();
      throw toLogFailure(cause, 'the log cannot be read');
    }
  }

  private endRead(): void {
    try {
      if (this.database.isTransaction) this.database.exec('ROLLBACK');
    } catch {
      // Nothing was written, and what failed before says what there is to say.
    }
  }
}
