// Change headers and payloads as bytes. Format 1, documented in docs/PROTOCOL.md, §Change.
// A header holds neither writer nor sequence number: the hash chain's genesis and length do.
import type { EffectRecord } from '../app/operation.ts';
import type { CellKind } from '../app/policy-table.ts';
import { cellKinds } from '../app/policy-table.ts';
import { ByteReader } from '../bytes/byte-reader.ts';
import { ByteWriter } from '../bytes/byte-writer.ts';
import type { Json } from '../bytes/canonical-json.ts';
import {
  bytesToJson,
  canonicalJson,
  jsonDepthMax,
  storedDepthMax,
} from '../bytes/canonical-json.ts';
import { hashBytes } from '../bytes/hash.ts';
import { textToBytes } from '../bytes/text.ts';
import type { SpentRow } from '../escrow/grant.ts';
import type { GrantId } from '../identity.ts';
import { bytesToHex, hexToBytes, parseOperationId, parseWriterId } from '../identity.ts';
import type { Mode } from '../outcome.ts';
import { modes } from '../outcome.ts';
import type { ChangeHeader, EffectSeal, OperationHeader } from './change.ts';
import { changeKinds, decisionReasons } from './change.ts';
import type { Context, Dot } from './context.ts';

const format = 1;
const dotsMax = 4096;
const hasOperation = 1;
const hasEffects = 2;
/** A decision with a reason beside its row. */
const hasReason = 4;
/** Rights that are spent. */
const hasRights = 8;
/** A key by which business duplicates are found. */
const hasDedupKey = 16;
const flagsMax = 31;
const rightsMax = 256;
/** The most bytes of UTF-8 that a `dedupKey` has. */
export const dedupKeyBytesMax = 256;

export function encodeHeader(header: ChangeHeader): Uint8Array {
  const { context, operation, effects } = header;
  const writer = new ByteWriter()
    .byte((format << 4) | changeKinds.indexOf(header.kind))
    .byte(flagsOf(header))
    .uint(context.epoch)
    .uint(context.position)
    .uint(context.dots.length);
  for (const dot of context.dots)
    writer.fixed(hexToBytes(dot.writer)).uint(dot.seq).fixed(dot.hash);
  if (operation) writeOperation(writer, operation);
  const reason = operation?.decision.reason;
  if (reason) writer.byte(decisionReasons.indexOf(reason));
  if (operation?.rights) writeRights(writer, operation.rights);
  if (operation?.dedupKey !== undefined) writer.text(operation.dedupKey);
  if (effects) writer.uint(effects.count).fixed(effects.hash);
  return writer.uint(0).done(); // The length of a signature: reserved, none yet.
}

function flagsOf({ operation, effects }: ChangeHeader): number {
  const named = operation ? hasOperation : 0;
  const decided = operation?.decision.reason ? hasReason : 0;
  const keyed = operation?.dedupKey === undefined ? 0 : hasDedupKey;
  return named | (effects ? hasEffects : 0) | decided | (operation?.rights ? hasRights : 0) | keyed;
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
  if (first >>> 4 !== format || !kind || flags > flagsMax) return undefined;
  const context = readContext(reader);
  const named = flags & hasOperation ? readOperation(reader) : undefined;
  const reasoned = flags & hasReason ? readReason(reader, named) : named;
  const spending = flags & hasRights ? readRights(reader, reasoned) : reasoned;
  const operation = flags & hasDedupKey ? readDedupKey(reader, spending) : spending;
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

/** Only a named change has a reason. */
function readReason(
  reader: ByteReader,
  operation: OperationHeader | undefined,
): OperationHeader | undefined {
  const reason = decisionReasons[reader.byte()];
  if (!operation || !reason) {
    reader.refuse();
    return undefined;
  }
  return { ...operation, decision: { ...operation.decision, reason } };
}

function writeRights(writer: ByteWriter, rights: readonly SpentRow[]): void {
  writer.uint(rights.length);
  for (const { grant, from, amount } of rights) writer.text(grant).uint(from).uint(amount);
}

function readRights(
  reader: ByteReader,
  operation: OperationHeader | undefined,
): OperationHeader | undefined {
  const count = reader.uint();
  if (!operation || count === 0 || count > rightsMax) reader.refuse();
  const rights: SpentRow[] = [];
  for (let at = 0; at < count && reader.ok; at++) {
    rights.push({ grant: reader.text() as GrantId, from: reader.uint(), amount: reader.uint() });
  }
  return operation && { ...operation, rights };
}

/** What a `dedupKey` may be: a text, not empty, and not longer than a header should carry. */
export function isDedupKey(key: string): boolean {
  return key !== '' && textToBytes(key).length <= dedupKeyBytesMax;
}

function readDedupKey(
  reader: ByteReader,
  operation: OperationHeader | undefined,
): OperationHeader | undefined {
  const dedupKey = reader.text();
  if (!operation || !isDedupKey(dedupKey)) reader.refuse();
  return operation && { ...operation, dedupKey };
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

/** The effect records that a change carries; none where they are lost or nobody can read them. */
export function decodeEffects(bytes: Uint8Array): readonly EffectRecord[] {
  const json = bytes.length > 0 ? bytesToJson(bytes, storedDepthMax) : undefined;
  return Array.isArray(json) ? json.flatMap(toEffect) : [];
}

function toEffect(json: Json): readonly EffectRecord[] {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return [];
  const { index, name, payload } = json as { readonly [field: string]: Json };
  // The index is part of its key on disk: a device could never keep another one.
  const isIndex = Number.isSafeInteger(index) && Number(index) >= 0;
  if (!isIndex || typeof name !== 'string') return [];
  return [{ index: Number(index), name, payload }];
}

export function decodeOperationPayload(bytes: Uint8Array): OperationPayload | undefined {
  const reader = new ByteReader(bytes);
  const args = bytesToJson(reader.bytes(), jsonDepthMax);
  const update = reader.fixed(reader.rest);
  return reader.ok && args !== undefined ? { args, update } : undefined;
}
