// The value of an entry from anybody: JSON within the depth that can be stored again, and frozen.
import type { Json } from '../bytes/canonical-json.ts';
import { bytesToJson, jsonDepthMax } from '../bytes/canonical-json.ts';
import { textToBytes } from '../bytes/text.ts';

/** Undefined for what is no text, no JSON, or nested too deeply. Frozen, because views hand it out. */
export function parseFrozenJson(text: unknown): Json | undefined {
  if (typeof text !== 'string') return undefined;
  return deepFreeze(bytesToJson(textToBytes(text), jsonDepthMax));
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) deepFreeze(member);
    Object.freeze(value);
  }
  return value;
}
