// What a store answers about a document that was never written: an empty log under its own id.
import type { DocumentId, Hash, LogHead, LogId } from '@causeway/core';
import {
  assert,
  bytesToHex,
  hashParts,
  parseLogId,
  prefixGenesis,
  textToBytes,
  zeroHash,
} from '@causeway/core';

/**
 * The head of an empty log. Its id follows from the store's random identity and the document's
 * name: reading writes nothing and needs no memory, yet the id stays, and a new store has new ids.
 */
export function emptyHead(hash: Hash, store: Uint8Array, document: DocumentId): LogHead {
  const log = deriveLogId(hash, store, document);
  return {
    log,
    epoch: 1,
    position: 0,
    prefixHash: prefixGenesis(hash, document, log),
    digest: zeroHash,
    namedPosition: 0,
  };
}

function deriveLogId(hash: Hash, store: Uint8Array, document: DocumentId): LogId {
  const name = hashParts(hash, 'causeway-log-id-1', [store, textToBytes(document)]);
  const id = parseLogId(bytesToHex(name.subarray(0, 16)));
  assert(id !== undefined, 'log-id', '16 bytes in hex are a log id');
  return id;
}
