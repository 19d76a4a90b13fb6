// One write-once entry of a contended root: whose is it, and where does it stand in the order?
// Entries only ever arrive; a removal is an entry, too, so that it can be voided.
import type { Verdict } from '../app/document-type.ts';
import type { Json } from '../bytes/canonical-json.ts';
import type { OperationId } from '../identity.ts';

/** All entries that one operation wrote. The ledger changes it; everybody else reads. */
export interface EntryGroup {
  readonly operation: OperationId;
  /** In commit order; undefined while tentative, 0 for initial content. */
  position: number | undefined;
  /** In which order this replica met the operations: decides between tentative ones only. */
  readonly arrival: number;
  verdict: Verdict['verdict'] | undefined;
  entries: Entry[];
}

export interface Entry {
  /** The operation's id for its first entry in a root; then `#1`, `#2`, … are appended. */
  readonly id: OperationId;
  readonly index: number;
  readonly root: string;
  readonly value: Json;
  readonly group: EntryGroup;
  /** What was decided of this entry or of its root, as opposed to its whole operation. */
  verdict: Verdict | undefined;
}

/** In whose name initial content is written: no operation's id is empty. */
export const initialOperation = '' as OperationId;

/** The id of an operation's entry number `index`. */
export function toEntryId(operation: OperationId, index: number): OperationId {
  return (index === 0 ? operation : `${operation}#${index}`) as OperationId;
}

/** The operation and number in an entry's id, or undefined when no operation could have made it. */
export function parseEntryId(
  id: string,
): { readonly operation: OperationId; readonly index: number } | undefined {
  const at = id.indexOf('#');
  const operation = (at < 0 ? id : id.slice(0, at)) as OperationId;
  const index = at < 0 ? 0 : Number(id.slice(at + 1));
  const isCanonical = Number.isSafeInteger(index) && toEntryId(operation, index) === id;
  return isCanonical ? { operation, index } : undefined;
}

/** True when its operation or the entry itself was voided: it counts for nothing. */
export function isVoid(entry: Entry): boolean {
  return entry.group.verdict === 'void' || entry.verdict?.verdict === 'void';
}

export type EntryOrder = (a: Entry, b: Entry) => number;

/** Commit order; the tentative ones last, by id, so that all replicas order them alike. */
export const byCommitThenId: EntryOrder = (a, b) =>
  comparePositions(a, b) || compareText(a.group.operation, b.group.operation) || a.index - b.index;

/** Commit order; the tentative ones last, as they were made or met here. */
export const byCommitThenArrival: EntryOrder = (a, b) =>
  comparePositions(a, b) || a.group.arrival - b.group.arrival || a.index - b.index;

function comparePositions(a: Entry, b: Entry): number {
  const left = a.group.position ?? Number.MAX_SAFE_INTEGER;
  return left - (b.group.position ?? Number.MAX_SAFE_INTEGER);
}

/** By their units: the same order everywhere, whatever the language. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Sorted lists of entries by key; a key without entries is absent. */
export type OrderedEntries = Map<string, Entry[]>;

/** Adds an entry where the order puts it. Cost: O(log n) comparisons, O(1) at the end. */
export function insertEntry(lists: OrderedEntries, key: string, entry: Entry, order: EntryOrder) {
  const list = lists.get(key);
  if (list) list.splice(findPlace(list, entry, order), 0, entry);
  else lists.set(key, [entry]);
}

/** Takes out an entry whose place in the order is still that of its insertion. */
export function removeEntry(lists: OrderedEntries, key: string, entry: Entry, order: EntryOrder) {
  const list = lists.get(key);
  const at = list ? findPlace(list, entry, order) : -1;
  if (!list || list[at] !== entry) return;
  list.splice(at, 1);
  if (list.length === 0) lists.delete(key);
}

function findPlace(list: readonly Entry[], entry: Entry, order: EntryOrder): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const found = list[middle];
    if (found && order(found, entry) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
