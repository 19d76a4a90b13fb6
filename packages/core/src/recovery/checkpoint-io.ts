// What the fields of a checkpoint share while they are written and read.
import type { Json } from '../bytes/canonical-json.ts';
import type { CausalPlace } from '../causality/context.ts';
import type { OperationSummary } from '../coordination/operation-summary.ts';
import type { WriterId } from '../identity.ts';
import type { KeyedOperation } from './primary-state.ts';

type Vector = ReadonlyMap<WriterId, number>;
/** What is known of an operation whatever the key. */
export type KnownOperation = Pick<KeyedOperation, 'summary' | 'place'>;

/**
 * What many fields say again and again is written once: operations by their summary, what a chain had
 * seen by its map. Times are kept as what is left or past of them, because no clock goes on. Bytes stay
 * bytes.
 */
export interface Writing {
  readonly nowMs: number;
  readonly vectors: Map<Vector, number>;
  readonly operations: Map<OperationSummary, { readonly index: number; readonly row: Json }>;
  readonly blobs: Uint8Array[];
}

export interface Reading {
  readonly nowMs: number;
  readonly vectors: readonly Map<WriterId, number>[];
  readonly operations: readonly KnownOperation[];
  readonly blobs: readonly Uint8Array[];
}

export interface Kept<T> {
  write(value: T, to: Writing): Json;
  read(json: Json, from: Reading): T;
}

export function vectorIndex(map: Vector, { vectors }: Writing): number {
  const known = vectors.get(map);
  if (known !== undefined) return known;
  vectors.set(map, vectors.size);
  return vectors.size - 1;
}

export function placeRow(place: CausalPlace, to: Writing): Json {
  const { position, writer, seq, seen, inherited } = place;
  return [position, writer, seq, seen, vectorIndex(inherited, to)];
}

export function readPlace(row: Json | undefined, { vectors }: Reading): CausalPlace {
  const [position, writer, seq, seen, inherited] = row as unknown as readonly [
    ...[number, CausalPlace['writer'], number, number, number],
  ];
  return { position, writer, seq, seen, inherited: at(vectors, inherited) };
}

export function blobIndex(bytes: Uint8Array, { blobs }: Writing): number {
  return blobs.push(bytes) - 1;
}

/** Throws for an index that nothing was written under: the checkpoint is then none. */
export function at<T>(list: readonly T[], index: Json | undefined): T {
  const found = list[Number(index)];
  if (found === undefined) throw new RangeError(`a checkpoint names no ${String(index)}`);
  return found;
}
