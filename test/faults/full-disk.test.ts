// A relay whose disk is full: it acknowledges nothing that it could not keep, says so, and goes on
// reading; when there is room again, what waited is committed, once.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { type RelayChild, spawnRelay } from '../../scripts/torture/relay-child.ts';
import { documentNamed, TestWriter } from '../contracts/log-writer.ts';
import { openRaw } from '../integration/support/raw-client.ts';
import { connected, type Device, document, FaultWorld, patient } from './support/fault-world.ts';
import { findSmallDisks, type SmallDisk } from './support/small-disk.ts';

// A machine that is busy is slow, not wrong: bounds are checked where they are promised.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const disks = await findSmallDisks();
const kinds = [...disks.keys()];
const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function openDisk(kind: string, o: { readonly roomKib?: number } = {}): Promise<SmallDisk> {
  const disk = await disks.get(kind)?.(o);
  if (!disk) throw new Error(`there is no ${kind}`);
  cleanups.push(() => disk.close());
  return disk;
}

function startRelay({ fileKibMax }: SmallDisk, data: string, port: number): RelayChild {
  const relay = spawnRelay({ data, port, ...(fileKibMax !== undefined && { fileKibMax }) });
  cleanups.push(() => relay.stop('SIGKILL'));
  return relay;
}

/** Until the relay says that it could not write. */
async function fill(device: Device, relay: RelayChild): Promise<void> {
  const endMs = performance.now() + 20_000;
  while (!relay.errors().includes('the log failed')) {
    if (performance.now() > endMs) throw new Error('the disk never was full');
    if (device.handle.pending.current.length < 20) device.deposit('ann', 1_00);
    await sleep(5);
  }
}

test.for(kinds)(
  'a relay on a full disk (%s) keeps its word, and goes on when there is room',
  async (kind) => {
    const disk = await openDisk(kind);
    const world = new FaultWorld(disk.folder);
    cleanups.push(() => world.close());
    let relay = startRelay(disk, world.data, 0);
    const url = await relay.listening;
    const a = await world.device('A', url, patient);
    await connected(a);
    await fill(a, relay);
    expect(relay.errors()).toContain(`the log failed (${disk.failure})`);
    expect(await world.unfounded()).toEqual([]);

    // Whoever pushes is told; the link stays, for any document.
    const other = documentNamed('other');
    const raw = await openRaw(url, other);
    raw.push(new TestWriter(other).write({}));
    expect((await raw.hear('push-refused')).code).toBe('storage-failed');
    expect(await raw.isServed()).toBe(true);
    // What is committed can be read, and work goes on on the device.
    const b = await world.device('B', url, patient);
    await connected(b);
    await b.handle.select((doc) => doc.balance.get('ann')).waitFor(({ value }) => value > 100_00);
    const late = [a.deposit('ben', 2_00), b.withdraw('ann', 1_00)];
    for (const { saved } of late) expect((await saved).type).toBe('saved');

    // Killed while its disk is full, it starts again and still reads.
    await relay.stop('SIGKILL');
    relay = startRelay(disk, world.data, Number(new URL(url).port));
    await relay.listening;
    const again = await openRaw(url, documentNamed(document));
    await again.reach(1);
    expect(await world.unfounded()).toEqual([]);
    expect(late[0]?.state.current.type).toBe('saved');

    await disk.free(relay);
    await expect.poll(() => world.unsettled(), { timeout: 12_000 }).toBeUndefined();
    expect(await world.judge()).toEqual([]);
  },
);

test.for(kinds)(
  'a relay without room for a log (%s) says so and ends; with room it starts',
  async (kind) => {
    const disk = await openDisk(kind, { roomKib: 8 });
    const world = new FaultWorld(disk.folder);
    const refused = startRelay(disk, world.data, 0);
    await expect(refused.listening).rejects.toThrow(
      /^the relay ended with 1: causeway: the log in /,
    );
    await disk.free();
    const relay = startRelay(disk, world.data, 0);
    const device = await world.device('A', await relay.listening, patient);
    cleanups.push(() => world.close());
    expect(await device.deposit('ann', 1_00).outcome).toEqual({ type: 'confirmed' });
  },
);
