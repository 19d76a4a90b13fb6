// A primary's state as one value, so that its next start reads this and the tail of the log. It is never
// trusted: what cannot be read, or belongs to another log, epoch or application, is discarded, and the
// log is read from its beginning.
// @see docs/adr/0016-checkpoints-and-versions.md
import { ByteReader } from '../bytes/byte-reader.ts';
import { ByteWriter } from '../bytes/byte-writer.ts';
import type { Json } from '../bytes/canonical-json.ts';
import { openRecord, sealRecord } from '../bytes/checksum.ts';
import { bytesToText, textToBytes } from '../bytes/text.ts';
import type { DocumentId, LogId, WriterId } from '../identity.ts';
import { bytesToHex, hexToBytes } from '../identity.ts';
import { checkpointFields, readOperationRow } from './checkpoint-fields.ts';
import type { Reading, Writing } from './checkpoint-io.ts';
import type { PrimarySetup, PrimaryState } from './primary-state.ts';
import { openPrimary } from './primary-state.ts';

const format = 1;

/** Which log, up to where, and read by which code. */
export interface CheckpointPlace {
  readonly log: LogId;
  readonly document: DocumentId;
  readonly epoch: number;
  readonly position: number;
  readonly prefixHash: Uint8Array;
  /** The application's name, its versions from the newest on, and its document's library. */
  readonly app: string;
}

export interface Checkpoint {
  readonly place: CheckpointPlace;
  readonly body: CheckpointBody;
  /** What `DocumentReplica.save` gave. */
  readonly content: Uint8Array;
  /** What fields keep as bytes, by index. */
  readonly blobs: readonly Uint8Array[];
}

interface CheckpointBody {
  /** Dots per writer, by index. */
  readonly vectors: readonly (readonly (readonly [WriterId, number])[])[];
  readonly operations: readonly Json[];
  readonly fields: { readonly [name: string]: Json };
}

/**
 * The bytes of a checkpoint of the state at its position, in the log of this name. Cost: O(state), and a copy of the document; the
 * caller chooses a moment when nobody waits.
 */
export function takeCheckpoint(
  state: PrimaryState,
  { log, prefixHash }: Pick<CheckpointPlace, 'log' | 'prefixHash'>,
  nowMs: number,
): Uint8Array {
  const { id: document, epoch, position } = state;
  const to: Writing = { nowMs, vectors: new Map(), operations: new Map(), blobs: [] };
  const fields: Record<string, Json> = {};
  for (const [name, handling] of handlings()) {
    if (typeof handling === 'object') fields[name] = handling.write(state[name] as never, to);
  }
  return encodeCheckpoint({
    place: { log, document, epoch, position, prefixHash, app: appName(state) },
    body: {
      vectors: [...to.vectors.keys()].map((vector) => [...vector]),
      operations: [...to.operations.values()].map(({ row }) => row),
      fields,
    },
    content: state.document.save(),
    blobs: to.blobs,
  });
}

/** Its bytes, with a checksum. Cost: O(state). */
export function encodeCheckpoint({ place, body, content, blobs }: Checkpoint): Uint8Array {
  const json = { place: { ...place, prefixHash: bytesToHex(place.prefixHash) }, body };
  // Not canonical: nobody compares it, and it is large.
  const text = textToBytes(JSON.stringify(json));
  const writer = new ByteWriter().byte(format).bytes(text).bytes(content).uint(blobs.length);
  for (const blob of blobs) writer.bytes(blob);
  return sealRecord(writer.done());
}

/** Undefined where they are damaged, or of another format: there is no checkpoint then. Total. */
export function decodeCheckpoint(bytes: Uint8Array): Checkpoint | undefined {
  const record = openRecord(bytes);
  if (!record) return undefined;
  const reader = new ByteReader(record);
  if (reader.byte() !== format) return undefined;
  const text = bytesToText(reader.bytes());
  const content = reader.bytes();
  const blobs = readBlobs(reader);
  if (!reader.done || text === undefined) return undefined;
  try {
    const { place, body } = JSON.parse(text);
    return { place: { ...place, prefixHash: hexToBytes(place.prefixHash) }, body, content, blobs };
  } catch {
    return undefined; // The checksum was right, the form is not: another version wrote it.
  }
}

function readBlobs(reader: ByteReader): readonly Uint8Array[] {
  const blobs: Uint8Array[] = [];
  for (let left = reader.uint(); left > 0 && reader.ok; left--) blobs.push(reader.bytes());
  return blobs;
}

/**
 * The primary as it was, opened as this one; undefined where the checkpoint is of another document or
 * application, or cannot be read: then open it at position 0, with another document. The caller makes
 * sure that the log has its prefix. Cost: O(state).
 */
export function resumePrimary(
  setup: PrimarySetup,
  { place, body, content, blobs }: Checkpoint,
  nowMs: number,
): PrimaryState | undefined {
  const fresh = openPrimary(setup);
  const isOurs = place.document === fresh.id && place.app === appName(fresh);
  if (!isOurs || place.epoch !== fresh.epoch) return undefined;
  try {
    const kept = readFields(body, { blobs, nowMs });
    if (!kept || kept.position !== place.position || !fresh.document.load(content))
      return undefined;
    return { ...fresh, ...kept };
  } catch {
    return undefined; // As above; a ledger that does not add up is no ledger, either.
  }
}

function readFields(
  body: CheckpointBody,
  given: Pick<Reading, 'blobs' | 'nowMs'>,
): Partial<PrimaryState> | undefined {
  const vectors = body.vectors.map((rows) => new Map(rows));
  const operations = body.operations.map((row) => readOperationRow(row, vectors));
  const from: Reading = { ...given, vectors, operations };
  const kept: Record<string, unknown> = {};
  for (const [name, handling] of handlings()) {
    if (typeof handling !== 'object') continue;
    const json = body.fields[name];
    if (json === undefined) return undefined; // Written before there was this field.
    kept[name] = handling.read(json, from);
  }
  return kept;
}

type FieldName = keyof typeof checkpointFields;
type AnyHandling = (typeof checkpointFields)[FieldName];

function handlings(): readonly (readonly [FieldName, AnyHandling])[] {
  return Object.entries(checkpointFields) as [FieldName, AnyHandling][];
}

/** Other code may judge otherwise: then the log is read again, as without a checkpoint. */
function appName({ definition, previous }: PrimaryState): string {
  const versions = [definition, ...previous].map(({ version }) => version);
  return `${definition.name} ${versions.join(' ')} ${definition.document.library}`;
}
