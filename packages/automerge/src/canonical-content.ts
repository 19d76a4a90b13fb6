// What does a document contain, whatever its history? Plain JSON, with the marks of its texts.

import type { Doc, Prop } from '@automerge/automerge';
import { Counter, ImmutableString, marks } from '@automerge/automerge';
import type { Json } from '@causeway/core';

/** The canonical content of the roots of a document. Cost: O(document). */
export function contentOfDocument(doc: Doc<object>): readonly (readonly [string, Json])[] {
  return Object.entries(doc).map(([root, value]) => [root, toJson(doc, [root], value)]);
}

function toJson(doc: Doc<object>, path: Prop[], value: unknown): Json {
  if (typeof value === 'string') return textToJson(doc, path, value);
  if (value === null || typeof value === 'boolean' || typeof value === 'number') {
    return Number.isNaN(value) ? { number: 'NaN' } : value;
  }
  if (value instanceof ImmutableString) return { immutable: value.val };
  if (value instanceof Counter) return { counter: value.value };
  if (value instanceof Date) return { date: value.getTime() };
  if (value instanceof Uint8Array) return { bytes: [...value] };
  if (Array.isArray(value)) return value.map((item, at) => toJson(doc, [...path, at], item));
  if (typeof value === 'object') {
    const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(
      members.map(([key, member]) => [key, toJson(doc, [...path, key], member)]),
    );
  }
  return { [typeof value]: String(value) };
}

function textToJson(doc: Doc<object>, path: Prop[], text: string): Json {
  const found = marks(doc, path)
    .map(({ start, end, name, value }) => [start, end, name, String(value)] as const)
    .sort((a, b) => a[0] - b[0] || a[1] - b[1] || (a[2] < b[2] ? -1 : 1));
  return found.length === 0 ? text : { text, marks: found };
}
