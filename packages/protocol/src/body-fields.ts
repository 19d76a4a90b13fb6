// The fields that messages are made of, written: the mirror of body-reader.ts. Values that no decoder
// would take back are the caller's bug and are thrown as one.
import {
  assert,
  type ByteWriter,
  hashBytes,
  hexToBytes,
  type LogId,
  type ReplicaId,
  type SealedChange,
  type WriterId,
  type WriterRecord,
} from '@causeway/core';
import type { WireVector } from './up.ts';
import { headerBytesMax, vectorEntriesMax } from './wire-limits.ts';

export function writeFlag(writer: ByteWriter, flag: boolean): void {
  writer.byte(flag ? 1 : 0);
}

export function writeHash(writer: ByteWriter, hash: Uint8Array): void {
  assert(
    hash.length === hashBytes,
    'bad-hash',
    `a hash has ${hashBytes} bytes, not ${hash.length}`,
  );
  writer.fixed(hash);
}

export function writeId(writer: ByteWriter, id: WriterId | ReplicaId | LogId): void {
  writer.fixed(hexToBytes(id));
}

export function writeAuthor(writer: ByteWriter, author: WriterRecord): void {
  writeId(writer, author.writer);
  writeId(writer, author.replica);
  writer.uint(author.clientId);
}

export function writeVector(writer: ByteWriter, vector: WireVector): void {
  assert(vector.length <= vectorEntriesMax, 'too-many-items', 'open fewer writers at once');
  writer.uint(vector.length);
  for (const [id, seq] of vector) {
    writeId(writer, id);
    writer.uint(seq);
  }
}

export function writeSealed(writer: ByteWriter, change: SealedChange): void {
  assert(change.header.length <= headerBytesMax, 'header-too-large', 'state fewer dots');
  writer.bytes(change.header).bytes(change.payload).bytes(change.effects);
}
