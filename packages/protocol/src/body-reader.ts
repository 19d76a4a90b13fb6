// The fields that messages are made of, read from a peer's bytes. A refused field reads as undefined
// (or an empty value) and marks the reader; the message decoder checks once, at its end.
import {
  ByteReader,
  bytesToHex,
  bytesToText,
  type DocumentId,
  hashBytes,
  type LogId,
  parseDocumentId,
  parseLogId,
  parseReplicaId,
  parseWriterId,
  type ReplicaId,
  type SealedChange,
  type WriterId,
  type WriterRecord,
} from '@causeway/core';
import type { FaultCode } from './down.ts';
import type { WireVector } from './up.ts';
import { headerBytesMax, vectorEntriesMax } from './wire-limits.ts';

const idBytes = 16;
const documentBytesMax = 128;
const nothing = new Uint8Array(0);

/** A cursor over one message's body that remembers which fault its refusal is. */
export class BodyReader extends ByteReader {
  private code: FaultCode = 'malformed-frame';

  /** Meaningful once `ok` is false, or when bytes were left over. */
  get faultCode(): FaultCode {
    return this.code;
  }

  /** Refuses for a reason of its own; the first refusal names the fault. */
  refuseAs(code: FaultCode): undefined {
    if (this.ok) this.code = code;
    this.refuse();
    return undefined;
  }
}

/** A list's length, which must not pass `max`. Never allocate by it: read item by item. */
export function readCount(reader: BodyReader, max: number): number {
  const count = reader.uint();
  return count > max ? reader.refuse() : count;
}

/** One byte, 0 or 1. */
export function readFlag(reader: BodyReader): boolean {
  const byte = reader.byte();
  if (byte > 1) reader.refuse();
  return byte === 1;
}

/** A length and as many bytes: a view of the frame, or one shared array when there are none. */
export function readBytes(reader: BodyReader, max: number = reader.rest): Uint8Array {
  const length = readCount(reader, max);
  return length === 0 ? nothing : reader.fixed(length);
}

/** UTF-8 of at most `bytesMax` bytes. */
export function readText(reader: BodyReader, bytesMax: number): string {
  const text = bytesToText(readBytes(reader, bytesMax));
  if (text === undefined) reader.refuse();
  return text ?? '';
}

/** 32 bytes, a view of the frame. */
export function readHash(reader: BodyReader): Uint8Array {
  return reader.fixed(hashBytes);
}

/** The name of a document; refused as `bad-document-id` when it breaks the rule for those. */
export function readDocument(reader: BodyReader): DocumentId | undefined {
  const length = reader.uint();
  if (length > documentBytesMax) return reader.refuseAs('bad-document-id');
  // The rule allows ASCII only, where bytes and characters are one: others fail it in any decoding.
  const text = asciiToText(reader.fixed(length));
  if (!reader.ok) return undefined;
  return parseDocumentId(text) ?? reader.refuseAs('bad-document-id');
}

function asciiToText(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

export function readWriterId(reader: BodyReader): WriterId | undefined {
  return parseWriterId(bytesToHex(reader.fixed(idBytes)));
}
export function readReplicaId(reader: BodyReader): ReplicaId | undefined {
  return parseReplicaId(bytesToHex(reader.fixed(idBytes)));
}
export function readLogId(reader: BodyReader): LogId | undefined {
  return parseLogId(bytesToHex(reader.fixed(idBytes)));
}

export function readAuthor(reader: BodyReader): WriterRecord | undefined {
  const writer = readWriterId(reader);
  const replica = readReplicaId(reader);
  const clientId = reader.uint();
  return reader.ok && writer && replica ? { writer, replica, clientId } : undefined;
}

export function readVector(reader: BodyReader): WireVector {
  const count = readCount(reader, vectorEntriesMax);
  const vector: (readonly [WriterId, number])[] = [];
  for (let at = 0; at < count && reader.ok; at++) {
    const writer = readWriterId(reader);
    const seq = reader.uint();
    if (writer) vector.push([writer, seq]);
  }
  return vector;
}

/** Header, payload and effects as views of the frame; what is in them is not looked at here. */
export function readSealed(reader: BodyReader): SealedChange {
  const header = readBytes(reader, headerBytesMax);
  const payload = readBytes(reader);
  const effects = readBytes(reader);
  return { header, payload, effects };
}
