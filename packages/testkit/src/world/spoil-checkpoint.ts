// What may become of a checkpoint on a disk: lost, torn, a bit flipped, or of a log that went otherwise,
// as after a restored backup. None of it may ever be seen but in the time that a start takes.
import { decodeCheckpoint, encodeCheckpoint } from '@causeway/core';
import type { Random } from '../random.ts';

type Spoiling = (bytes: Uint8Array, random: Random) => Uint8Array | undefined;

const spoilings: readonly Spoiling[] = [
  () => undefined,
  (bytes, random) => bytes.subarray(0, random.below(bytes.length)),
  (bytes, random) => {
    const flipped = bytes.slice();
    const at = random.below(bytes.length);
    flipped[at] = (flipped[at] ?? 0) ^ (1 << random.below(8));
    return flipped;
  },
  ofAnotherLog,
];

/** The bytes as a disk gives them back: mostly as they were. */
export function spoilCheckpoint(bytes: Uint8Array, random: Random): Uint8Array | undefined {
  return random.chance(0.4) ? random.pick(spoilings)(bytes, random) : bytes;
}

/** Whole and readable, and as long; but there nothing is broken, and nobody waits. */
function ofAnotherLog(bytes: Uint8Array): Uint8Array {
  const found = decodeCheckpoint(bytes);
  if (!found) return bytes;
  const prefixHash = found.place.prefixHash.map((byte) => byte ^ 0xff);
  const nothing = { cases: [], intents: [], history: [], facts: [] };
  return encodeCheckpoint({
    ...found,
    place: { ...found.place, prefixHash },
    body: { ...found.body, fields: { ...found.body.fields, ...nothing } },
  });
}
