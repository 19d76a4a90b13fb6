// An add-wins set of write-once tags: `['+', key, value]` adds one, `['-', tags]` removes those that
// its author had seen, and no others. The value of a key is its latest tag in commit order.
import type { AddWinsSet } from '../app/contended.ts';
import type { Json } from '../bytes/canonical-json.ts';
import type { Entry, OrderedEntries } from './entry.ts';
import { byCommitThenId, insertEntry, isVoid, removeEntry } from './entry.ts';
import type { RootAccess, RootParts } from './root-ledger.ts';
import { recordOf, trustJson } from './root-ledger.ts';

type Tag = readonly ['+', string, Json];
type Removal = readonly ['-', readonly string[]];

/** The set of one root and its ledger. */
export function createSet<T>(access: RootAccess): RootParts<AddWinsSet<T>> {
  const live: OrderedEntries = new Map();
  const tagsById = new Map<string, Entry>();
  /** How many removals name a tag: they may come before it, and may be voided again. */
  const removalsById = new Map<string, number>();
  const show = (tag: Entry): void => {
    const key = keyOf(tag);
    insertEntry(live, key, tag, byCommitThenId);
    access.noteTouch(key);
  };
  const hide = (tag: Entry): void => {
    const key = keyOf(tag);
    removeEntry(live, key, tag, byCommitThenId);
    access.noteTouch(key);
  };
  const remove = (id: string, change: 1 | -1): void => {
    const count = (removalsById.get(id) ?? 0) + change;
    if (count === 0) removalsById.delete(id);
    else removalsById.set(id, count);
    const tag = tagsById.get(id);
    if (!tag) return;
    if (change === 1 && count === 1) hide(tag);
    if (change === -1 && count === 0) show(tag);
  };
  return {
    ledger: {
      kind: 'add-wins-set',
      isOrdered: true,
      isEntry: (value) => isTag(value) || isRemoval(value),
      count(entry) {
        if (isVoid(entry)) return;
        if (isRemoval(entry.value)) for (const id of new Set(entry.value[1])) remove(id, 1);
        else {
          tagsById.set(entry.id, entry);
          if (!removalsById.has(entry.id)) show(entry);
        }
      },
      discount(entry) {
        if (isVoid(entry)) return;
        if (isRemoval(entry.value)) for (const id of new Set(entry.value[1])) remove(id, -1);
        else {
          tagsById.delete(entry.id);
          if (!removalsById.has(entry.id)) hide(entry);
        }
      },
      content: () => recordOf([...live].map(([key, tags]) => [key, latestOf(tags) ?? null])),
    },
    writer: {
      keys() {
        access.noteRead(undefined);
        return live.keys();
      },
      get(key) {
        access.noteRead(key);
        return trustJson<T | undefined>(latestOf(live.get(key)));
      },
      has(key) {
        access.noteRead(key);
        return live.has(key);
      },
      put: (key, value) => access.write(['+', key, value]),
      delete(key) {
        access.requireRun();
        const seen = (live.get(key) ?? []).map((tag) => tag.id);
        if (seen.length > 0) access.write(['-', seen.sort()]);
      },
    },
  };
}

function latestOf(tags: readonly Entry[] | undefined): Json | undefined {
  const value = tags?.at(-1)?.value;
  return value !== undefined && isTag(value) ? value[2] : undefined;
}

function keyOf(tag: Entry): string {
  return isTag(tag.value) ? tag.value[1] : '';
}

function isTag(value: Json): value is Tag {
  return (
    Array.isArray(value) && value.length === 3 && value[0] === '+' && typeof value[1] === 'string'
  );
}

function isRemoval(value: Json): value is Removal {
  if (!Array.isArray(value) || value.length !== 2 || value[0] !== '-') return false;
  return Array.isArray(value[1]) && value[1].every((id) => typeof id === 'string');
}
