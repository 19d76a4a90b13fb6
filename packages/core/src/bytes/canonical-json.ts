// One value, one text: keys sorted, no spaces, so that hashes of JSON agree everywhere. After
// RFC 8785 for the values we allow; numbers print as ECMAScript prints them, as that RFC asks.
import { Bug } from '../assert.ts';
import { bytesToText, textToBytes } from './text.ts';

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

type JsonObject = { readonly [key: string]: Json | undefined };

/** How deep a value may nest, because a peer's deeper one would overflow the stack of a walk. */
export const jsonDepthMax = 256;
/** What we wrap values in (facts, snapshots) nests as well: whatever was read can be stored again. */
export const storedDepthMax = 2 * jsonDepthMax;

/**
 * The canonical text of a JSON value; members that are undefined are left out.
 * Throws Bug `not-json` for anything else (a function, NaN, a class instance, a cycle or another
 * nesting of more than 256): pass plain data.
 */
export function canonicalJson(value: unknown): string {
  return textOf(value, jsonDepthMax);
}

function textOf(value: unknown, depthLeft: number): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') {
    return JSON.stringify(value);
  }
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value);
  if (depthLeft === 0) throw new Bug('not-json', `nested deeper than a reader follows`);
  if (Array.isArray(value)) {
    // Not `map`, which passes over holes.
    const items = Array.from(value, (item: unknown) => textOf(item, depthLeft - 1));
    return `[${items.join(',')}]`;
  }
  if (isPlainObject(value)) {
    const members = Object.keys(value)
      .filter((key) => value[key] !== undefined)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${textOf(value[key], depthLeft - 1)}`);
    return `{${members.join(',')}}`;
  }
  throw new Bug('not-json', `${typeof value} cannot be stored: pass plain JSON data`);
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The canonical text as bytes, of values or of what holds values: nests twice as deep. */
export function jsonToBytes(value: unknown): Uint8Array {
  return textToBytes(textOf(value, storedDepthMax));
}

/**
 * The parsed value, or undefined when the bytes are no UTF-8 JSON (JSON has no undefined), or nest
 * deeper than `depthMax`, which is what {@link jsonToBytes} writes. Cost: O(bytes).
 */
export function bytesToJson(bytes: Uint8Array, depthMax = storedDepthMax): Json | undefined {
  const text = bytesToText(bytes);
  return text === undefined ? undefined : textToJson(text, depthMax);
}

/** The same of a text. Cost: O(text). */
export function textToJson(text: string, depthMax = storedDepthMax): Json | undefined {
  // A short text cannot nest deeply.
  if (text.length > depthMax && isDeeper(text, depthMax)) return undefined;
  try {
    const value = JSON.parse(text) as Json;
    // A number beyond all numbers (1e999) is read as Infinity, which no JSON can say again. A short
    // value is looked through at once, of a long one only the text that can hold such a number.
    const isSuspect = text.length <= shortText || hugeExponent.test(text);
    return isSuspect && !hasFiniteNumbers(value) ? undefined : value;
  } catch {
    return undefined;
  }
}

const shortText = 100;
/** Only such a text can hold a number that is too large. */
const hugeExponent = /[eE]\+?\d{3}|\d{300}/;

function hasFiniteNumbers(value: Json | undefined): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(hasFiniteNumbers);
  for (const key in value) if (!hasFiniteNumbers((value as JsonObject)[key])) return false;
  return true;
}

/** Exact for JSON; what is none is refused by the parser, whatever is said of it here. */
function isDeeper(text: string, depthMax: number): boolean {
  let depth = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at++) {
    const unit = text[at];
    if (isInString) {
      if (unit === '\\') at++;
      else if (unit === '"') isInString = false;
    } else if (unit === '"') isInString = true;
    else if (unit === '[' || unit === '{') depth++;
    else if (unit === ']' || unit === '}') depth--;
    if (depth > depthMax) return true;
  }
  return false;
}
