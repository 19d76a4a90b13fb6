// What only the log on disk can get wrong: restarts, locks, damage, a full disk, other versions.
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type LogStore, openLogReader, openSqliteStore } from '@causeway/relay';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  addedSeqs,
  appendOne,
  bytesMax,
  documentNamed,
  randomAuthor,
  sha256,
  TestWriter,
  verifyLog,
} from '../contracts/log-writer.ts';

const document = documentNamed('notes/1');
const other = documentNamed('notes/2');

let folder: string;
const opened: LogStore[] = [];
const open = async (o?: Parameters<typeof openSqliteStore>[1]): Promise<LogStore> => {
  const store = await openSqliteStore(folder, o);
  opened.push(store);
  return store;
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'causeway-log-'));
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()));
  await rm(folder, { recursive: true });
});

/** Changes the closed file behind the log's back. */
function tamper(sql: string): void {
  const database = new DatabaseSync(join(folder, 'causeway.db'));
  database.exec(sql);
  database.close();
}

async function writeLog(...documents: (typeof document)[]): Promise<void> {
  const store = await open();
  for (const name of documents) {
    await appendOne(store, new TestWriter(name).write({}, { kind: 'operation' }, {}));
  }
  await store.close();
}

describe('sqlite log store', () => {
  it('has everything after a restart, and goes on from there', async () => {
    const writer = new TestWriter(document);
    const first = await open();
    expect(first.durability).toBe('fsync');
    const { log } = await first.head(other);
    await appendOne(first, writer.write({}, { kind: 'operation' }));
    await first.saveCheckpoint(document, 2, Uint8Array.of(1));
    await first.close();

    const second = await open();
    expect(await second.head(other)).toMatchObject({ log, position: 0 });
    expect(await second.documents()).toEqual([document]);
    expect(await second.checkpoint(document)).toEqual(Uint8Array.of(1));
    writer.write({}, {});
    expect(addedSeqs(await appendOne(second, writer.request(2, 4)))).toEqual([3, 4]);
    expect(await verifyLog(second, document)).toMatchObject({ position: 4, namedPosition: 2 });
  });

  it('has new log ids when it starts empty', async () => {
    const first = await open();
    const { log } = await first.head(document);
    await first.close();
    for (const name of await readdir(folder)) await rm(join(folder, name));
    expect((await (await open()).head(document)).log).not.toBe(log);
  });

  it('refuses a folder that another relay has open', async () => {
    await open();
    const taken = { code: 'not-writable', message: expect.stringContaining('another relay') };
    await expect(openSqliteStore(folder)).rejects.toMatchObject(taken);
  });

  it('refuses a path that is no folder', async () => {
    const path = join(folder, 'file');
    await writeFile(path, 'not a folder');
    const problem = { name: 'LogFailure', code: 'not-writable' };
    await expect(openSqliteStore(path)).rejects.toMatchObject(problem);
    await expect(openSqliteStore(join(path, 'below'))).rejects.toMatchObject(problem);
  });

  it('refuses a file that is no log, and one of another version', async () => {
    await writeFile(join(folder, 'causeway.db'), 'x'.repeat(8_192));
    await expect(open()).rejects.toMatchObject({ code: 'corrupt', retry: false });
    await rm(join(folder, 'causeway.db'));
    tamper('CREATE TABLE notes (text)');
    await expect(open()).rejects.toMatchObject({ code: 'failed', retry: false });
    await rm(join(folder, 'causeway.db'));
    await writeLog(document);
    tamper("UPDATE meta SET value = 2 WHERE name = 'format'");
    const newer = { code: 'failed', message: expect.stringContaining('upgrade the relay') };
    await expect(open()).rejects.toMatchObject(newer);
    expect(() => openLogReader(folder)).toThrow('upgrade the relay');
  });

  it('names the place of a damaged row, and serves what is whole', async () => {
    await writeLog(document, other);
    tamper("UPDATE entries SET payload = x'00' WHERE document = 1 AND position = 2");
    const store = await open();
    const corrupt = { code: 'corrupt', message: expect.stringContaining('notes/1 at position 2') };
    await expect(store.read(document, { after: 0, bytesMax })).rejects.toMatchObject(corrupt);
    expect((await store.read(document, { after: 2, bytesMax })).entries).toHaveLength(1);
    await verifyLog(store, other);
  });

  it.each([
    ['entries', 'DELETE FROM entries WHERE document = 1 AND position = 2'],
    ['entries', 'DELETE FROM entries WHERE document = 1 AND position = 3'],
    ['entries', 'UPDATE entries SET seq = 9 WHERE document = 1 AND position = 2'],
    ['entries', 'UPDATE entries SET prefix_hash = hash WHERE document = 1 AND position = 2'],
    ['documents', 'UPDATE documents SET position = 2 WHERE id = 1'],
    ['documents', "UPDATE documents SET log = 'x' WHERE id = 1"],
    ['writers', 'UPDATE writers SET client_id = 1 WHERE document = 1'],
    ['writers', 'DELETE FROM writers WHERE document = 1'],
  ])('does not believe damaged %s: %s', async (_table, sql) => {
    await writeLog(document, other);
    tamper(sql);
    const store = await open();
    const all = store.read(document, { after: 0, bytesMax });
    await expect(all).rejects.toMatchObject({ code: 'corrupt', retry: false });
    const reader = openLogReader(folder);
    expect(() => [...reader.entries(document)]).toThrow('damaged');
    reader.close();
  });

  it('does not go on from a log that lost its end', async () => {
    await writeLog(document);
    tamper('DELETE FROM entries WHERE position = 3');
    const store = await open();
    const corrupt = { code: 'corrupt', message: expect.stringContaining('after position 2') };
    await expect(store.head(document)).rejects.toMatchObject(corrupt);
    const append = appendOne(store, new TestWriter(document).write({}));
    await expect(append).rejects.toMatchObject(corrupt);
  });

  it('holds damage of one document against nobody else in the group', async () => {
    await writeLog(document, other);
    tamper('UPDATE documents SET position = 2 WHERE id = 1');
    const store = await open();
    const names = [other, document, documentNamed('new')];
    const results = await Promise.allSettled(
      names.map((name) => appendOne(store, new TestWriter(name).write({}))),
    );
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((await verifyLog(store, other)).position).toBe(4);
  });

  it('keeps nothing of a group that finds the disk full, and goes on when there is room', async () => {
    const store = await open({ fileBytesMax: 256 * 1_024 });
    const writers = [0, 1, 2].map(() => new TestWriter(document));
    const small = writers.map((writer) => writer.write({ kind: 'operation' }, {}));
    const huge = new TestWriter(other).write({ payload: new Uint8Array(512 * 1_024) });
    const group = await Promise.allSettled([
      store.append(small),
      store.append([huge]),
      appendOne(store, writers[0]?.write({}) ?? huge),
    ]);
    for (const result of group) {
      expect(result).toMatchObject({ reason: { code: 'disk-full', retry: true } });
    }
    expect((await store.head(document)).position).toBe(0);
    expect(await store.documents()).toEqual([]);
    // What was remembered of the failed group must be gone: the same requests are new again.
    const results = await store.append(small);
    expect(results.map(addedSeqs)).toEqual([
      [1, 2],
      [1, 2],
      [1, 2],
    ]);
    expect(await verifyLog(store, document)).toMatchObject({ position: 6, namedPosition: 5 });
  });

  it('waits for another writer of the file for a bounded time, then may be asked again', async () => {
    const store = await open({ busyTimeoutMs: 50 });
    const writer = new TestWriter(document);
    const request = writer.write({});
    const backup = new DatabaseSync(join(folder, 'causeway.db'));
    backup.exec('BEGIN IMMEDIATE');
    await expect(appendOne(store, request)).rejects.toMatchObject({ code: 'failed', retry: true });
    backup.exec('ROLLBACK');
    backup.close();
    expect(addedSeqs(await appendOne(store, request))).toEqual([1]);
  });

  it('closes only after all that was asked is on the disk, be it more than one group', async () => {
    const store = await open();
    const writers = [new TestWriter(document), new TestWriter(other)];
    const drafts = Array.from({ length: 3_000 }, () => ({ payload: Uint8Array.of(1) }));
    const asked = Promise.all(writers.map((w) => appendOne(store, w.write(...drafts))));
    await store.close();
    expect((await asked).map(({ head }) => head.position)).toEqual([3_000, 3_000]);
    expect((await (await open()).head(other)).position).toBe(3_000);
  });

  it('does not keep the buffer behind a view', async () => {
    const store = await open();
    const frame = new Uint8Array(1_000).fill(5);
    const writer = new TestWriter(document);
    const asked = appendOne(store, writer.write({ payload: frame.subarray(10, 20) }));
    await asked;
    const { entries } = await store.read(document, { after: 0, bytesMax });
    expect(entries[0]?.sealed.payload).toEqual(new Uint8Array(10).fill(5));
  });
});

