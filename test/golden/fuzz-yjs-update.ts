// Updates in the format of Yjs that no Yjs would make: every field is well-formed, and what they say
// is drawn: parents that are no types, origins elsewhere, values of any kind, deletions of anything.

import type { Random } from '@causeway/testkit';
import * as encoding from 'lib0/encoding';

/** What there is to refer to. */
export interface Ground {
  /** A client whose changes are there, and up to which clock. */
  readonly client: number;
  readonly clock: number;
  readonly roots: readonly [string, ...string[]];
}

type Encoder = ReturnType<typeof encoding.createEncoder>;

const bit6 = 32;
const bit7 = 64;
const bit8 = 128;
/** How Yjs numbers its types: the next number is none. */
const typeCodes = 7;

/** One update, format 1. @see Yjs, src/utils/encoding.js and src/structs, for the fields. */
export function drawYjsUpdate(ground: Ground, random: Random): Uint8Array {
  const encoder = encoding.createEncoder();
  const writers = [21, 22].slice(0, 1 + random.below(2));
  encoding.writeVarUint(encoder, writers.length);
  for (const client of writers) {
    const structs = 1 + random.below(4);
    encoding.writeVarUint(encoder, structs);
    encoding.writeVarUint(encoder, rarely(random, [ground.client, 0, 12]) ?? client);
    encoding.writeVarUint(encoder, rarely(random, [1, ground.clock, 2 ** 40]) ?? 0);
    for (let at = 0; at < structs; at++) writeStruct(encoder, ground, random);
  }
  writeDeleted(encoder, ground, random);
  return encoding.toUint8Array(encoder);
}

function rarely<T>(random: Random, choices: readonly [T, ...T[]]): T | undefined {
  return random.below(12) === 0 ? random.pick(choices) : undefined;
}

function writeStruct(encoder: Encoder, ground: Ground, random: Random): void {
  const kind = rarely(random, [0, 10, 11, 31]) ?? 1 + random.below(9);
  if (kind === 0 || kind === 10) {
    encoding.writeUint8(encoder, kind);
    encoding.writeVarUint(encoder, rarely(random, [0, 2 ** 31]) ?? 1 + random.below(5));
    return;
  }
  const [hasOrigin, hasRight, hasKey] = [0, 0, 0].map(() => random.below(3) === 0);
  const info = (hasOrigin ? bit8 : 0) | (hasRight ? bit7 : 0) | (hasKey ? bit6 : 0);
  encoding.writeUint8(encoder, kind | info);
  if (hasOrigin) writeId(encoder, ground, random);
  if (hasRight) writeId(encoder, ground, random);
  if (!hasOrigin && !hasRight) {
    const isRoot = random.below(3) > 0;
    encoding.writeVarUint(encoder, isRoot ? 1 : 0);
    if (isRoot) encoding.writeVarString(encoder, random.pick(ground.roots));
    else writeId(encoder, ground, random);
    if (hasKey) encoding.writeVarString(encoder, drawText(random));
  }
  writeContent(encoder, kind, random);
}

function writeId(encoder: Encoder, ground: Ground, random: Random): void {
  const client = random.pick([ground.client, ground.client, 21, 22, 12]);
  const clocks = client === ground.client ? ground.clock + 1 : 4;
  encoding.writeVarUint(encoder, client);
  encoding.writeVarUint(encoder, random.below(clocks));
}

function writeContent(encoder: Encoder, kind: number, random: Random): void {
  switch (kind) {
    case 1: // Deleted
      encoding.writeVarUint(encoder, rarely(random, [0, 2 ** 31, 2 ** 52]) ?? 1 + random.below(3));
      return;
    case 2: // JSON
      writeMany(encoder, random, () => encoding.writeVarString(encoder, drawJsonText(random)));
      return;
    case 3: // Binary
      encoding.writeVarUint8Array(encoder, random.bytes(random.below(9)));
      return;
    case 4: // String
      encoding.writeVarString(encoder, drawText(random));
      return;
    case 5: // Embed
      encoding.writeVarString(encoder, drawJsonText(random));
      return;
    case 6: // Format
      encoding.writeVarString(encoder, drawText(random));
      encoding.writeVarString(encoder, drawJsonText(random));
      return;
    case 7: // Type
      encoding.writeVarUint(encoder, rarely(random, [typeCodes]) ?? random.below(typeCodes));
      encoding.writeVarString(encoder, drawText(random));
      return;
    case 8: // Any
      writeMany(encoder, random, () => encoding.writeAny(encoder, drawAny(random)));
      return;
    case 9: // Doc
      encoding.writeVarString(encoder, drawText(random));
      encoding.writeAny(encoder, drawAny(random));
      return;
  }
}

function writeMany(encoder: Encoder, random: Random, write: () => void): void {
  const count = 1 + random.below(3);
  encoding.writeVarUint(encoder, rarely(random, [2 ** 31, 2 ** 52]) ?? count);
  for (let at = 0; at < count; at++) write();
}

function drawText(random: Random): string {
  const operation = `${'0'.repeat(31)}${random.below(9)}`;
  return random.pick(['é𝄞', 'bold', operation, `${operation}#1`, '__proto__', 'x'.repeat(40)]);
}

function drawJsonText(random: Random): string {
  const entries = ['["ann",7]', '["+","tag 1",9]', '["+",["10:00"],0,{"who":"me"}]'] as const;
  return (
    rarely(random, ['1e999', '{', 'undefined']) ??
    random.pick(['null', '{"__proto__":1}', ...entries])
  );
}

type Any = Parameters<typeof encoding.writeAny>[1];

function drawAny(random: Random): Any {
  const numbers: readonly Any[] = [0, -1, 1.5, 2 ** 52, BigInt(-7), Number.NaN, Infinity];
  const others: readonly Any[] = [undefined, true, 'text', new Uint8Array([1, 2]), []];
  const nested: Any = { a: [null, { b: 1 }] };
  return random.pick<Any>([null, ...numbers, ...others, nested, drawJsonText(random)]);
}

function writeDeleted(encoder: Encoder, ground: Ground, random: Random): void {
  const clients = random.below(3);
  encoding.writeVarUint(encoder, clients);
  for (let at = 0; at < clients; at++) {
    const ranges = 1 + random.below(2);
    encoding.writeVarUint(encoder, random.pick([ground.client, ground.client, 21, 12, 0]));
    encoding.writeVarUint(encoder, ranges);
    for (let range = 0; range < ranges; range++) {
      encoding.writeVarUint(encoder, random.below(ground.clock));
      encoding.writeVarUint(encoder, rarely(random, [0, 2 ** 31]) ?? 1);
    }
  }
}
