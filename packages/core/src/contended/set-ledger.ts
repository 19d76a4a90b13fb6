// An add-wins set of write-once tags: `['+', key, value]` adds one, `['-', tags]` removes those that
// its author had seen, and no others. The value of a key is its latest tag in commit order.
import type { AddWinsSet } from '../app/contended.ts';
import type { Json } from '../bytes/canonical-json.ts';
import type { Entry, OrderedEntries } from './entry.ts';
import { byCommitThenId, insertEntry, isVoid, removeEntry } from './entry.ts';
import type { RootAccess, RootLedger, RootParts } from './root-ledger.ts';
import { recordOf, trustJson } from './root-ledger.ts';

type Tag = readonly ['+', string, Json];
type Removal = readonly ['-', readonly string[]];

/** Owned by one root; only its ledger writes it. */
interface SetState {
  readonly live: OrderedEntries;
  readonly tagsById: Map<string, Entry>;
  /** How many removals name a tag: they may come before it, and may be voided again. */
  readonly removalsById: Map<string, number>;
}

/** The set of one root and its ledger. */
export function createSet<T>(access: RootAccess): RootParts<AddWinsSet<T>> {
  const state: SetState = { live: new Map(), tagsById: new Map(), removalsById: new Map() };
  return { ledger: setLedger(state, access), writer: setWriter<T>(state.live, access) };
}

function setLedger(state: SetState, access: RootAccess): RootLedger {
  const { live, tagsById, removalsById } = state;
  const move = (tag: Entry, change: typeof insertEntry): void => {
    const key = keyOf(tag);
    change(live, key, tag, byCommitThenId);
    access.noteTouch(key);
  };
  const remove = (id: string, change: 1 | -1): void => {
    const count = (removalsById.get(id) ?? 0) + change;
    if (count === 0) removalsById.delete(id);
    else removalsById.set(id, count);
    const tag = tagsById.get(id);
    if (tag && change === 1 && count === 1) move(tag, removeEntry);
    if (tag && change === -1 && count === 0) move(tag, insertEntry);
  };
  return {
    kind: 'add-wins-set',
    isOrdered: true,
    isEntry: (value) => isTag(value) || isRemoval(value),
    count(entry) {
      if (isVoid(entry)) return;
      if (isRemoval(entry.value)) {
        for (const id of new Set(entry.value[1])) remove(id, 1);
        return;
      }
      tagsById.set(entry.id, entry);
      if (!removalsById.has(entry.id)) move(entry, insertEntry);
    },
    discount(entry) {
      if (isVoid(entry)) return;
      if (isRemoval(entry.value)) {
        for (const id of new Set(entry.value[1])) remove(id, -1);
        return;
      }
      tagsById.delete(entry.id);
      if (!removalsById.has(entry.id)) move(entry, removeEntry);
    },
    content: () => recordOf([...live].map(([key, tags]) => [key, latestOf(tags) ?? null])),
  };
}

function setWriter<T>(
  live: OrderedEntries,
  access: RootAccess,
): RootParts<AddWinsSet<T>>['writer'] {
  return {
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
