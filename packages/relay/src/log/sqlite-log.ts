// The log on SQLite, synchronous: groups of writes as one transaction each, and reads. It runs in a
// worker (sqlite-worker.ts), because a commit waits for the disk.
import type { DocumentId, LogEntry, LogHead, WriterId } from '@causeway/core';
import type { AdmissionRefused } from './admit.ts';
import { admit } from './admit.ts';
import { emptyHead } from './empty-head.ts';
import type { AppendRequest, WriterHead } from './log-store.ts';
import { LogFailure } from './log-store.ts';
import { sha256 } from './sha256.ts';
import { SqliteDocument } from './sqlite-document.ts';
import { toLogFailure } from './sqlite-failure.ts';
import { LogReads } from './sqlite-reads.ts';
import type { LogDatabase } from './sqlite-schema.ts';
import { LogWrites } from './sqlite-writes.ts';

const documentsMax = 4_096;

/** One caller's share of a group. */
export type GroupWrite =
  | { readonly type: 'append'; readonly requests: readonly AppendRequest[] }
  | {
      readonly type: 'save-checkpoint';
      readonly document: DocumentId;
      readonly position: number;
      readonly bytes: Uint8Array;
    };

/** What became of one request; `fresh`: how many of its last changes are new, up to the head. */
export type RequestOutcome =
  | { readonly type: 'appended'; readonly fresh: number; readonly head: LogHead }
  | (AdmissionRefused & { readonly head: LogHead });

/** Of one {@link GroupWrite}: an outcome per request, or why nothing of it was kept. */
export type WriteOutcome = readonly RequestOutcome[] | LogFailure;

/** Owns the open file and what is remembered of it. */
export class SqliteLog {
  private readonly file: LogDatabase;
  private readonly reads: LogReads;
  private readonly writes: LogWrites;
  private readonly documentsByName = new Map<DocumentId, SqliteDocument>();

  constructor(file: LogDatabase) {
    this.file = file;
    this.reads = new LogReads(file.database);
    this.writes = new LogWrites(file.database);
  }

  /**
   * Writes a group as one transaction: when this returns it is on the disk, by one sync. A failing
   * transaction fails all of its group; but what no retry mends is held against its own write only,
   * which is found by halving the group.
   */
  commit(group: readonly GroupWrite[]): readonly WriteOutcome[] {
    const outcome = this.transact(group);
    if (!(outcome instanceof LogFailure)) return outcome;
    if (outcome.retry || group.length === 1) return group.map(() => outcome);
    const half = Math.ceil(group.length / 2);
    return [...this.commit(group.slice(0, half)), ...this.commit(group.slice(half))];
  }

  head(document: DocumentId): LogHead {
    return this.document(document).head;
  }

  read(
    name: DocumentId,
    { after, bytesMax }: { readonly after: number; readonly bytesMax: number },
  ): { readonly entries: readonly LogEntry[]; readonly prefixHash: Uint8Array } {
    const { row, head } = this.document(name);
    const entries: LogEntry[] = [];
    let bytes = 0;
    let prefixHash: Uint8Array | undefined;
    for (const stored of this.reads.entries(row, after, Number.MAX_SAFE_INTEGER)) {
      const { header, payload, effects } = stored.entry.sealed;
      bytes += header.length + payload.length + effects.length;
      if (entries.length > 0 && bytes > bytesMax) break;
      entries.push(stored.entry);
      prefixHash = stored.prefixHash;
    }
    return { entries, prefixHash: prefixHash ?? this.prefixHash(name, after) ?? head.prefixHash };
  }

  prefixHash(name: DocumentId, position: number): Uint8Array | undefined {
    const { row, head } = this.document(name);
    if (position === head.position) return head.prefixHash;
    if (position === 0) return emptyHead(sha256, this.file.store, name).prefixHash;
    return this.reads.entry(row, position)?.prefixHash;
  }

  writers(name: DocumentId, ids: readonly WriterId[]): readonly WriterHead[] {
    const document = this.document(name);
    return ids.map((id) => document.writer(id)).filter((head) => head !== undefined);
  }

  documents(): readonly DocumentId[] {
    return this.reads.documents();
  }

  checkpoint(document: DocumentId): Uint8Array | undefined {
    return this.reads.checkpoint(document)?.bytes;
  }

  close(): void {
    this.file.database.close();
    this.file.lock.close();
  }

  private transact(group: readonly GroupWrite[]): readonly WriteOutcome[] | LogFailure {
    const { database } = this.file;
    try {
      database.exec('BEGIN IMMEDIATE');
      const outcomes = group.map((write) => this.write(write));
      database.exec('COMMIT');
      return outcomes;
    } catch (cause) {
      // What is remembered may describe rows that never were: only the disk knows.
      this.documentsByName.clear();
      // On a full disk SQLite has rolled back by itself.
      if (database.isTransaction) database.exec('ROLLBACK');
      return toLogFailure(cause, 'the log cannot be written');
    }
  }

  private write(write: GroupWrite): readonly RequestOutcome[] {
    if (write.type === 'append') return write.requests.map((request) => this.append(request));
    this.writes.saveCheckpoint(write.document, write.position, write.bytes);
    return [];
  }

  private append(request: AppendRequest): RequestOutcome {
    const document = this.document(request.document);
    const admission = admit(request, document, sha256);
    if (admission.type === 'refused') return { ...admission, head: document.head };
    if (admission.entries.length > 0) {
      document.insert(admission);
      this.remember(document);
    }
    return { type: 'appended', fresh: admission.entries.length, head: admission.head };
  }

  private document(name: DocumentId): SqliteDocument {
    const known = this.documentsByName.get(name);
    if (known) return known;
    const found = this.reads.document(name);
    const stored = found ?? { id: 0, name, head: emptyHead(sha256, this.file.store, name) };
    const document = new SqliteDocument(stored, { reads: this.reads, writes: this.writes });
    // Names that were only asked for are not remembered: anybody can invent them.
    if (found) this.remember(document);
    return document;
  }

  private remember(document: SqliteDocument): void {
    this.documentsByName.set(document.row.name, document);
    if (this.documentsByName.size <= documentsMax) return;
    const [oldest] = this.documentsByName.keys();
    if (oldest !== undefined) this.documentsByName.delete(oldest);
  }
}
