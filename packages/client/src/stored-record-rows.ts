// Everything a replica keeps beside changes, as sealed records: head, snapshot, limit rows, effects,
// episodes and its identity. Format 1, documented in docs/adr/0003-client-store-layout.md.
import type {
  Json,
  LimitRow,
  LogHead,
  MergedEntries,
  OperationId,
  ReplicaId,
  StoredDocument,
  StoredEffect,
  StoredEpisode,
} from '@causeway/core';
import {
  type ByteReader,
  ByteWriter,
  bytesToHex,
  bytesToJson,
  hashBytes,
  hexToBytes,
  jsonToBytes,
  parseLogId,
  parseOperationId,
  parseReplicaId,
  parseWriterId,
  sealRecord,
} from '@causeway/core';
import { openReader } from './stored-record-change.ts';

const format = 1;
/** Order is the stored code: append only. */
const rowStates = ['reserved', 'spent'] as const;
const effectStates = ['recorded', 'released', 'done', 'unknown'] as const;

export function encodeIdentity(replica: ReplicaId): Uint8Array {
  return sealRecord(new ByteWriter().byte(format).fixed(hexToBytes(replica)).done());
}

export function decodeIdentity(record: Uint8Array): ReplicaId | undefined {
  const reader = openReader(record);
  const replica = parseReplicaId(bytesToHex(reader.fixed(16)));
  return reader.done ? replica : undefined;
}

export function encodeHead(head: LogHead): Uint8Array {
  const writer = new ByteWriter().byte(format).fixed(hexToBytes(head.log)).uint(head.epoch);
  writer.uint(head.position).fixed(head.prefixHash).fixed(head.digest).uint(head.namedPosition);
  return sealRecord(writer.done());
}

export function decodeHead(record: Uint8Array): LogHead | undefined {
  const reader = openReader(record);
  const log = parseLogId(bytesToHex(reader.fixed(16)));
  const epoch = reader.uint();
  const position = reader.uint();
  const prefixHash = reader.fixed(hashBytes);
  const digest = reader.fixed(hashBytes);
  const namedPosition = reader.uint();
  if (!reader.done || !log) return undefined;
  return { log, epoch, position, prefixHash, digest, namedPosition };
}

type Snapshot = NonNullable<StoredDocument['snapshot']>;

export function encodeSnapshot(snapshot: Snapshot): Uint8Array {
  const writer = new ByteWriter().byte(format).uint(snapshot.position).fixed(snapshot.bytes);
  return sealRecord(writer.done());
}

export function decodeSnapshot(record: Uint8Array): Snapshot | undefined {
  const reader = openReader(record);
  const position = reader.uint();
  const bytes = reader.fixed(reader.rest);
  return reader.done ? { position, bytes } : undefined;
}

export function encodeLimitRow(row: LimitRow): Uint8Array {
  const writer = new ByteWriter().byte(format).text(row.invariant).text(row.key);
  writeNumber(writer.text(row.operation), row.amount);
  writer.fixed(hexToBytes(row.writer)).byte(rowStates.indexOf(row.state));
  return sealRecord(writer.done());
}

export function decodeLimitRow(record: Uint8Array): LimitRow | undefined {
  const reader = openReader(record);
  const invariant = reader.text();
  const key = reader.text();
  const operation = parseOperationId(reader.text());
  const amount = readNumber(reader);
  const writer = parseWriterId(bytesToHex(reader.fixed(16)));
  const state = rowStates[reader.byte()];
  if (!reader.done || !operation || !writer || !state) return undefined;
  return { invariant, key, operation, amount, writer, state };
}

export function encodeEffect(effect: StoredEffect): Uint8Array {
  const writer = new ByteWriter().byte(format).text(effect.operation).uint(effect.index);
  writer.text(effect.name).byte(effectStates.indexOf(effect.state));
  // JSON has no undefined: an effect without a payload ends here.
  if (effect.payload !== undefined) writer.bytes(jsonToBytes(effect.payload));
  return sealRecord(writer.done());
}

export function decodeEffect(record: Uint8Array): StoredEffect | undefined {
  const reader = openReader(record);
  const operation = parseOperationId(reader.text());
  const index = reader.uint();
  const name = reader.text();
  const state = effectStates[reader.byte()];
  let payload: Json | undefined;
  if (reader.rest > 0) {
    payload = bytesToJson(reader.bytes());
    if (payload === undefined) reader.refuse();
  }
  return reader.done && operation && state ? { operation, index, name, payload, state } : undefined;
}

export function encodeEpisode(episode: StoredEpisode): Uint8Array {
  const writer = new ByteWriter().byte(format).text(episode.id);
  writeNumber(writer, episode.beganWallMs);
  writer.text(episode.why).uint(episode.operations.length);
  for (const operation of episode.operations) writer.text(operation);
  // One that still goes on has no end, and a broken number where something follows.
  const { endedWallMs, merged } = episode;
  if (endedWallMs !== undefined || merged) writeNumber(writer, endedWallMs ?? Number.NaN);
  if (merged) writer.bytes(jsonToBytes(merged));
  return sealRecord(writer.done());
}

export function decodeEpisode(record: Uint8Array): StoredEpisode | undefined {
  const reader = openReader(record);
  const id = reader.text();
  const beganWallMs = readNumber(reader);
  const why = reader.text();
  const operations: OperationId[] = [];
  for (let left = reader.uint(); left > 0 && reader.ok; left--) {
    const operation = parseOperationId(reader.text());
    if (operation) operations.push(operation);
    else reader.refuse();
  }
  const endMs = reader.rest > 0 ? readNumber(reader) : Number.NaN;
  const endedWallMs = Number.isNaN(endMs) ? undefined : endMs;
  const merged = reader.rest > 0 ? readMerged(reader) : undefined;
  const episode = { id, beganWallMs, why, operations, endedWallMs, ...(merged && { merged }) };
  return reader.done ? episode : undefined;
}

/** The bytes around it are checksummed, so that its form is trusted once it is an object. */
function readMerged(reader: ByteReader): MergedEntries | undefined {
  const merged = bytesToJson(reader.bytes());
  if (typeof merged === 'object' && merged !== null && !Array.isArray(merged)) {
    return merged as unknown as MergedEntries;
  }
  reader.refuse();
  return undefined;
}

/** IEEE 754, 8 bytes big-endian: amounts may be negative or broken numbers. */
function writeNumber(writer: ByteWriter, value: number): void {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value);
  writer.fixed(bytes);
}

function readNumber(reader: ByteReader): number {
  const bytes = reader.fixed(8);
  if (bytes.length < 8) return 0;
  return new DataView(bytes.buffer, bytes.byteOffset, 8).getFloat64(0);
}
