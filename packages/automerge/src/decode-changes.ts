// Can an update be applied completely, and what does it bring? Asked before the document is touched:
// Automerge queues changes whose dependencies are missing, and throws in the middle of a bad list.

import type { Doc } from '@automerge/automerge';
import { decodeChange, hasHeads } from '@automerge/automerge';
import { ByteReader, ByteWriter } from '@causeway/core';

/** A change of Automerge, read. */
export interface ReadChange {
  readonly bytes: Uint8Array;
  readonly hash: string;
  readonly actor: string;
  readonly seq: number;
  readonly message: string | null;
}

export type DecodedChanges =
  | { readonly type: 'decoded'; readonly changes: readonly ReadChange[] }
  | {
      readonly type: 'refused';
      readonly reason: 'malformed' | 'missing-dependency' | 'client-id-in-use';
    };

/** An update is a sequence of changes, each with its length: concatenating updates merges them. */
export function encodeChanges(changes: readonly Uint8Array[]): Uint8Array {
  const writer = new ByteWriter();
  for (const change of changes) writer.bytes(change);
  return writer.done();
}

/**
 * Reads an update for `doc`; `seqOf` tells the last number of each actor there.
 * Refused: `malformed` bytes or numbers; `missing-dependency`, when it builds on changes that are
 * not here (apply those first); `client-id-in-use`, when somebody else wrote as `ownActor`.
 * Cost: O(update).
 */
export function decodeChanges(
  doc: Doc<unknown>,
  update: Uint8Array,
  o: { readonly ownActor: string; readonly seqOf: (actor: string) => number },
): DecodedChanges {
  const reader = new ByteReader(update);
  const changes: ReadChange[] = [];
  const seqs = new Map<string, number>();
  const hashes = new Set<string>();
  while (reader.rest > 0) {
    const bytes = reader.bytes();
    const change = reader.ok ? tryDecode(bytes) : undefined;
    if (!change) return { type: 'refused', reason: 'malformed' };
    const { actor, seq, hash, message } = change;
    changes.push({ bytes, hash, actor, seq, message });
    if (hashes.has(hash) || hasHeads(doc, [hash])) continue;
    const isComplete = change.deps.every((dep) => hashes.has(dep) || hasHeads(doc, [dep]));
    if (!isComplete) return { type: 'refused', reason: 'missing-dependency' };
    if (actor === o.ownActor) return { type: 'refused', reason: 'client-id-in-use' };
    const isNext = seq === (seqs.get(actor) ?? o.seqOf(actor)) + 1;
    if (!isNext) return { type: 'refused', reason: 'malformed' };
    seqs.set(actor, seq);
    hashes.add(hash);
  }
  return reader.ok ? { type: 'decoded', changes } : { type: 'refused', reason: 'malformed' };
}

function tryDecode(bytes: Uint8Array): ReturnType<typeof decodeChange> | undefined {
  try {
    const change = decodeChange(bytes);
    return isSealed(bytes, change.hash) ? change : undefined;
  } catch {
    return undefined;
  }
}

/** Automerge seals a change with the first four bytes of its hash, but does not check it here. */
function isSealed(bytes: Uint8Array, hash: string): boolean {
  const seal = [...bytes.subarray(4, 8)].map((byte) => byte.toString(16).padStart(2, '0'));
  return hash.startsWith(seal.join(''));
}
