// What does a root contain, whatever its history and whether or not its type is known here? Read
// from the items, since an untyped root has no reader, and toJSON forgets the format of nested text.
import type { Json } from '@causeway/core';
import { canonicalJson } from '@causeway/core';
import * as Y from 'yjs';
import type { AnyType } from './root-names.ts';

/** Text and values in sequence with their format, as `toDelta` says it, runs joined. */
interface Run {
  readonly insert: Json;
  readonly attributes?: Json;
}

/** The canonical content of a type; null when there is none. Cost: O(items), deleted ones too. */
export function contentOfType(type: AnyType): Json {
  const keys = [...type._map]
    .filter(([, item]) => !item.deleted)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const members = keys.map(([key, item]) => [key, itemContents(item).at(-1) ?? null] as const);
  const runs = contentOfSequence(type);
  if (members.length === 0 && runs.length === 0) return null;
  return {
    ...(members.length > 0 && { map: Object.fromEntries(members) }),
    ...(runs.length > 0 && {
      sequence: runs.map(({ insert, attributes }) => ({ insert, attributes })),
    }),
  };
}

function contentOfSequence(type: AnyType): readonly Run[] {
  const runs: Run[] = [];
  const format = new Map<string, Json>();
  for (let item = type._start; item; item = item.right) {
    if (item.deleted) continue;
    if (item.content instanceof Y.ContentFormat) {
      const { key, value } = item.content;
      if (value === null) format.delete(key);
      else format.set(key, leafToJson(value));
      continue;
    }
    for (const insert of itemContents(item)) append(runs, insert, format);
  }
  return runs;
}

function append(runs: Run[], insert: Json, format: ReadonlyMap<string, Json>): void {
  const attributes = format.size > 0 ? Object.fromEntries([...format].sort()) : undefined;
  const last = runs.at(-1);
  const isText = typeof insert === 'string' && typeof last?.insert === 'string';
  const isSameFormat =
    canonicalJson(last?.attributes ?? null) === canonicalJson(attributes ?? null);
  const run = { insert, ...(attributes && { attributes }) };
  if (isText && isSameFormat) runs[runs.length - 1] = { ...run, insert: `${last.insert}${insert}` };
  else runs.push(run);
}

/** Text as strings; other values in an array of one, so that `"a"` in a list is not text `a`. */
function itemContents(item: Y.Item): readonly Json[] {
  const { content } = item;
  if (content instanceof Y.ContentString) return [content.str];
  if (content instanceof Y.ContentType) return [contentOfNested(content.type)];
  if (content instanceof Y.ContentDoc) return [{ subdocument: content.doc.guid }];
  if (content instanceof Y.ContentEmbed) return [{ embed: leafToJson(content.embed) }];
  const values: readonly unknown[] = content.getContent();
  return values.map((value) => [leafToJson(value)]);
}

function contentOfNested(type: AnyType): Json {
  const kind = nestedKinds.find(([Type]) => type instanceof Type)?.[1] ?? 'unknown';
  const name = type instanceof Y.XmlElement ? type.nodeName : undefined;
  return { kind, name, content: contentOfType(type) };
}

// Subclasses before what they extend.
const nestedKinds = [
  [Y.XmlElement, 'xml-element'],
  [Y.XmlText, 'xml-text'],
  [Y.XmlHook, 'xml-hook'],
  [Y.XmlFragment, 'xml-fragment'],
  [Y.Text, 'text'],
  [Y.Array, 'array'],
  [Y.Map, 'map'],
] as const;

/** Yjs can hold what JSON cannot: bytes, big integers, undefined, numbers that are none. */
function leafToJson(value: unknown): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (value instanceof Uint8Array) return { bytes: [...value] };
  if (Array.isArray(value)) return value.map(leafToJson);
  if (typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [key, leafToJson(member)]),
    );
  }
  return { [typeof value]: String(value) };
}
