// One document's log in memory, with the look-ups that admissions need.
import type { LogEntry, LogHead, OperationId, WriterId } from '@causeway/core';
import type { Admitted, AdmittedEntry } from './admit.ts';
import type { WriterHead } from './log-store.ts';
import type { LogView, OperationRole } from './log-view.ts';

/** Owns the entries of one document. Only {@link MemoryLog.insert} changes it. */
export class MemoryLog implements LogView {
  head: LogHead;
  private readonly genesis: Uint8Array;
  private readonly admitted: AdmittedEntry[] = [];
  private readonly writersById = new Map<WriterId, WriterHead>();
  private readonly hashesByWriter = new Map<WriterId, Uint8Array[]>();
  private readonly writersByClientId = new Map<number, WriterId>();
  private readonly operations = new Set<string>();

  constructor(head: LogHead) {
    this.head = head;
    this.genesis = head.prefixHash;
  }

  writer(id: WriterId): WriterHead | undefined {
    return this.writersById.get(id);
  }

  clientOwner(clientId: number): WriterId | undefined {
    return this.writersByClientId.get(clientId);
  }

  changeHash(writer: WriterId, seq: number): Uint8Array | undefined {
    return this.hashesByWriter.get(writer)?.[seq - 1];
  }

  hasOperation(id: OperationId, role: OperationRole): boolean {
    return this.operations.has(`${role} ${id}`);
  }

  insert({ entries, head, writer }: Admitted): void {
    const { record } = writer;
    const hashes = this.hashesByWriter.get(record.writer) ?? [];
    for (const entry of entries) {
      this.admitted.push(entry);
      hashes.push(entry.hash);
      if (entry.operation) this.operations.add(`${entry.operation.role} ${entry.operation.id}`);
    }
    this.hashesByWriter.set(record.writer, hashes);
    this.writersById.set(record.writer, writer);
    this.writersByClientId.set(record.clientId, record.writer);
    this.head = head;
  }

  read(after: number, bytesMax: number): { entries: LogEntry[]; prefixHash: Uint8Array } {
    const entries: LogEntry[] = [];
    let bytes = 0;
    for (const { entry } of this.admitted.slice(after)) {
      const { header, payload, effects } = entry.sealed;
      bytes += header.length + payload.length + effects.length;
      if (entries.length > 0 && bytes > bytesMax) break;
      entries.push(entry);
    }
    const reached = Math.min(after + entries.length, this.head.position);
    return { entries, prefixHash: this.prefixHash(reached) ?? this.head.prefixHash };
  }

  prefixHash(position: number): Uint8Array | undefined {
    return position === 0 ? this.genesis : this.admitted[position - 1]?.prefixHash;
  }
}
