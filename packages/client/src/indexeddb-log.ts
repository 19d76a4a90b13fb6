// The committed part of a document on disk: head, snapshot, tail. Appending leaves no gap and builds
// on no record that cannot be read: what is damaged is replaced when its entries come again.
import type { DocumentId, LogEntry, StoreCommand } from '@causeway/core';
import type { KeyedRecord, Writing } from './indexeddb-records.ts';
import { keysUnder, tailKey } from './indexeddb-records.ts';
import { decodeBatch, encodeBatch, readRecord } from './stored-record-change.ts';
import { decodeHead, decodeSnapshot, encodeHead, encodeSnapshot } from './stored-record-rows.ts';

type Of<T extends StoreCommand['type']> = Extract<StoreCommand, { type: T }>;

/** What can be read from a position on without a gap, and the keys of all that is damaged. */
export interface ReadTail {
  readonly entries: readonly LogEntry[];
  readonly reached: number;
  readonly damaged: readonly string[][];
}

/** Cost: O(bytes of the records), which are in the order of their keys. */
export function readTail(records: readonly KeyedRecord[], base: number): ReadTail {
  const entries: LogEntry[] = [];
  const damaged: string[][] = [];
  let reached = base;
  for (const { key, bytes } of records) {
    const batch = readRecord(decodeBatch, bytes);
    if (!batch) damaged.push(key);
    for (const entry of batch ?? []) {
      // Behind a damage nothing follows any more: it is only looked at to name all that is damaged.
      if (entry.position !== reached + 1) continue;
      entries.push(entry);
      reached = entry.position;
    }
  }
  return { entries, reached, damaged };
}

/**
 * Appends what continues the kept log. What is there already was written by another tab and is left
 * out, as is what would leave a gap. Where records turn out to be damaged the log goes on from the
 * last one that can be read, and its head moves back with it.
 *
 * @remarks Cost: O(entries), twice where they overlap; O(snapshot + tail) where that finds damage.
 */
export async function appendEntries(
  transaction: Writing,
  document: DocumentId,
  { entries, head }: Of<'commit'>,
  onStep: (step: string) => void,
): Promise<void> {
  const heads = transaction.objectStore('heads');
  const stored = await heads.get(document);
  const kept = readRecord(decodeHead, stored);
  const isSound = kept
    ? await canReadBack(transaction, document, entries, kept.position)
    : stored === undefined;
  const survey = isSound ? undefined : await surveyLog(transaction, document);
  const reached = survey?.reached ?? kept?.position ?? 0;
  const fresh = entries.filter((entry) => entry.position > reached);
  const isNext = fresh[0]?.position === reached + 1;
  const mendsHead = stored !== undefined && !kept && head.position === reached;
  if (!isNext && !mendsHead) return;
  if (survey) await dropUnreadable(transaction, document, survey);
  if (isNext) {
    const key = tailKey(document, reached + 1);
    await transaction.objectStore('tail').put({ key, document, bytes: encodeBatch(fresh) });
    onStep('tail');
  }
  await heads.put(encodeHead(head), document);
  onStep('head');
}

/**
 * Puts a newer snapshot in the place of the log up to it. An older one, or one of entries that are
 * not here, is left out: the tail would not follow it.
 */
export async function takeSnapshot(
  transaction: Writing,
  document: DocumentId,
  { position, bytes }: Of<'snapshot'>,
): Promise<void> {
  const snapshots = transaction.objectStore('snapshots');
  const kept = readRecord(decodeSnapshot, await snapshots.get(document));
  const head = readRecord(decodeHead, await transaction.objectStore('heads').get(document));
  if (position <= (kept?.position ?? 0)) return;
  if (position > (head?.position ?? (await surveyLog(transaction, document)).reached)) return;
  await snapshots.put(encodeSnapshot({ position, bytes }), document);
  const tail = transaction.objectStore('tail');
  const key = await keyHolding(transaction, document, position);
  const last = key && (await tail.get(key));
  await tail.delete(IDBKeyRange.bound([document], tailKey(document, position)));
  const batch = (last && readRecord(decodeBatch, last.bytes)) ?? [];
  const rest = batch.filter((entry) => entry.position > position);
  if (rest.length === 0) return;
  await tail.put({ key: tailKey(document, position + 1), document, bytes: encodeBatch(rest) });
}

/** False when a record that should hold one of these entries does not: then look at all of them. */
async function canReadBack(
  transaction: Writing,
  document: DocumentId,
  entries: readonly LogEntry[],
  reached: number,
): Promise<boolean> {
  const first = entries[0]?.position ?? reached + 1;
  const last = Math.min(entries.at(-1)?.position ?? 0, reached);
  if (first > reached) return true;
  const from = await keyHolding(transaction, document, first);
  const range = IDBKeyRange.bound(from ?? tailKey(document, first), tailKey(document, last));
  const records = await transaction.objectStore('tail').getAll(range);
  return readTail(records, first - 1).reached >= last;
}

/** The key of the record that holds the entry at this position, if any does: the last before it. */
async function keyHolding(
  transaction: Writing,
  document: DocumentId,
  position: number,
): Promise<string[] | undefined> {
  const range = IDBKeyRange.bound([document], tailKey(document, position));
  const cursor = await transaction.objectStore('tail').openKeyCursor(range, 'prev');
  return cursor?.primaryKey;
}

interface LogSurvey {
  readonly reached: number;
  readonly hasSnapshot: boolean;
}

async function surveyLog(transaction: Writing, document: DocumentId): Promise<LogSurvey> {
  const stored = await transaction.objectStore('snapshots').get(document);
  const snapshot = readRecord(decodeSnapshot, stored);
  const records = await transaction.objectStore('tail').getAll(keysUnder(document));
  const { reached } = readTail(records, snapshot?.position ?? 0);
  return { reached, hasSnapshot: snapshot !== undefined };
}

/** What follows the last readable entry comes again, so nothing is lost with it. */
async function dropUnreadable(
  transaction: Writing,
  document: DocumentId,
  { reached, hasSnapshot }: LogSurvey,
): Promise<void> {
  const tail = transaction.objectStore('tail');
  if (!hasSnapshot) await transaction.objectStore('snapshots').delete(document);
  await tail.delete(IDBKeyRange.bound(tailKey(document, reached + 1), [document, []]));
}
