// A line that flips bits. What is garbled is refused by its checksum and never applied: afterwards
// everybody agrees with every receipt.
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeFrames } from '@causeway/protocol';
import { Random } from '@causeway/testkit';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { connectRaw } from '../integration/support/raw-client.ts';
import { type FaultLine, openFaultLine } from './support/fault-line.ts';
import { connected, patient, quick } from './support/fault-world.ts';

// A machine that is busy is slow, not wrong: bounds are checked where they are promised.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** The typed fault of a frame whose checksum does not match: the relay's, and the client's. */
const refusals = { up: 4400, down: 4001 } as const;

let line: FaultLine;
let world: FaultLine['world'];
let relay: FaultLine['relay'];
let proxy: FaultLine['proxy'];

beforeEach(async () => {
  line = await openFaultLine();
  ({ world, relay, proxy } = line);
});
afterEach(() => line.close());

test.for([
  ['up', 1],
  ['down', 2],
] as const)(
  'what a line garbles on its way %s is refused, never applied, and sent again',
  async ([direction, seed]) => {
    const random = new Random(seed);
    const a = await world.device('A', proxy.url, quick);
    const b = await world.device('B', relay.url, patient);
    await connected(a);
    await connected(b);
    proxy.corrupt({ probability: 0.2, directions: [direction], random });
    for (let round = 0; round < 120; round++) {
      a.deposit('ann', 1 + random.below(9_00));
      if (round % 4 === 0) b.withdraw('ann', 1 + random.below(20_00));
      await sleep(20);
    }
    // Most flips hit frames of ours, some what the transport checks; the line carried work nevertheless.
    expect(proxy.counts.flipped).toBeGreaterThan(5);
    expect(a.closeCodes).toContain(refusals[direction]);
    expect(world.book.committedCount).toBeGreaterThan(30);
    proxy.heal();
    await expect.poll(() => world.unsettled(), { timeout: 12_000 }).toBeUndefined();
    expect(await world.judge()).toEqual([]);
  },
);

test('a frame with any one bit flipped is refused by a typed fault, and not read', async () => {
  const [frame = new Uint8Array(0)] = encodeFrames([{ type: 'probe', nonce: 77 }], 1_000);
  for (let bit = 0; bit < frame.length * 8; bit++) {
    const peer = await connectRaw(relay.url);
    peer.greet();
    await peer.hear('welcome');
    const garbled = frame.slice();
    const at = bit >> 3;
    garbled[at] = (garbled[at] ?? 0) ^ (1 << (bit & 7));
    peer.socket.send(garbled);
    const { fault } = await Promise.race([
      peer.closed,
      peer.hear('echo').then(({ nonce }) => ({ fault: `it was read: ${nonce}` })),
    ]);
    // The second byte is the version of the frame, and its checksum might be another one.
    expect({ bit, fault }).toEqual({
      bit,
      fault: at === 1 ? 'unsupported-protocol' : 'malformed-frame',
    });
  }
});
