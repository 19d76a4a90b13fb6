// `causeway audit` on the log that a real relay wrote: it finds what is recorded, names what somebody
// altered, and says what a newer version's rules would have found.
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Client, connect, createMemoryDatabase, memoryStore } from '@causeway/client';
import {
  chainGenesis,
  chainNext,
  type DocumentId,
  decodeFacts,
  decodeHeader,
  encodeFacts,
  type LogEntry,
  type SealedChange,
} from '@causeway/core';
import { app } from '@causeway/demo/bank';
import { openLogReader, openSqliteStore, startRelay } from '@causeway/relay';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from './support/run-cli.ts';

const pathOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const bank = pathOf('../../apps/demo/src/bank.ts');
const newer = pathOf('./support/bank-newer.ts');
const document = 'till' as DocumentId;
let folder: string;
let forged: string;

/** Two cash machines that are cut off pay out the same money. */
beforeAll(async () => {
  [folder, forged] = [await newFolder(), await newFolder()];
  const relay = await startRelay({ data: folder, port: 0, app: bank });
  const clients = [0, 1].map((): Client<typeof app> => {
    const store = memoryStore(createMemoryDatabase());
    return connect({ app, url: relay.url, store, effects: { dispense: async () => undefined } });
  });
  const handles = await Promise.all(clients.map((client) => client.open(document)));
  for (const client of clients) client.goOffline();
  const drawn = handles.map((handle) => handle.run('withdraw', { account: 'ann', cents: 80_00 }));
  await Promise.all(drawn.map((receipt) => receipt.saved));
  for (const client of clients) client.goOnline();
  const outcomes = await Promise.all(drawn.map((receipt) => receipt.outcome));
  expect(outcomes.map(({ type }) => type).sort()).toEqual(['compensated', 'confirmed']);
  for (const client of clients) await client.close();
  await relay.close();
  await forge();
}, 60_000);

afterAll(async () => {
  await rm(folder, { recursive: true });
  await rm(forged, { recursive: true });
});

const newFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'causeway-'));

/** The same log, whole in every hash, but that the violation is said to be less bad. */
async function forge(): Promise<void> {
  const reader = openLogReader(folder);
  const entries = [...reader.entries(document)].map(({ entry }) => entry);
  reader.close();
  const hash = (bytes: Uint8Array) => Uint8Array.from(createHash('sha256').update(bytes).digest());
  const lastByWriter = new Map<string, Uint8Array>();
  const store = await openSqliteStore(forged);
  for (const entry of entries) {
    const { author, seq } = entry;
    const sealed = altered(entry);
    const previous = lastByWriter.get(author.writer) ?? chainGenesis(hash, document, author);
    const last = chainNext(hash, previous, sealed);
    lastByWriter.set(author.writer, last);
    const chain = { author, firstSeq: seq, previous, changes: [sealed], last };
    const [result] = await store.append([
      { document, ...chain, ifNamedHead: undefined, isPrimary: true },
    ]);
    expect(result?.type).toBe('appended');
  }
  await store.close();
}

function altered({ sealed }: LogEntry): SealedChange {
  if (decodeHeader(sealed.header)?.kind !== 'coordination') return sealed;
  const facts = decodeFacts(sealed.payload) ?? [];
  const changed = facts.map((fact) => (fact.fact === 'violation' ? { ...fact, to: 1 } : fact));
  return { ...sealed, payload: encodeFacts(changed) };
}

const audit = (...args: readonly string[]) => runCli('audit', ...args);

test('what is recorded is found again, by the app that the relay ran', {
  timeout: 60_000,
}, async () => {
  const run = await audit(folder, document, '--json');
  expect(run).toMatchObject({ status: 0, errors: '' });
  expect(JSON.parse(run.out)).toMatchObject({
    ...{ document, app: 'bank', version: 1, differences: [], unjudged: [], pending: [] },
    reproduced: { violation: 1, case: 1 },
  });
  const table = await audit(folder, document, '--app', bank);
  expect(table.out).toMatch(/^till: \d+ entries replayed with bank 1: as recorded\n/);
});

test('a fact that somebody altered is named', { timeout: 60_000 }, async () => {
  const run = await audit(forged, document, '--app', bank);
  expect(run).toMatchObject({ status: 1, errors: '' });
  expect(run.out).toMatch(/differs +violation +covered of ann: 0 to 1 by .* 0 to 6000 by withdraw/);
});

test('what came later is listed as not recorded, and is no difference', {
  timeout: 60_000,
}, async () => {
  const run = await audit(folder, document, '--newer', newer);
  expect(run).toMatchObject({ status: 0, errors: '' });
  expect(run.out).toContain('not recorded: what rules that came with version 2 would have found');
  expect(run.out).toMatch(/comfortable +ann +0 +1 +withdraw/);
});

test('what it cannot do it says in a sentence', { timeout: 60_000 }, async () => {
  const without = await audit(forged, document);
  expect(without).toMatchObject({ status: 2, out: '' });
  expect(without.errors).toContain('no relay ran an app on');
  const missing = await audit(folder, document, '--newer', join(folder, 'none.ts'));
  expect(missing.errors).toMatch(/^causeway: there is no app module at .*: name a file\n$/);
  const unknown = await audit(folder, 'nothing');
  expect(unknown).toMatchObject({ status: 1, out: '' });
  expect(unknown.errors).toContain('there is no document "nothing"');
});
