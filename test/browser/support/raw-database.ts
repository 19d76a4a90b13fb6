// A look at a store's database from beside it: what lies there byte for byte, and ways to harm it.
import { bytesToHex, hexToBytes } from '@causeway/core';
import { type IDBPDatabase, openDB } from 'idb';
import { must } from '../../contracts/store-values.ts';

/** Runs on a connection of its own, in whatever version the database has. */
export async function withDatabase<T>(
  name: string,
  use: (database: IDBPDatabase) => Promise<T>,
): Promise<T> {
  const database = await openDB(name);
  try {
    return await use(database);
  } finally {
    database.close();
  }
}

/** Puts something else in the place of the sealed bytes of the record `at`, in the order of keys. */
export function alterRecord(
  name: string,
  { store, at = 0 }: { readonly store: string; readonly at?: number },
  change: (bytes: Uint8Array) => unknown,
): Promise<void> {
  return withDatabase(name, async (database) => {
    const transaction = database.transaction(store, 'readwrite');
    const key = must((await transaction.store.getAllKeys())[at]);
    const value = await transaction.store.get(key);
    if (transaction.store.keyPath === null) await transaction.store.put(change(value), key);
    else await transaction.store.put({ ...value, bytes: change(value.bytes) });
    await transaction.done;
  });
}

/** One bit of one byte; by default in the middle. */
export function flipBit(bytes: Uint8Array, at = bytes.length >> 1): Uint8Array {
  return bytes.map((byte, index) => (index === at ? byte ^ 4 : byte));
}

export function deleteRecord(name: string, store: string, at: number): Promise<void> {
  return withDatabase(name, async (database) => {
    const key = must((await database.getAllKeys(store))[at]);
    await database.delete(store, key);
  });
}

/** Records by store, each with its key; bytes as hex digits. */
export interface Dump {
  readonly [store: string]: readonly { readonly key: unknown; readonly value: unknown }[];
}

export function dumpOf(name: string): Promise<Dump> {
  return withDatabase(name, async (database) => {
    const dump: { [store: string]: { key: unknown; value: unknown }[] } = {};
    for (const store of database.objectStoreNames) {
      const keys = await database.getAllKeys(store);
      const values: unknown[] = await database.getAll(store);
      dump[store] = keys.map((key, index) => ({ key, value: bytesAsHex(values[index]) }));
    }
    return dump;
  });
}

function bytesAsHex(value: unknown): unknown {
  if (value instanceof Uint8Array) return bytesToHex(value);
  if (typeof value !== 'object' || value === null || !('bytes' in value)) return value;
  return { ...value, bytes: bytesAsHex(value.bytes) };
}

/** Fills a store of a database as a dump has it. */
export async function putDumped(
  database: IDBPDatabase,
  store: string,
  records: Dump[string],
): Promise<void> {
  for (const { key, value } of records) {
    if (typeof value === 'string') await database.put(store, hexToBytes(value), key as string);
    else {
      const record = value as { readonly bytes: string };
      await database.put(store, { ...record, bytes: hexToBytes(record.bytes) });
    }
  }
}
