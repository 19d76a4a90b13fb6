// The questions asked of a log's file, by relays and for inspection; sqlite-rows.ts checks the answers.
import type { DatabaseSync } from 'node:sqlite';
import type { DocumentId, OperationId, WriterId } from '@causeway/core';
import { isSameBytes, parseDocumentId, parseWriterId } from '@causeway/core';
import type { WriterHead } from './log-store.ts';
import type { OperationRole } from './log-view.ts';
import type { StoredDocument, StoredEntry, StoredWriter } from './sqlite-rows.ts';
import {
  blob,
  damaged,
  rowChecksum,
  rowToDocument,
  rowToEntry,
  rowToWriter,
  text,
  whole,
} from './sqlite-rows.ts';

const entryColumns = `
  SELECT e.position, e.seq, e.kind, e.operation, e.operation_role, e.header, e.payload,
    e.effects, e.hash, e.prefix_hash, e.crc, w.writer, w.replica, w.client_id
  FROM entries e LEFT JOIN writers w ON w.id = e.writer`;

/** Owns the prepared statements that read a log's file; shared by relays and inspection. */
export class LogReads {
  private readonly find;

  constructor(database: DatabaseSync) {
    const prepare = (sql: string) => database.prepare(sql);
    this.find = {
      names: prepare('SELECT name FROM documents ORDER BY name'),
      document: prepare('SELECT * FROM documents WHERE name = ?'),
      last: prepare(
        'SELECT position FROM entries WHERE document = ? ORDER BY position DESC LIMIT 1',
      ),
      writer: prepare('SELECT * FROM writers WHERE document = ? AND writer = ?'),
      client: prepare('SELECT writer FROM writers WHERE document = ? AND client_id = ?'),
      roster: prepare('SELECT * FROM writers WHERE document = ? ORDER BY id'),
      entry: prepare(`${entryColumns} WHERE e.document = ? AND e.position = ?`),
      entries: prepare(
        `${entryColumns} WHERE e.document = ? AND e.position > ? ORDER BY e.position LIMIT ?`,
      ),
      change: prepare(`${entryColumns} WHERE e.document = ? AND e.writer = ? AND e.seq = ?`),
      operation: prepare(
        'SELECT 1 FROM entries WHERE document = ? AND operation = ? AND operation_role = ?',
      ),
      checkpoint: prepare('SELECT * FROM checkpoints WHERE document = ?'),
    };
  }

  documents(): readonly DocumentId[] {
    return this.find.names.all().map((row) => {
      const name = parseDocumentId(text(row['name']));
      if (name === undefined) throw damaged('the list of documents');
      return name;
    });
  }

  /** The document, after checking that its head is that of its last entry. */
  document(name: DocumentId): StoredDocument | undefined {
    const row = this.find.document.get(name);
    if (!row) return undefined;
    const document = rowToDocument(row, name);
    const { head } = document;
    const last = this.find.last.get(document.id);
    const position = last ? whole(last['position']) : 0;
    const end = this.entry(document, position)?.prefixHash;
    if (position !== head.position || (end && !isSameBytes(end, head.prefixHash))) {
      throw damaged(`document ${name} after position ${Math.min(position, head.position)}`);
    }
    return document;
  }

  writer(document: StoredDocument, id: WriterId): StoredWriter | undefined {
    const row = this.find.writer.get(document.id, id);
    return row && rowToWriter(row, document.name);
  }

  clientOwner(document: StoredDocument, clientId: number): WriterId | undefined {
    return parseWriterId(text(this.find.client.get(document.id, clientId)?.['writer']));
  }

  roster(document: StoredDocument): readonly WriterHead[] {
    return this.find.roster.all(document.id).map((row) => rowToWriter(row, document.name).head);
  }

  hasOperation(document: StoredDocument, id: OperationId, role: OperationRole): boolean {
    return this.find.operation.get(document.id, id, role) !== undefined;
  }

  entry(document: StoredDocument, position: number): StoredEntry | undefined {
    const row = this.find.entry.get(document.id, position);
    return row && rowToEntry(row, document.name);
  }

  change(document: StoredDocument, writer: StoredWriter, seq: number): StoredEntry | undefined {
    const row = this.find.change.get(document.id, writer.id, seq);
    return row && rowToEntry(row, document.name);
  }

  /** Entries after a position up to the head, at most `countMax`; a missing one is damage. */
  *entries(document: StoredDocument, after: number, countMax: number): Generator<StoredEntry> {
    const end = Math.min(after + countMax, document.head.position);
    let position = after + 1;
    for (const row of this.find.entries.iterate(document.id, after, Math.max(end - after, 0))) {
      const stored = rowToEntry(row, document.name);
      if (stored.entry.position !== position) break;
      yield stored;
      position++;
    }
    if (position <= end) throw damaged(`document ${document.name} at position ${position}`);
  }

  checkpoint(
    document: DocumentId,
  ): { readonly position: number; readonly bytes: Uint8Array } | undefined {
    const row = this.find.checkpoint.get(document);
    if (!row) return undefined;
    const [position, bytes] = [whole(row['position']), blob(row['bytes'])];
    if (whole(row['crc']) !== rowChecksum([document, position, bytes])) {
      throw damaged(`the checkpoint of document ${document}`);
    }
    return { position, bytes };
  }
}
