// The log in the data folder, or a refusal that says what is wrong with the folder.
import { constants } from 'node:fs';
import { access, readdir } from 'node:fs/promises';
import { LogFailure, type LogStore } from './log/log-store.ts';
import { openSqliteStore } from './log/sqlite-store.ts';
import { makeFolder } from './make-folder.ts';
import { RelayRefusal } from './relay-refusal.ts';

/** Opens the log, making the folder where there is none. */
export async function openStore(data: string): Promise<LogStore> {
  try {
    await makeFolder(data);
    await readdir(data); // A file of this name fails here.
    await access(data, constants.W_OK);
  } catch (cause) {
    const message = `the data folder ${data} cannot be written: choose another one, or its rights`;
    throw new RelayRefusal('data-not-writable', message, { cause });
  }
  try {
    return await openSqliteStore(data);
  } catch (error) {
    if (!(error instanceof LogFailure)) throw error;
    throw new RelayRefusal('data-unusable', error.message, { cause: error });
  }
}
