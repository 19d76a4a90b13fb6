// The end of the log, kept so that a state that some author had before its eyes can be built again:
// every change since the window began, and what it takes to make the document of then. Bounded; what
// an author saw before that is told as not explained.
// @see docs/adr/0013-attribution.md
import type { Applied, DocumentReplica, Verdict } from '../app/document-type.ts';
import { Bug } from '../assert.ts';
import type { CausalPlace } from '../causality/context.ts';
import type { OperationId } from '../identity.ts';
import type { CommittedChange } from './packed-changes.ts';
import { packChanges, unpackChanges } from './packed-changes.ts';

/**
 * So many of the last changes can be built again, at least. Who was away for longer has missed more
 * than anybody would call concurrent; a busy document commits so many in minutes, a shared one in days.
 */
export const windowEntries = 2_048;
/** So many leave it at once. */
const leavingEntries = windowEntries / 2;
/** Large changes shorten the window: it keeps so many bytes of them. */
const windowBytes = 8 * 2 ** 20;

/** A committed change that the document took. */
export interface WindowEntry {
  readonly place: CausalPlace;
  readonly update: Uint8Array;
  readonly operation: OperationId | undefined;
}

/** Mutable, and owned by the primary's state. */
export interface AuditWindow {
  /** The last change before the window. */
  startPosition: number;
  /** In commit order. */
  readonly entries: WindowEntry[];
  /** Of their updates. */
  bytes: number;
  /** Of the whole log, those that the document took: what a copy of it costs. */
  changes: number;
  readonly past: Past;
}

/** The document as the window finds it, which hardly anybody asks for: made when somebody does. */
interface Past {
  /** As it was when somebody asked last; unset while it is new. */
  saved: Uint8Array | undefined;
  /** What it lacks: changes, in commit order, and verdicts. */
  readonly packed: Uint8Array[];
  readonly verdicts: Verdict[];
}

/** What this needs of the primary's state. */
interface Audited {
  readonly document: DocumentReplica;
  readonly window: AuditWindow;
}

export function emptyWindow(): AuditWindow {
  const past = { saved: undefined, packed: [], verdicts: [] };
  return { startPosition: 0, entries: [], bytes: 0, changes: 0, past };
}

/** Applies a committed change to the audited document, and keeps it. Cost: that of applying. */
export function applyCommitted({ document, window }: Audited, change: WindowEntry): Applied {
  const applied = document.apply(incomingOf(change));
  if (applied.type !== 'applied') return applied;
  window.entries.push(change);
  window.bytes += change.update.length;
  window.changes += 1;
  return applied;
}

/** Judges entries of the audited document; whoever builds a state of it again judges alike. */
export function judgeCommitted({ document, window }: Audited, verdicts: readonly Verdict[]): void {
  document.judge(verdicts);
  window.past.verdicts.push(...verdicts);
}

/**
 * What is older than the window becomes part of its past. It follows from the log alone, so that each
 * primary can explain the same.
 *
 * @remarks Cost: O(1), and a copy of each change's bytes.
 */
export function moveWindow({ window }: Pick<Audited, 'window'>): void {
  const { entries } = window;
  if (entries.length >= windowEntries + leavingEntries) leave(window, leavingEntries);
  if (window.bytes <= windowBytes) return;
  let [count, bytes] = [0, window.bytes];
  for (; bytes > windowBytes / 2; count++) bytes -= entries[count]?.update.length ?? 0;
  leave(window, count);
}

/**
 * The bytes of the document as the window finds it; what is void now is void in it. Cost: nothing while
 * it is as it was, for violations come in swarms. Else O(document), and that of applying whatever left
 * the window since somebody asked last: the first time, of the log.
 */
export function savePast({ past }: AuditWindow, open: OpenReader): Uint8Array {
  if (past.saved && past.packed.length + past.verdicts.length === 0) return past.saved;
  const document = open(past.saved);
  try {
    for (const packed of past.packed) applyPacked(document, packed);
    document.judge(past.verdicts);
    past.saved = document.save();
    past.packed.length = 0;
    past.verdicts.length = 0;
    return past.saved;
  } finally {
    document.close();
  }
}

/** Opens a reader of the document, as the audited one is, with what was saved in it. */
export type OpenReader = (saved: Uint8Array | undefined) => DocumentReplica;

function applyPacked(document: DocumentReplica, packed: Uint8Array): void {
  const changes = unpackChanges(packed);
  const [refused] = document.applyAll(changes);
  if (refused === undefined) return;
  const position = changes[refused]?.position;
  throw new Bug('past-refused', `change ${position} fitted the document, and not its past`);
}

export function incomingOf({ place, update, operation }: WindowEntry): CommittedChange {
  return { update, position: place.position, ...(operation && { operation }) };
}

function leave(window: AuditWindow, count: number): void {
  const leaving = window.entries.splice(0, count);
  window.startPosition = leaving.at(-1)?.place.position ?? window.startPosition;
  window.bytes -= leaving.reduce((sum, { update }) => sum + update.length, 0);
  window.past.packed.push(packChanges(leaving.map(incomingOf)));
}
