// One document as the open transaction sees it: what admissions look up, and how entries get in.
// What it remembers is good only while no transaction fails; its owner then forgets it.
import type { LogHead, OperationId, WriterId } from '@causeway/core';
import type { Admitted } from './admit.ts';
import type { WriterHead } from './log-store.ts';
import type { LogView, OperationRole } from './log-view.ts';
import type { LogReads } from './sqlite-reads.ts';
import type { StoredDocument, StoredWriter } from './sqlite-rows.ts';
import type { LogWrites } from './sqlite-writes.ts';

const writersMax = 1_024;

/** Owns what is remembered of a document between look-ups. */
export class SqliteDocument implements LogView {
  private readonly reads: LogReads;
  private readonly writes: LogWrites;
  /** Row id 0: the document was never written, and has no row. */
  private stored: StoredDocument;
  private readonly writersById = new Map<WriterId, StoredWriter>();

  constructor(stored: StoredDocument, o: { reads: LogReads; writes: LogWrites }) {
    this.stored = stored;
    this.reads = o.reads;
    this.writes = o.writes;
  }

  get head(): LogHead {
    return this.stored.head;
  }
  get row(): StoredDocument {
    return this.stored;
  }
  get isWritten(): boolean {
    return this.stored.id !== 0;
  }

  writer(id: WriterId): WriterHead | undefined {
    return this.storedWriter(id)?.head;
  }

  clientOwner(clientId: number): WriterId | undefined {
    return this.reads.clientOwner(this.stored, clientId);
  }

  changeHash(id: WriterId, seq: number): Uint8Array | undefined {
    const writer = this.storedWriter(id);
    if (writer?.head.seq === seq) return writer.head.hash;
    return writer && this.reads.change(this.stored, writer, seq)?.hash;
  }

  hasOperation(id: OperationId, role: OperationRole): boolean {
    return this.reads.hasOperation(this.stored, id, role);
  }

  /** Writes what was admitted. The document's own row comes with its first entry. */
  insert({ entries, head, writer }: Admitted): void {
    const { name } = this.stored;
    const id = this.stored.id || this.writes.insertDocument(name, head);
    if (this.isWritten) this.writes.updateHead(id, name, head);
    this.stored = { id, name, head };
    const known = this.storedWriter(writer.record.writer);
    const writerRow = known?.id ?? this.writes.insertWriter(this.stored, writer);
    if (known) this.writes.updateWriter(writerRow, name, writer);
    for (const entry of entries) this.writes.insertEntry(this.stored, writerRow, entry);
    this.remember({ id: writerRow, head: writer });
  }

  private storedWriter(id: WriterId): StoredWriter | undefined {
    const known = this.writersById.get(id);
    if (known || !this.isWritten) return known;
    const found = this.reads.writer(this.stored, id);
    if (found) this.remember(found);
    return found;
  }

  private remember(writer: StoredWriter): void {
    if (this.writersById.size >= writersMax) this.writersById.clear();
    this.writersById.set(writer.head.record.writer, writer);
  }
}
