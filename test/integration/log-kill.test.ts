// Real kills: a relay's log is killed while it appends under load. Everything that was acknowledged
// is there afterwards, once, where it was said to be. CAUSEWAY_KILLS sets how often, for long runs.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openLogReader, openSqliteStore } from '@causeway/relay';
import { describe, expect, it } from 'vitest';
import { sourceCondition } from '../../scripts/node-setup.ts';
import { verifyLog } from '../contracts/log-writer.ts';

const kills = Number(process.env['CAUSEWAY_KILLS'] ?? 20);
const child = fileURLToPath(new URL('./log-kill-child.ts', import.meta.url));

/** Starts the load and kills it after so many acknowledgements; returns those, without a torn line. */
async function loadUntilKilled(folder: string, acksMin: number): Promise<readonly string[]> {
  const args = [`--conditions=${sourceCondition}`, child, folder];
  const load = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let [acks, errors] = ['', ''];
  load.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  load.stdout.on('data', (chunk) => {
    acks += chunk;
    if (acks.split('\n').length > acksMin) load.kill('SIGKILL');
  });
  const signal = await new Promise((resolve) => load.on('close', (_, by) => resolve(by)));
  expect({ signal, errors }).toEqual({ signal: 'SIGKILL', errors: '' });
  return acks.split('\n').slice(0, -1);
}

/** `writer seq position` of everything in the log. */
function readPlaces(folder: string): readonly string[] {
  const reader = openLogReader(folder);
  try {
    return reader.documents().flatMap((document) =>
      [...reader.entries(document)].map(({ entry }) => {
        return `${entry.author.writer} ${entry.seq} ${entry.position}`;
      }),
    );
  } finally {
    reader.close();
  }
}

describe('kill -9 under load', () => {
  it(`loses nothing acknowledged, ${kills} times`, {
    timeout: 10_000 + kills * 3_000,
  }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'causeway-kill-'));
    const acknowledged = new Set<string>();
    for (let kill = 0; kill < kills; kill++) {
      // From the very first commits to a few checkpoints of the write-ahead log.
      const acks = await loadUntilKilled(folder, 1 + ((kill * 97) % 400));
      for (const place of acks) acknowledged.add(place);
      const places = new Set(readPlaces(folder));
      expect([...acknowledged].filter((place) => !places.has(place))).toEqual([]);
    }
    const store = await openSqliteStore(folder);
    const documents = await store.documents();
    expect(documents.length).toBeGreaterThan(0);
    for (const document of documents) await verifyLog(store, document);
    await store.close();
    const changes = readPlaces(folder).map((place) => place.replace(/ \d+$/, ''));
    expect(new Set(changes).size).toBe(changes.length);
    await rm(folder, { recursive: true });
  });
});
