// Changes of Automerge that are sealed as they should be, and say what no Automerge would say: a
// recorded change is taken apart, one place of it becomes something else, and it is sealed again.
import { decodeChange, encodeChange } from '@automerge/automerge';
import { ByteReader, ByteWriter } from '@causeway/core';
import type { Random } from '@causeway/testkit';
import { mutateJson } from './fuzz-json.ts';
import type { Samples } from './fuzz-target.ts';

type Encodable = Parameters<typeof encodeChange>[0];

/** One update of one to three changes; changes that Automerge will not encode are left out. */
export function drawAutomergeUpdate(updates: Samples, random: Random): Uint8Array {
  const writer = new ByteWriter();
  for (let count = random.below(3); count >= 0; count--) {
    const change = takeFirst(random.pick(updates));
    const strange = change && random.below(4) > 0 ? alter(change, random) : change;
    if (strange) writer.bytes(strange);
  }
  return writer.done();
}

function takeFirst(update: Uint8Array): Uint8Array | undefined {
  const reader = new ByteReader(update);
  const change = reader.bytes();
  return reader.ok && change.length > 0 ? change : undefined;
}

function alter(change: Uint8Array, random: Random): Uint8Array | undefined {
  try {
    const { hash: _, ...content } = decodeChange(change);
    return encodeChange(JSON.parse(mutateJson(content, random)) as Encodable);
  } catch {
    return undefined;
  }
}
