// A log without a relay: one commit order, the hashes that replicas check, and the relay's few rules.
import { hash } from 'node:crypto';
import type { Hash, LogEntry, LogHead, SealedChange, WriterRecord } from '@causeway/core';
import {
  addToDigest,
  chainGenesis,
  chainNext,
  type DocumentId,
  decodeHeader,
  isNamed,
  parseDocumentId,
  parseLogId,
  parseOperationId,
  parseReplicaId,
  parseWriterId,
  prefixGenesis,
  prefixNext,
  zeroHash,
} from '@causeway/core';
import type { Random } from '@causeway/testkit';

export const sha256: Hash = (bytes) => new Uint8Array(hash('sha256', bytes, 'buffer'));

export function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a test asked for something that is not there');
  return value;
}

export const documentId: DocumentId = must(parseDocumentId('small'));
export const drawOperationId = (random: Random) => must(parseOperationId(random.hex(16)));
export const drawAuthor = (random: Random, replica = random.hex(16)): WriterRecord => ({
  writer: must(parseWriterId(random.hex(16))),
  replica: must(parseReplicaId(replica)),
  clientId: random.between(1, 2 ** 31),
});

export interface SmallAppend {
  readonly author: WriterRecord;
  readonly firstSeq: number;
  readonly changes: readonly SealedChange[];
  readonly ifNamedHead?: number;
}

export class SmallLog {
  readonly entries: LogEntry[] = [];
  /** By position: position 0 is the empty log's. */
  readonly prefixes: Uint8Array[];
  head: LogHead;
  private readonly chains = new Map<string, { readonly seq: number; readonly hash: Uint8Array }>();

  constructor(random: Random) {
    const log = must(parseLogId(random.hex(16)));
    const prefixHash = prefixGenesis(sha256, documentId, log);
    this.head = { log, epoch: 1, position: 0, prefixHash, digest: zeroHash, namedPosition: 0 };
    this.prefixes = [prefixHash];
  }

  /** Undefined when all of it is in the log now. */
  append({ author, firstSeq, changes, ifNamedHead }: SmallAppend): string | undefined {
    const known = this.chains.get(author.writer)?.seq ?? 0;
    if (firstSeq > known + 1) return 'gap';
    const fresh = changes.slice(known + 1 - firstSeq);
    if (fresh.length === 0) return undefined;
    if (ifNamedHead !== undefined && ifNamedHead !== this.head.namedPosition) return 'moved';
    for (const change of fresh) {
      if (!this.isGrounded(change)) return 'missing-dependency';
      this.commit(author, change);
    }
    return undefined;
  }

  private isGrounded(change: SealedChange): boolean {
    const { dots } = must(decodeHeader(change.header)).context;
    return dots.every(({ writer, seq }) => (this.chains.get(writer)?.seq ?? 0) >= seq);
  }

  private commit(author: WriterRecord, sealed: SealedChange): void {
    const genesis = { seq: 0, hash: chainGenesis(sha256, documentId, author) };
    const before = this.chains.get(author.writer) ?? genesis;
    const chain = { seq: before.seq + 1, hash: chainNext(sha256, before.hash, sealed) };
    this.chains.set(author.writer, chain);
    const position = this.head.position + 1;
    const prefixHash = prefixNext(sha256, this.head.prefixHash, chain.hash);
    const { kind } = must(decodeHeader(sealed.header));
    const namedPosition = isNamed(kind) ? position : this.head.namedPosition;
    const digest = addToDigest(this.head.digest, chain.hash);
    this.head = { ...this.head, position, prefixHash, digest, namedPosition };
    this.prefixes.push(prefixHash);
    this.entries.push({ position, author, seq: chain.seq, sealed });
  }
}
