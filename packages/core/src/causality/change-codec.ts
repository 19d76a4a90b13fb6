// Change headers and payloads as bytes. Format 1, documented in docs/PROTOCOL.md, §Change.
// A header holds neither writer nor sequence number: the hash chain's genesis and length do.
import type { CellKind } from '../app/policy-table.ts';
import { cellKinds } from '../app/policy-table.ts';
import { ByteReader } from '../bytes/byte-reader.ts';
import { ByteWriter } from '../bytes/byte-writer.ts';
import type { Json } from '../bytes/canonical-json.ts';
import { bytesToJson, canonicalJson, jsonDepthMax } from '../bytes/canonical-json.ts';
import { hashBytes } from '../bytes/hash.ts';
import { textToBytes } from '../bytes/text.ts';
import { bytesToHex, hexToBytes, parseOperationId, parseWriterId } from '../identity.ts';
import type { Mode } from '../outcome.ts';
import { modes } from '../outcome.ts';
import type { ChangeHeader, EffectSeal, OperationHeader } from './change.ts';
import { changeKinds } from './change.ts';
import type { Context, Dot } from './context.ts';

const format = 1;
const dotsMax = 4096;
const hasOperation = 1;
const hasEffects = 2;

export function encodeHeader(header: ChangeHeader): Uint8Array {
  const { context, operation, effects } = header;
  const writer = new ByteWriter()
    .byte((format << 4) | changeKinds.indexOf(header.kind))
    .byte((operation ? hasOperation : 0) | (effects ? hasEffects : 0))
    .uint(context.epoch)
    .uint(context.position)
    .uint(context.dots.length);
  for (const dot of context.dots)
    writer.fixed(hexToBytes(dot.writer)).uint(dot.seq).fixed(dot.hash);
  if (operation) writeOperation(writer, operation);
  if (effects) writer.uint(effects.count).fixed(effects.hash);
  return writer.uint(0).done(); // The length of a signature: reserved, none yet.
}

function writeOperation(writer: ByteWriter, operation: OperationHeader): void {
  writer
    .text(operation.id)
    .text(operation.name)
    .uint(operation.codeVersion)
    .text(operation.user)
    .uint(operation.wallMs)
    .byte(modes.indexOf(operation.decision.mode))
    .byte(cellKinds.indexOf(operation.decision.cell))
    .text(operation.decision.invariant);
}

/** The header, or undefined for anything that is not exactly one well-formed header of format 1. */
export function decodeHeader(bytes: Uint8Array): ChangeHeader | undefined {
  const reader = new ByteReader(bytes);
  const first = reader.byte();
  const kind = changeKinds[first & 15];
  const flags = reader.byte();
  if (first >>> 4 !== format || !kind || flags > 3) return undefined;
  const context = readContext(reader);
  const operation = flags & hasOperation ? readOperation(reader) : undefined;
  const effects = flags & hasEffects ? readEffects(reader) : undefined;
  reader.fixed(reader.uint()); // A signature, once there are any, is skipped by this version.
  if (!reader.done) return undefined;
  return { kind, context, ...(operation && { operation }), ...(effects && { effects }) };
}

function readContext(reader: ByteReader): Context {
  const epoch = reader.uint();
  const position = reader.uint();
  const count = reader.uint();
  if (count > dotsMax) reader.refuse();
  const dots: Dot[] = [];
  for (let at = 0; at < count && reader.ok; at++) {
    const writer = parseWriterId(bytesToHex(reader.fixed(16)));
    const seq = reader.uint();
    const hash = reader.fixed(hashBytes);
    if (writer) dots.push({ writer, seq, hash });
  }
  return { epoch, position, dots };
}

function readOperation(reader: ByteReader): OperationHeader | undefined {
  const id = parseOperationId(reader.text());
  const name = reader.text();
  const codeVersion = reader.uint();
  const user = reader.text();
  const wallMs = reader.uint();
  const mode: Mode | undefined = modes[reader.byte()];
  const cell: CellKind | undefined = cellKinds[reader.byte()];
  const invariant = reader.text();
  if (!id || !mode || !cell) {
    reader.refuse();
    return undefined;
  }
  return { id, name, codeVersion, user, wallMs, decision: { mode, cell, invariant } };
}

function readEffects(reader: ByteReader): EffectSeal {
  return { count: reader.uint(), hash: reader.fixed(hashBytes) };
}

/** What a named change carries: its arguments, and the CRDT update it made (empty for an intent). */
export interface OperationPayload {
  readonly args: Json;
  readonly update: Uint8Array;
}

export function encodeOperationPayload(payload: OperationPayload): Uint8Array {
  const writer = new ByteWriter().bytes(textToBytes(canonicalJson(payload.args)));
  return writer.fixed(payload.update).done();
}

export function decodeOperationPayload(bytes: Uint8Array): OperationPayload | undefined {
  const reader = new ByteReader(bytes);
  const args = bytesToJson(reader.bytes(), jsonDepthMax);
  const update = reader.fixed(reader.rest);
  return reader.ok && args !== undefined ? { args, update } : undefined;
}
