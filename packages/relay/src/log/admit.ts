// May these changes enter the log, and what does the log look like then? One pure decision for every
// store and for simulation (ARCHITECTURE, "one operation, start to end"). Known changes are skipped,
// so a retry is safe; anything wrong refuses the whole request before a byte is written.
import type { Hash, LogEntry, LogHead, WriterRecord } from '@causeway/core';
import {
  addToDigest,
  chainGenesis,
  chainNext,
  hashBytes,
  isNamed,
  isSameBytes,
  prefixNext,
} from '@causeway/core';
import type { JudgedChange } from './judge-change.ts';
import { judgeChange } from './judge-change.ts';
import type { AppendRequest, AppendResult, WriterHead } from './log-store.ts';
import type { LogView } from './log-view.ts';

/** An entry to insert, with the hashes that a store keeps beside it. */
export interface AdmittedEntry extends JudgedChange {
  readonly entry: LogEntry;
  /** The writer's chain up to this change. */
  readonly hash: Uint8Array;
  /** The log's prefix up to this entry. */
  readonly prefixHash: Uint8Array;
}

export type RefusalCode = Extract<AppendResult, { type: 'refused' }>['code'];

export interface AdmissionRefused {
  readonly type: 'refused';
  readonly code: RefusalCode;
  /** The first change at fault. */
  readonly seq: number;
  /** The next sequence number that the log takes from this writer. */
  readonly expected: number;
}

/** `entries` is empty when the log has all of it: then head and writer are the present ones. */
export interface Admitted {
  readonly type: 'admitted';
  readonly entries: readonly AdmittedEntry[];
  readonly head: LogHead;
  readonly writer: WriterHead;
}

export type Admission = Admitted | AdmissionRefused;

/**
 * Decides one append against the log as it stands.
 *
 * @remarks Cost: three hashes per change. Refusals and what the sender does about them:
 * `gap`: send again from `expected`. `fork`: somebody else continued this chain, or holds this
 * client id: go on under a fresh writer. `moved`: read the new entries, decide again.
 * `missing-dependency`: it stands on something not committed here: send that first.
 * `duplicate-operation`: its outcome is in the log already: take that. `malformed`,
 * `not-permitted`: never send it again.
 */
export function admit(request: AppendRequest, view: LogView, hash: Hash): Admission {
  const { author, firstSeq, changes, ifNamedHead } = request;
  const known = view.writer(author.writer);
  const expected = (known?.seq ?? 0) + 1;
  const refuse = (code: RefusalCode, seq: number): Admission => {
    return { type: 'refused', code, seq, expected };
  };

  if (!isWellFormed(request)) return refuse('malformed', firstSeq);
  if (!isOneWriter(author, known, view)) return refuse('fork', firstSeq);
  if (firstSeq > expected) return refuse('gap', firstSeq);
  const hashes = chainHashes(request, hash);
  const forkedAt = findFork(request, hashes, { view, known, hash });
  if (forkedAt !== undefined) return refuse('fork', forkedAt);
  const lastSeq = firstSeq + changes.length - 1;
  if (!isSameBytes(hashes.at(-1) ?? request.previous, request.last)) {
    return refuse('malformed', lastSeq);
  }
  if (known && lastSeq < expected) {
    return { type: 'admitted', entries: [], head: view.head, writer: known };
  }
  // Checked for new changes only: a retry finds the head moved by its own first attempt.
  if (ifNamedHead !== undefined && ifNamedHead !== view.head.namedPosition) {
    return refuse('moved', expected);
  }
  const judged: JudgedChange[] = [];
  const ground = { isPrimary: request.isPrimary, view, hash, taken: new Set<string>() };
  for (const sealed of changes.slice(expected - firstSeq)) {
    const verdict = judgeChange(sealed, ground);
    if (verdict.type === 'refused') return refuse(verdict.code, expected + judged.length);
    judged.push(verdict.change);
  }
  return place(request, judged, { expected, hashes, head: view.head, hash });
}

function isWellFormed({ author, firstSeq, changes, previous, last }: AppendRequest): boolean {
  return (
    changes.length > 0 &&
    firstSeq >= 1 &&
    Number.isSafeInteger(firstSeq) &&
    Number.isSafeInteger(firstSeq + changes.length) &&
    author.clientId >= 0 &&
    Number.isSafeInteger(author.clientId) &&
    previous.length === hashBytes &&
    last.length === hashBytes
  );
}

/** One writer has one replica and one client id for ever, and a client id has one writer. */
function isOneWriter(author: WriterRecord, known: WriterHead | undefined, view: LogView): boolean {
  if (!known) return view.clientOwner(author.clientId) === undefined;
  return known.record.replica === author.replica && known.record.clientId === author.clientId;
}

/** The chain hash after each change of the request, computed from its `previous`. */
function chainHashes(request: AppendRequest, hash: Hash): readonly Uint8Array[] {
  let previous = request.previous;
  return request.changes.map((change) => {
    previous = chainNext(hash, previous, change);
    return previous;
  });
}

interface ForkEvidence {
  readonly view: LogView;
  readonly known: WriterHead | undefined;
  readonly hash: Hash;
}

/** The first sequence number at which the request leaves the committed chain, if it does. */
function findFork(
  { document, author, firstSeq, previous, changes }: AppendRequest,
  hashes: readonly Uint8Array[],
  { view, known, hash }: ForkEvidence,
): number | undefined {
  const knownSeq = known?.seq ?? 0;
  if (firstSeq > knownSeq) {
    const committed = known?.hash ?? chainGenesis(hash, document, author);
    return isSameBytes(previous, committed) ? undefined : firstSeq;
  }
  const agreesAt = (seq: number): boolean => {
    const committed = view.changeHash(author.writer, seq);
    const sent = hashes[seq - firstSeq];
    return committed !== undefined && sent !== undefined && isSameBytes(committed, sent);
  };
  // A chain hash vouches for all before it: one comparison, unless there is a fork to point at.
  const overlapEnd = Math.min(knownSeq, firstSeq + changes.length - 1);
  if (agreesAt(overlapEnd)) return undefined;
  let seq = firstSeq;
  while (seq < overlapEnd && agreesAt(seq)) seq++;
  return seq;
}

interface Placement {
  readonly expected: number;
  readonly hashes: readonly Uint8Array[];
  readonly head: LogHead;
  readonly hash: Hash;
}

/** Gives each judged change its position and folds it into head and writer. */
function place(
  { author, firstSeq, last }: AppendRequest,
  judged: readonly JudgedChange[],
  { expected, hashes, head: before, hash }: Placement,
): Admitted {
  let { position, prefixHash, digest, namedPosition } = before;
  const entries = judged.map((change, index): AdmittedEntry => {
    const seq = expected + index;
    const changeHash = hashes[seq - firstSeq] ?? last;
    position++;
    prefixHash = prefixNext(hash, prefixHash, changeHash);
    digest = addToDigest(digest, changeHash);
    if (isNamed(change.kind)) namedPosition = position;
    const entry = { position, author, seq, sealed: change.sealed };
    return { ...change, entry, hash: changeHash, prefixHash };
  });
  const head = { ...before, position, prefixHash, digest, namedPosition };
  const writer = { record: author, seq: expected + judged.length - 1, hash: last };
  return { type: 'admitted', entries, head, writer };
}