describe('log reader', () => {
  it('reads while a relay writes, and changes nothing', async () => {
    const store = await open();
    const writers = [new TestWriter(document), new TestWriter(document, randomAuthor(7))];
    for (const w of writers) await appendOne(store, w.write({}, { kind: 'operation' }));
    await store.saveCheckpoint(document, 4, Uint8Array.of(9));
    const reader = openLogReader(folder);
    expect(reader.documents()).toEqual([document]);
    expect(reader.head(document)).toEqual(await store.head(document));
    expect(reader.head(other)).toEqual(await store.head(other));
    expect(reader.roster(document)).toEqual(
      writers.map((w) => ({ record: w.author, seq: 2, hash: w.hash(2) })),
    );
    expect(reader.checkpoint(document)).toEqual({ position: 4, bytes: Uint8Array.of(9) });
    const entries = reader.entries(document, 1);
    expect(entries.next().value).toMatchObject({ entry: { position: 2, seq: 2 } });
    await appendOne(store, new TestWriter(document).write({}));
    expect([...entries].map(({ entry }) => entry.position)).toEqual([3, 4]);
    expect([...reader.entries(document)]).toHaveLength(5);
    expect([...reader.entries(other)]).toEqual([]);
    reader.close();
  });

  it('refuses a folder without a log', () => {
    expect(() => openLogReader(join(folder, 'nothing'))).toThrow('cannot be opened for reading');
  });

  it('gives the hashes kept beside each entry', async () => {
    const writer = new TestWriter(document);
    const store = await open();
    await appendOne(store, writer.write({}, {}));
    const reader = openLogReader(folder);
    const hashes = [...reader.entries(document)].map(({ hash }) => hash);
    expect(hashes).toEqual([writer.hash(1), writer.hash(2)]);
    expect(sha256(hashes[0] ?? new Uint8Array(0))).toHaveLength(32);
    reader.close();
  });
});
