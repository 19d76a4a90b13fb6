// Hostile frames, drawn from golden ones: some break the envelope, most keep it whole and break what
// is inside, because a frame with a wrong checksum never reaches the message decoders.
import { ByteReader, ByteWriter, sealRecord } from '@causeway/core';
import type { Random } from '@causeway/testkit';

interface Part {
  readonly code: number;
  readonly body: Uint8Array;
}

/** Frames to start from; never empty. */
export type Corpus = readonly [Uint8Array, ...Uint8Array[]];

/** One frame that a hostile or broken peer might send. Cost: O(bytes of two frames). */
export function drawFrame(corpus: Corpus, random: Random): Uint8Array {
  const frame = random.pick(corpus);
  switch (random.below(10)) {
    case 0:
      return random.bytes(random.below(200));
    case 1:
      return seal(random.bytes(random.below(100)));
    case 2:
      return frame.subarray(0, random.below(frame.length));
    case 3:
      return mutateBytes(frame, random);
    case 4:
      return seal(mutateBytes(frame.subarray(2, -4), random));
    default:
      return mutateParts(frame, random.pick(corpus), random);
  }
}

/** A frame with the right envelope around any content. */
function seal(content: Uint8Array): Uint8Array {
  return sealRecord(new ByteWriter().byte(0xca).byte(1).fixed(content).done());
}

/** One to four random changes: bytes more, less, twice, other ones, and numbers that claim much. */
export function mutateBytes(frame: Uint8Array, random: Random): Uint8Array {
  let bytes: Uint8Array = frame.slice();
  for (let round = random.below(4); round >= 0; round--) bytes = mutateOnce(bytes, random);
  return bytes;
}

function mutateOnce(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random.below(bytes.length + 1);
  const length = random.below(random.pick([2, 20]));
  const head = bytes.subarray(0, at);
  switch (random.below(6)) {
    case 0: // Some bytes more.
      return join(head, random.bytes(length), bytes.subarray(at));
    case 1: // Some bytes less.
      return join(head, bytes.subarray(at + length));
    case 2: // Some bytes twice.
      return join(head, bytes.subarray(at, at + length), bytes.subarray(at));
    case 3: // A number that stands for much, or is not in its shortest form, or is none.
      return join(head, random.pick(numbers), bytes.subarray(at + 1));
    case 4: {
      const changed = bytes.slice();
      changed[at] = (changed[at] ?? 0) + random.pick([1, 255, 128, 64]);
      return changed;
    }
    default: {
      const changed = bytes.slice();
      changed[at] = random.below(256);
      return changed;
    }
  }
}

const numbers: readonly [Uint8Array, ...Uint8Array[]] = [
  Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f), // 2^53 − 1
  Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10), // 2^53
  Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01),
  Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x07), // 2^31 − 1
  Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x08), // 2^31
  Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f), // 2^32 − 1
  Uint8Array.of(0x80, 0x40), // 8192
  Uint8Array.of(0x90, 0x4e), // 10,000
  Uint8Array.of(0xff, 0x7f), // 16,383
  Uint8Array.of(0x80, 0x80, 0x04), // 65,536
  Uint8Array.of(0x81, 0x00), // 1, not in its shortest form
  Uint8Array.of(0x80, 0x00),
  Uint8Array.of(0x00),
];

/** Takes the frame apart into messages, changes some of them, and seals it again. */
function mutateParts(frame: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  const parts = [...takeApart(frame)];
  const others = takeApart(other);
  for (let round = random.below(3); round >= 0; round--) {
    const at = random.below(parts.length);
    const part = parts[at];
    const strange = others[random.below(others.length)];
    if (part && strange) parts.splice(at, 1, ...mutatePart(part, strange, random));
  }
  const writer = new ByteWriter();
  // Rarely a length that is not the body's.
  const liar = random.below(20) === 0 ? random.below(parts.length) : -1;
  for (const [at, { code, body }] of parts.entries()) {
    const claimed = at === liar ? body.length + random.below(5) : body.length;
    writer.uint(claimed).byte(code).fixed(body);
  }
  return seal(writer.done());
}

function mutatePart(part: Part, strange: Part, random: Random): readonly Part[] {
  switch (random.below(8)) {
    case 0:
      return [];
    case 1:
      return [part, part];
    case 2:
      return [strange, part];
    case 3: // The body of one message under the code of another.
      return [{ code: strange.code, body: part.body }];
    case 4:
      return [{ code: random.below(256), body: part.body }];
    case 5: {
      const at = random.below(part.body.length + 1);
      const from = random.below(strange.body.length + 1);
      const body = join(part.body.subarray(0, at), strange.body.subarray(from));
      return [{ code: part.code, body }];
    }
    default:
      return [{ code: part.code, body: mutateBytes(part.body, random) }];
  }
}

function takeApart(frame: Uint8Array): readonly Part[] {
  const reader = new ByteReader(frame.subarray(2, -4));
  const parts: Part[] = [];
  while (reader.rest > 0) {
    const length = reader.uint();
    parts.push({ code: reader.byte(), body: reader.fixed(length) });
  }
  return parts;
}

export function join(...pieces: readonly Uint8Array[]): Uint8Array {
  const writer = new ByteWriter();
  for (const piece of pieces) writer.fixed(piece);
  return writer.done();
}
