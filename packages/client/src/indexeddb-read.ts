// Getting records out of the database. Large values lie in files of their own, which a browser can
// lose; reading such a value ends its whole transaction. Then each record is read alone, and a lost
// one is one without bytes: damaged like others, and not in the way of the rest.
import type { DocumentId } from '@causeway/core';
import type { IDBPDatabase, StoreKey, StoreValue } from 'idb';
import type {
  IntentRecord,
  KeyedRecord,
  LimitRecord,
  QueueRecord,
  Schema,
} from './indexeddb-records.ts';
import { keysUnder, storeNames } from './indexeddb-records.ts';

type Database = IDBPDatabase<Schema>;
type StoreName = (typeof storeNames)[number];
const noBytes = new Uint8Array(0);

/** All of one document, still sealed, in the order of keys. */
export interface DocumentRecords {
  readonly head: Uint8Array | undefined;
  readonly tail: readonly KeyedRecord[];
  readonly snapshot: Uint8Array | undefined;
  readonly queue: readonly QueueRecord[];
  readonly limits: readonly LimitRecord[];
  readonly effects: readonly KeyedRecord[];
  readonly episodes: readonly KeyedRecord[];
  readonly intents: readonly IntentRecord[];
  readonly rights: Uint8Array | undefined;
}

/** One transaction, unless values are lost. Cost: O(all of the document). */
export function readRecords(database: Database, document: DocumentId): Promise<DocumentRecords> {
  return unlessLost(
    () => readTogether(database, document),
    () => readOneByOne(database, document),
  );
}

export function readQueue(
  database: Database,
  document: DocumentId,
): Promise<readonly QueueRecord[]> {
  return unlessLost(
    () => reading(database, 'queue').index('document').getAll(document),
    () => readQueueOneByOne(database, document),
  );
}

export function readIntents(
  database: Database,
  document: DocumentId,
): Promise<readonly IntentRecord[]> {
  return unlessLost(
    () => reading(database, 'intents').getAll(keysUnder(document)),
    () => readIntentsOneByOne(database, document),
  );
}

/** Operations whose intents are there and cannot be read: no transaction may ask for them. */
export type LostIntents = ReadonlySet<string>;

/**
 * Runs what writes. A lost value would fail it for ever: then it runs again, with what is lost of the
 * log deleted, for the relay has it, and told which intents it must not read. Those stay: nobody else
 * has them.
 */
export function writeUnlessLost<T>(
  database: Database,
  document: DocumentId,
  write: (lost: LostIntents) => Promise<T>,
): Promise<T> {
  return unlessLost(
    () => write(new Set()),
    async () => {
      await deleteLostLog(database, document);
      const intents = await readIntentsOneByOne(database, document);
      const lost = intents.filter(({ bytes }) => bytes === noBytes);
      return await write(new Set(lost.map(({ key }) => key.at(-1) ?? '')));
    },
  );
}

async function unlessLost<T>(act: () => Promise<T>, otherwise: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!isLost(error)) throw error;
    return await otherwise();
  }
}

function isLost(error: unknown): boolean {
  if (!(error instanceof DOMException)) return false;
  return error.name === 'NotReadableError' || error.name === 'DataError';
}

/** A store in a transaction of its own; what fails in it is the request, and says so. */
function reading<N extends StoreName>(database: Database, name: N) {
  const transaction = database.transaction(name, 'readonly');
  transaction.done.catch(() => undefined);
  return transaction.store;
}

async function readTogether(database: Database, document: DocumentId): Promise<DocumentRecords> {
  const transaction = database.transaction(storeNames, 'readonly');
  transaction.done.catch(() => undefined);
  const own = keysUnder(document);
  const [head, tail, snapshot, queue, limits, effects, episodes, intents, rights] =
    await Promise.all([
      transaction.objectStore('heads').get(document),
      transaction.objectStore('tail').getAll(own),
      transaction.objectStore('snapshots').get(document),
      transaction.objectStore('queue').index('document').getAll(document),
      transaction.objectStore('limits').getAll(own),
      transaction.objectStore('effects').getAll(own),
      transaction.objectStore('episodes').getAll(own),
      transaction.objectStore('intents').getAll(own),
      transaction.objectStore('rights').get(document),
    ]);
  return { head, tail, snapshot, queue, limits, effects, episodes, intents, rights };
}

