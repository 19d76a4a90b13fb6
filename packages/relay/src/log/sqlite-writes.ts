// The statements that change a log's file; each is one step of a group's transaction.
import type { DatabaseSync } from 'node:sqlite';
import type { DocumentId, LogHead, OperationId } from '@causeway/core';
import { changeKinds } from '@causeway/core';
import type { AdmittedEntry } from './admit.ts';
import type { WriterHead } from './log-store.ts';
import type { OperationRole } from './log-view.ts';
import { documentChecksum, entryChecksum, rowChecksum, writerChecksum } from './sqlite-rows.ts';

/** Owns the prepared statements that write. Rows get their checksums here. */
export class LogWrites {
  private readonly run;

  constructor(database: DatabaseSync) {
    const prepare = (sql: string) => database.prepare(sql);
    this.run = {
      document: prepare(`INSERT INTO documents
        (name, log, epoch, position, prefix_hash, digest, named_position, crc)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)`),
      head: prepare(`UPDATE documents SET position = ?, prefix_hash = ?, digest = ?,
        named_position = ?, crc = ? WHERE id = ?`),
      writer: prepare(`INSERT INTO writers
        (document, writer, replica, client_id, seq, hash, crc) VALUES (?, ?, ?, ?, ?, ?, ?)`),
      writerHead: prepare('UPDATE writers SET seq = ?, hash = ?, crc = ? WHERE id = ?'),
      entry: prepare(`INSERT INTO entries (document, position, writer, seq, kind, operation,
        operation_role, header, payload, effects, hash, prefix_hash, crc)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
      checkpoint: prepare(`INSERT INTO checkpoints (document, position, bytes, crc)
        VALUES (?, ?, ?, ?) ON CONFLICT (document) DO UPDATE SET position = excluded.position,
        bytes = excluded.bytes, crc = excluded.crc WHERE excluded.position >= position`),
    };
  }

  /** The new document's row id. */
  insertDocument(name: DocumentId, head: LogHead): number {
    const { log, epoch, position, prefixHash, digest, namedPosition } = head;
    const crc = documentChecksum(name, head);
    const row = [name, log, epoch, position, prefixHash, digest, namedPosition, crc];
    return Number(this.run.document.run(...row).lastInsertRowid);
  }

  updateHead(id: number, name: DocumentId, head: LogHead): void {
    const { position, prefixHash, digest, namedPosition } = head;
    const crc = documentChecksum(name, head);
    this.run.head.run(position, prefixHash, digest, namedPosition, crc, id);
  }

  /** The new writer's row id. */
  insertWriter(document: { id: number; name: DocumentId }, head: WriterHead): number {
    const { writer, replica, clientId } = head.record;
    const crc = writerChecksum(document.name, head);
    const row = [document.id, writer, replica, clientId, head.seq, head.hash, crc];
    return Number(this.run.writer.run(...row).lastInsertRowid);
  }

  updateWriter(id: number, document: DocumentId, head: WriterHead): void {
    this.run.writerHead.run(head.seq, head.hash, writerChecksum(document, head), id);
  }

  insertEntry(document: { id: number; name: DocumentId }, writer: number, a: AdmittedEntry): void {
    const { position, seq, sealed } = a.entry;
    const kind = changeKinds.indexOf(a.kind);
    const { id, role } = a.operation ?? noOperation;
    const crc = entryChecksum(document.name, { ...a, kind, operation: id ?? '', role: role ?? '' });
    this.run.entry.run(
      ...[document.id, position, writer, seq, kind, id, role],
      ...[sealed.header, sealed.payload, sealed.effects, a.hash, a.prefixHash, crc],
    );
  }

  saveCheckpoint(document: DocumentId, position: number, bytes: Uint8Array): void {
    this.run.checkpoint.run(document, position, bytes, rowChecksum([document, position, bytes]));
  }
}

const noOperation: { id: OperationId | null; role: OperationRole | null } = {
  id: null,
  role: null,
};
