// The dearest frames of a megabyte: each is decoded, or refused, within 1 ms per KiB.
import { ByteWriter, hexToBytes, parseDocumentId } from '@causeway/core';
import { expect, it } from 'vitest';
import { downCodes } from './down-codec.ts';
import { sealFrame } from './envelope.ts';
import { decodeDown, decodeUp } from './frame.ts';
import { upCodes } from './up-codec.ts';
import { defaultLimits } from './wire-limits.ts';

const document = parseDocumentId('d') ?? expect.unreachable();
const bytesMax = defaultLimits.frameBytesMax - 64;
const author = new Uint8Array(33);
const hash = new Uint8Array(32);

function pushOf(count: number, changes: Uint8Array): Uint8Array {
  const writer = new ByteWriter().text(document).fixed(author).uint(1).fixed(hash).byte(0);
  return writer.uint(count).fixed(changes).fixed(hash).done();
}
function entriesOf(count: number, items: Uint8Array): Uint8Array {
  const writer = new ByteWriter().text(document).uint(1).uint(1).uint(count).fixed(items);
  return writer.fixed(hash).fixed(hash).done();
}
const ownRun = Uint8Array.from({ length: 8191 + 18 }, (_, at) => (at < 18 ? 0 : 1));
const open = new ByteWriter().text(document).byte(0).uint(10_000).fixed(new Uint8Array(170_000));
const emptyChanges = Array.from({ length: 40 }, () => pushOf(8192, new Uint8Array(8192 * 3)));
const repeat = (code: number, body: Uint8Array, count: number) =>
  sealFrame(Array.from({ length: count }, () => ({ code, body })));

it.each([
  ['zeros', new Uint8Array(bytesMax)],
  ['one message of zeros', repeat(upCodes.push, new Uint8Array(bytesMax), 1)],
  ['messages without bodies', repeat(upCodes.probe, new Uint8Array(0), 4096)],
  ['4096 small messages', repeat(upCodes.probe, Uint8Array.of(1), 4096)],
  ['vectors', repeat(upCodes.open, open.done(), 6)],
  ['empty changes', sealFrame(emptyChanges.map((body) => ({ code: upCodes.push, body })))],
  ['one great payload', repeat(upCodes.push, pushOf(1, greatPayload()), 1)],
  ['runs of own entries', repeat(downCodes.entries, entriesOf(8192, ownRun), 120)],
  ['a great text', repeat(downCodes.fault, greatText(), 1)],
  ['authors', repeat(downCodes.entries, entriesOf(8192, manyAuthors(8192)), 2)],
])('%s', (_, frame) => {
  expect(frame.length).toBeLessThanOrEqual(defaultLimits.frameBytesMax);
  const msMax = Math.max(1, frame.length / 1024);
  // The best of a few: a pause of the machine is not the decoder's.
  const times = Array.from({ length: 5 }, () => {
    const startedMs = performance.now();
    decodeUp(frame, defaultLimits);
    decodeDown(frame, defaultLimits);
    return performance.now() - startedMs;
  });
  expect(Math.min(...times)).toBeLessThanOrEqual(msMax);
});

function greatPayload(): Uint8Array {
  return new ByteWriter().uint(0).bytes(new Uint8Array(1_000_000)).uint(0).done();
}

function greatText(): Uint8Array {
  return new ByteWriter().uint(4400).text('é'.repeat(500_000)).done();
}

/** Each item of another author: the most expensive that items can be. */
function manyAuthors(count: number): Uint8Array {
  const writer = new ByteWriter();
  for (let at = 0; at < count; at++) {
    writer.byte(2).fixed(hexToBytes(at.toString(16).padStart(32, '0')));
    writer.fixed(new Uint8Array(16)).uint(at).uint(1).uint(0).uint(0).uint(0);
  }
  return writer.done();
}
