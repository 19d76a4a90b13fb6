// Reading all of one document back. A damaged record takes with it what stands on it, and nothing
// else: the rest is loaded, and the damage is named.
import type {
  DamagedRecord,
  DocumentId,
  LogEntry,
  LogHead,
  QueuedChange,
  StoredDocument,
  StoredEffect,
} from '@causeway/core';
import { parseOperationId, parseWriterId } from '@causeway/core';
import type { IDBPDatabase } from 'idb';
import { readTail } from './indexeddb-log.ts';
import type { DocumentRecords } from './indexeddb-read.ts';
import { readRecords } from './indexeddb-read.ts';
import type { KeyedRecord, QueueRecord, Schema } from './indexeddb-records.ts';
import { tailKey } from './indexeddb-records.ts';
import { compareEffects, compareEpisodes, compareIntents } from './store.ts';
import { decodeChange, readRecord } from './stored-record-change.ts';
import { decodeIntent } from './stored-record-intent.ts';
import { decodeRights } from './stored-record-rights.ts';
import {
  decodeEffect,
  decodeEpisode,
  decodeHead,
  decodeLimitRow,
  decodeSnapshot,
} from './stored-record-rows.ts';

/** Cost: O(all of the document). */
export async function readAll(
  database: IDBPDatabase<Schema>,
  document: DocumentId,
): Promise<StoredDocument> {
  const records = await readRecords(database, document);
  const { queue, limits, effects, episodes, intents, rights } = records;
  const damaged: DamagedRecord[] = [];
  return {
    document,
    ...readLog(document, records, damaged),
    queue: readEach(queue, decodeQueued, (record) => nameChange(record, damaged)),
    rows: readEach(limits, ofBytes(decodeLimitRow), ({ key }) => nameRow(key, damaged)),
    effects: readEach(effects, ofBytes(decodeEffect), ({ key }) =>
      standInEffect(key, damaged),
    ).sort(compareEffects),
    episodes: readEach(episodes, ofBytes(decodeEpisode), ({ key }) =>
      nameEpisode(key, damaged),
    ).sort(compareEpisodes),
    intents: readEach(intents, ofBytes(decodeIntent), ({ key }) => nameIntent(key, damaged)).sort(
      compareIntents,
    ),
    rights: rights ? (readRecord(decodeRights, rights) ?? nameRights(document, damaged)) : [],
    damaged,
  };
}

/** What can be read of some records; `otherwise` names what cannot, and may put something for it. */
export function readEach<R, T>(
  records: readonly R[],
  decode: (record: R) => T | undefined,
  otherwise: (record: R) => T | undefined = () => undefined,
): T[] {
  return records.flatMap((record) => decode(record) ?? otherwise(record) ?? []);
}

export function ofBytes<T>(decode: (bytes: Uint8Array) => T | undefined) {
  return ({ bytes }: KeyedRecord): T | undefined => readRecord(decode, bytes);
}

export function decodeQueued({ bytes, order = 0 }: QueueRecord): QueuedChange | undefined {
  const change = readRecord(decodeChange, bytes);
  return change && { order, change };
}

type LogPart = Pick<StoredDocument, 'head' | 'snapshot' | 'tail'>;

function readLog(
  document: DocumentId,
  records: DocumentRecords,
  damaged: DamagedRecord[],
): LogPart {
  const key: string = document;
  const head = readRecord(decodeHead, records.head);
  const snapshot = readRecord(decodeSnapshot, records.snapshot);
  if (records.head !== undefined && !head) {
    const what = 'how far the log goes is unknown: it is asked for again';
    damaged.push({ store: 'heads', key, what });
  }
  if (records.snapshot !== undefined && !snapshot) {
    const what = 'the log up to here cannot be read: it is followed from its beginning';
    damaged.push({ store: 'snapshots', key, what });
  }
  const kept = { head, snapshot };
  return { ...kept, tail: readOwnTail(document, records.tail, kept, damaged) };
}

function readOwnTail(
  document: DocumentId,
  records: readonly KeyedRecord[],
  { head, snapshot }: Omit<LogPart, 'tail'>,
  damaged: DamagedRecord[],
): readonly LogEntry[] {
  const base = snapshot?.position ?? 0;
  const read = readTail(records, base);
  const next = read.reached + 1;
  const what = `the log from position ${next} on cannot be read: it is asked for again`;
  for (const key of read.damaged) damaged.push({ store: 'tail', key: key.join('/'), what });
  // Entries that are simply not there; where the snapshot is damaged, that is said already.
  if (damaged.length === 0 && isBeyond(head, read.reached)) {
    damaged.push({ store: 'tail', key: tailKey(document, next).join('/'), what });
  }
  // Only a head, or what a snapshot holds of one, says of which log entries are.
  return head || snapshot ? read.entries : [];
}

function isBeyond(head: LogHead | undefined, reached: number): boolean {
  return head !== undefined && head.position > reached;
}

function nameChange({ order, writer, seq }: QueueRecord, damaged: DamagedRecord[]): undefined {
  const id = parseWriterId(writer);
  const what = `change ${seq} of ${writer}, made here and not known to be sent, cannot be read`;
  damaged.push({
    store: 'queue',
    key: String(order),
    what,
    ...(id && { change: { writer: id, seq } }),
  });
}

function nameRow(key: readonly string[], damaged: DamagedRecord[]): undefined {
  const [, invariant, limit, operation = ''] = key;
  const what = `what ${operation} takes of ${invariant} (${limit}) cannot be read: it counts as all`;
  damaged.push({ store: 'limits', key: key.join('/'), what, ...operationOf(operation) });
}

/** Whether the act was done is not known any more, so it must not be done again. */
function standInEffect(key: readonly string[], damaged: DamagedRecord[]): StoredEffect | undefined {
  const [, text = '', index = ''] = key;
  const what = `effect ${index} of ${text} cannot be read: whether it was done is unknown`;
  const { operation } = operationOf(text);
  damaged.push({ store: 'effects', key: key.join('/'), what, ...operationOf(text) });
  if (!operation) return undefined;
  return { operation, index: Number(index), name: '', payload: undefined, state: 'unknown' };
}

function nameEpisode(key: readonly string[], damaged: DamagedRecord[]): undefined {
  const what = 'a stay in partition mode cannot be read: what was done in it is not listed';
  damaged.push({ store: 'episodes', key: key.join('/'), what });
}

/** What was used is not known: nothing is spent from what this device holds. */
function nameRights(document: DocumentId, damaged: DamagedRecord[]): readonly [] {
  const what = 'what this device spent of its rights cannot be read: it spends no more of them';
  damaged.push({ store: 'rights', key: document, what });
  return [];
}

function nameIntent(key: readonly string[], damaged: DamagedRecord[]): undefined {
  const [, operation = ''] = key;
  const what = `intent ${operation} cannot be read: if no other tab sends it, say again what was meant`;
  damaged.push({ store: 'intents', key: key.join('/'), what, ...operationOf(operation) });
}

function operationOf(text: string): Pick<DamagedRecord, 'operation'> {
  const operation = parseOperationId(text);
  return operation ? { operation } : {};
}
