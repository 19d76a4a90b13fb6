// Two chains of SHA-256: one per writer (nobody can alter, drop or continue a writer's history
// unseen) and one per log (its prefix at a position has one name everywhere).
import { ByteWriter } from '../bytes/byte-writer.ts';
import type { Hash } from '../bytes/hash.ts';
import { hashParts } from '../bytes/hash.ts';
import { textToBytes } from '../bytes/text.ts';
import type { DocumentId, LogId } from '../identity.ts';
import { hexToBytes } from '../identity.ts';
import type { SealedChange, WriterRecord } from './change.ts';

/** Where a writer's chain begins: binds document, writer, replica and CRDT client id together. */
export function chainGenesis(hash: Hash, document: DocumentId, author: WriterRecord): Uint8Array {
  return hashParts(hash, 'causeway-writer-1', [
    textToBytes(document),
    hexToBytes(author.writer),
    hexToBytes(author.replica),
    new ByteWriter().uint(author.clientId).done(),
  ]);
}

/**
 * H(previous ‖ header ‖ H(payload)): a payload can be erased later while the chain still verifies.
 * Effect records are covered through the header's own count and hash. Cost: two hashes.
 */
export function chainNext(hash: Hash, previous: Uint8Array, change: SealedChange): Uint8Array {
  return hashParts(hash, 'causeway-change-1', [previous, change.header, hash(change.payload)]);
}

/** The prefix hash of an empty log. */
export function prefixGenesis(hash: Hash, document: DocumentId, log: LogId): Uint8Array {
  return hashParts(hash, 'causeway-log-1', [textToBytes(document), hexToBytes(log)]);
}

/** The prefix hash after one more entry. */
export function prefixNext(hash: Hash, previous: Uint8Array, changeHash: Uint8Array): Uint8Array {
  return hashParts(hash, 'causeway-entry-1', [previous, changeHash]);
}
