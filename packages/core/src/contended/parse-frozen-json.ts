// The value of an entry from anybody: JSON within the depth that can be stored again, and frozen.
import type { Json } from '../bytes/canonical-json.ts';
import { jsonDepthMax, textToJson } from '../bytes/canonical-json.ts';

/** Undefined for what is no text, no JSON, or nested too deeply. Frozen, because views hand it out. */
export function parseFrozenJson(text: unknown): Json | undefined {
  if (typeof text !== 'string') return undefined;
  return deepFreeze(textToJson(text, jsonDepthMax));
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const key in value) deepFreeze(value[key]);
    Object.freeze(value);
  }
  return value;
}