/**
 * Other tabs go on meanwhile: in this order, nothing of theirs is seen both queued and committed, and
 * an intent that one hands over is seen waiting or queued, or both, but not missed.
 */
async function readOneByOne(database: Database, document: DocumentId): Promise<DocumentRecords> {
  return {
    // Heads and limit rows are too small for files of their own.
    head: await reading(database, 'heads').get(document),
    tail: await readKeyedOneByOne(database, 'tail', document),
    snapshot: await readAlone(database, 'snapshots', document, noBytes),
    intents: await readIntentsOneByOne(database, document),
    queue: await readQueueOneByOne(database, document),
    limits: await reading(database, 'limits').getAll(keysUnder(document)),
    effects: await readKeyedOneByOne(database, 'effects', document),
    episodes: await readKeyedOneByOne(database, 'episodes', document),
    rights: await readAlone(database, 'rights', document, noBytes),
  };
}

async function readKeyedOneByOne(
  database: Database,
  name: 'tail' | 'effects' | 'episodes',
  document: DocumentId,
): Promise<readonly KeyedRecord[]> {
  const records: KeyedRecord[] = [];
  for (const key of await reading(database, name).getAllKeys(keysUnder(document))) {
    const record = await readAlone(database, name, key, { key, document, bytes: noBytes });
    if (record) records.push(record);
  }
  return records;
}

/** Its state is lost with it; that it was not dropped is the careful guess. */
async function readIntentsOneByOne(
  database: Database,
  document: DocumentId,
): Promise<readonly IntentRecord[]> {
  const records: IntentRecord[] = [];
  for (const key of await reading(database, 'intents').getAllKeys(keysUnder(document))) {
    const lost = { key, document, state: 'submitting', bytes: noBytes } as const;
    const record = await readAlone(database, 'intents', key, lost);
    if (record) records.push(record);
  }
  return records;
}

/** Who made a change, and which it is, stands in the keys of an index: it is not lost with it. */
async function readQueueOneByOne(
  database: Database,
  document: DocumentId,
): Promise<readonly QueueRecord[]> {
  const lost: (QueueRecord & { readonly order: number })[] = [];
  const changes = reading(database, 'queue').index('change');
  let cursor = await changes.openKeyCursor(keysUnder(document));
  while (cursor) {
    const [, writer, seq] = cursor.key;
    lost.push({ order: cursor.primaryKey, document, writer, seq, bytes: noBytes });
    cursor = await cursor.continue();
  }
  const records: QueueRecord[] = [];
  for (const one of lost.sort((a, b) => a.order - b.order)) {
    const record = await readAlone(database, 'queue', one.order, one);
    if (record) records.push(record);
  }
  return records;
}

function readAlone<N extends StoreName>(
  database: Database,
  name: N,
  key: StoreKey<Schema, N>,
  lost: StoreValue<Schema, N>,
): Promise<StoreValue<Schema, N> | undefined> {
  return unlessLost(
    () => reading(database, name).get(key),
    async () => lost,
  );
}

async function deleteLostLog(database: Database, document: DocumentId): Promise<void> {
  const snapshot = await readAlone(database, 'snapshots', document, noBytes);
  const tail = await readKeyedOneByOne(database, 'tail', document);
  const transaction = database.transaction(['snapshots', 'tail'], 'readwrite');
  if (snapshot === noBytes) void transaction.objectStore('snapshots').delete(document);
  for (const { key, bytes } of tail) {
    if (bytes === noBytes) void transaction.objectStore('tail').delete(key);
  }
  await transaction.done;
}
