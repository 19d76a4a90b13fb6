// The head of a log, computed by whoever follows it: nobody's word is taken for where a log stands.
import { addToDigest } from '../bytes/change-set-digest.ts';
import type { Hash } from '../bytes/hash.ts';
import { zeroHash } from '../bytes/hash.ts';
import type { DocumentId } from '../identity.ts';
import type { Change } from './change.ts';
import { isNamed } from './change.ts';
import { prefixGenesis, prefixNext } from './hash-chain.ts';
import type { LogHead } from './log-entry.ts';

/** The head of that log before its first entry. */
export function headAtStart(
  hash: Hash,
  document: DocumentId,
  { log, epoch }: Pick<LogHead, 'log' | 'epoch'>,
): LogHead {
  const prefixHash = prefixGenesis(hash, document, log);
  return { log, epoch, position: 0, prefixHash, digest: zeroHash, namedPosition: 0 };
}

/** The head after one more change. Cost: one hash. */
export function headAfter(hash: Hash, head: LogHead, change: Change): LogHead {
  const position = head.position + 1;
  return {
    ...head,
    position,
    prefixHash: prefixNext(hash, head.prefixHash, change.hash),
    digest: addToDigest(head.digest, change.hash),
    namedPosition: isNamed(change.header.kind) ? position : head.namedPosition,
  };
}
