// Queued changes and committed entries as sealed records. Format 1, documented in
// docs/adr/0003-client-store-layout.md; golden bytes in the test keep old devices readable.
import type { Change, LogEntry, SealedChange, WriterRecord } from '@causeway/core';
import {
  ByteReader,
  ByteWriter,
  bytesToHex,
  decodeHeader,
  hashBytes,
  hexToBytes,
  openRecord,
  parseReplicaId,
  parseWriterId,
  sealRecord,
} from '@causeway/core';

const format = 1;

/** One queue record: all of a change. Its decoded header is not stored, it is read from the bytes. */
export function encodeChange(change: Change): Uint8Array {
  const writer = new ByteWriter().byte(format);
  writeAuthor(writer, change.author);
  writeSealed(writer.uint(change.seq), change.sealed);
  return sealRecord(writer.fixed(change.hash).done());
}

/** The change, or undefined when the record is damaged or of a format this version does not know. */
export function decodeChange(record: Uint8Array): Change | undefined {
  const reader = openReader(record);
  const author = readAuthor(reader);
  const seq = reader.uint();
  const sealed = readSealed(reader);
  const hash = reader.fixed(hashBytes);
  const header = decodeHeader(sealed.header);
  return reader.done && author && header ? { author, seq, header, sealed, hash } : undefined;
}

/** One tail record: entries at consecutive positions. Authors are written once per batch. */
export function encodeBatch(entries: readonly LogEntry[]): Uint8Array {
  const indexes = new Map<string, number>();
  const authors: WriterRecord[] = [];
  for (const { author } of entries) {
    if (indexes.has(author.writer)) continue;
    indexes.set(author.writer, authors.length);
    authors.push(author);
  }
  const writer = new ByteWriter()
    .byte(format)
    .uint(entries[0]?.position ?? 0)
    .uint(authors.length);
  for (const author of authors) writeAuthor(writer, author);
  writer.uint(entries.length);
  for (const { author, seq, sealed } of entries) {
    writeSealed(writer.uint(indexes.get(author.writer) ?? 0).uint(seq), sealed);
  }
  return sealRecord(writer.done());
}

/** The entries, or undefined when the record is damaged or of an unknown format. */
export function decodeBatch(record: Uint8Array): readonly LogEntry[] | undefined {
  const reader = openReader(record);
  const from = reader.uint();
  const authors: (WriterRecord | undefined)[] = [];
  for (let left = reader.uint(); left > 0 && reader.ok; left--) authors.push(readAuthor(reader));
  const entries: LogEntry[] = [];
  for (let left = reader.uint(); left > 0 && reader.ok; left--) {
    const author = authors[reader.uint()];
    const seq = reader.uint();
    const sealed = readSealed(reader);
    if (!author) return undefined;
    entries.push({ position: from + entries.length, author, seq, sealed });
  }
  return reader.done ? entries : undefined;
}

/** What a database gave back need not be what was put in: anything else is damaged as well. */
export function readRecord<T>(
  decode: (record: Uint8Array) => T | undefined,
  record: unknown,
): T | undefined {
  return record instanceof Uint8Array ? decode(record) : undefined;
}

/** Behind checksum and format byte; refuses from the start when either is wrong. */
export function openReader(record: Uint8Array): ByteReader {
  const reader = new ByteReader(openRecord(record) ?? new Uint8Array(0));
  if (reader.byte() !== format) reader.refuse();
  return reader;
}

function writeAuthor(writer: ByteWriter, author: WriterRecord): void {
  writer.fixed(hexToBytes(author.writer)).fixed(hexToBytes(author.replica)).uint(author.clientId);
}

function readAuthor(reader: ByteReader): WriterRecord | undefined {
  const writer = parseWriterId(bytesToHex(reader.fixed(16)));
  const replica = parseReplicaId(bytesToHex(reader.fixed(16)));
  const clientId = reader.uint();
  return writer && replica ? { writer, replica, clientId } : undefined;
}

function writeSealed(writer: ByteWriter, sealed: SealedChange): void {
  writer.bytes(sealed.header).bytes(sealed.payload).bytes(sealed.effects);
}

function readSealed(reader: ByteReader): SealedChange {
  return { header: reader.bytes(), payload: reader.bytes(), effects: reader.bytes() };
}
