// The log contract, on the store in memory and on the one on disk.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openMemoryStore, openSqliteStore } from '@causeway/relay';
import { afterAll } from 'vitest';
import { describeLogStore } from '../contracts/log-contract.ts';

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

describeLogStore('memory', async () => openMemoryStore());

describeLogStore('sqlite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'causeway-log-'));
  folders.push(folder);
  return await openSqliteStore(folder);
});
