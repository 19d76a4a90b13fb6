// One value, one text: keys sorted, no spaces, so that hashes of JSON agree everywhere. After
// RFC 8785 for the values we allow; numbers print as ECMAScript prints them, as that RFC asks.
import { Bug } from '../assert.ts';
import { bytesToText, textToBytes } from './text.ts';

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json | undefined };

/**
 * The canonical text of a JSON value; members that are undefined are left out.
 * Throws Bug `not-json` for anything else (a function, NaN, a class instance): pass plain data.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') {
    return JSON.stringify(value);
  }
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (isPlainObject(value)) {
    const members = Object.keys(value)
      .filter((key) => value[key] !== undefined)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key])}`);
    return `{${members.join(',')}}`;
  }
  throw new Bug('not-json', `${typeof value} cannot be stored: pass plain JSON data`);
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

export function jsonToBytes(value: unknown): Uint8Array {
  return textToBytes(canonicalJson(value));
}

/** The parsed value, or undefined when the bytes are no UTF-8 JSON (JSON has no undefined). */
export function bytesToJson(bytes: Uint8Array): Json | undefined {
  const text = bytesToText(bytes);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
