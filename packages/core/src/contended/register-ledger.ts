// A register that keeps what was written concurrently until somebody resolves it: `[key, value, seen]`
// covers the entries that its author saw, and no others (DeCandia et al., Dynamo, SOSP 2007, §4.4; Shapiro
// et al., INRIA RR-7506, 2011, the multi-value register).
import type { Register } from '../app/contended.ts';
import type { Json } from '../bytes/canonical-json.ts';
import { canonicalJson } from '../bytes/canonical-json.ts';
import type { Entry } from './entry.ts';
import { byCommitThenId, isVoid } from './entry.ts';
import type { RootAccess, RootLedger, RootParts } from './root-ledger.ts';
import { recordOf, trustJson } from './root-ledger.ts';

type Setting = readonly [key: string, value: Json, seen: readonly string[]];

/** Everything that was ever written to one key. Other keys' entries mean nothing in it. */
interface Book {
  readonly standing: Map<string, Entry>;
  readonly voids: Map<string, Entry>;
  /** How many standing entries name an id: they may come before it, and may be voided again. */
  readonly coversById: Map<string, number>;
  /** What is covered through void entries alone. */
  passed: ReadonlySet<string>;
  /** Not covered, in commit order. */
  live: readonly Entry[];
  /** Of the live ones, each once: two people who wrote the same agree. */
  values: readonly Json[];
}

/** The register of one root and its ledger. */
export function createRegister<T>(access: RootAccess): RootParts<Register<T>> {
  const booksByKey = new Map<string, Book>();
  return {
    ledger: registerLedger(booksByKey, access),
    writer: registerWriter<T>(booksByKey, access),
  };
}

type Books = Map<string, Book>;

function registerLedger(booksByKey: Books, access: RootAccess): RootLedger {
  const shift = (entry: Entry, change: typeof admit): void => {
    const { key, seen } = readSetting(entry);
    const book = booksByKey.get(key) ?? emptyBook();
    booksByKey.set(key, book);
    const before = book.passed;
    change(book, entry);
    book.passed = coveredThroughVoids(book);
    relist(book, [entry.id, ...seen, ...before]);
    if (book.standing.size === 0 && book.voids.size === 0) booksByKey.delete(key);
    access.noteTouch(key);
  };
  return {
    kind: 'register',
    isOrdered: true,
    isEntry: isSetting,
    count: (entry) => shift(entry, admit),
    discount: (entry) => shift(entry, dismiss),
    hasConflict: (key) => (booksByKey.get(key)?.values ?? []).length > 1,
    content: () =>
      recordOf(
        [...booksByKey].flatMap(([key, { values }]) =>
          values.length > 0 ? [[key, values] as const] : [],
        ),
      ),
  };
}

function registerWriter<T>(
  booksByKey: Books,
  access: RootAccess,
): RootParts<Register<T>>['writer'] {
  return {
    keys() {
      access.noteRead(undefined);
      return [...booksByKey].filter(([, { live }]) => live.length > 0).map(([key]) => key);
    },
    get(key) {
      access.noteRead(key);
      return trustJson<T | undefined>(booksByKey.get(key)?.values[0]);
    },
    conflicts(key) {
      access.noteRead(key);
      const values = booksByKey.get(key)?.values ?? [];
      return values.length > 1 ? values.map((value) => trustJson<T>(value)) : [];
    },
    set(key, value) {
      access.requireRun();
      const seen = (booksByKey.get(key)?.live ?? []).map(({ id }) => id);
      access.write([key, value, seen.sort()]);
    },
  };
}

function admit(book: Book, entry: Entry): void {
  const list = isVoid(entry) ? book.voids : book.standing;
  list.set(entry.id, entry);
  if (list === book.standing) cover(book, entry, 1);
}

function dismiss(book: Book, entry: Entry): void {
  const list = isVoid(entry) ? book.voids : book.standing;
  list.delete(entry.id);
  if (list === book.standing) cover(book, entry, -1);
}

function cover(book: Book, entry: Entry, by: 1 | -1): void {
  for (const id of readSetting(entry).seen) {
    const count = (book.coversById.get(id) ?? 0) + by;
    if (count === 0) book.coversById.delete(id);
    else book.coversById.set(id, count);
  }
}

/**
 * A void entry covers nothing by itself. But whoever covered it before it was voided had what it names
 * in the past, too, and replaced that: it must not come back beside the newer value. A search and no
 * count, because a forger's entries may name each other. Cost: O(void entries of the key and what they
 * name).
 */
function coveredThroughVoids({ voids, coversById }: Book): ReadonlySet<string> {
  const passed = new Set<string>();
  const found = [...voids.values()].filter(({ id }) => coversById.has(id));
  for (const entry of found) {
    for (const id of readSetting(entry).seen) {
      if (passed.has(id)) continue;
      passed.add(id);
      const next = voids.get(id);
      if (next) found.push(next); // The loop comes to it.
    }
  }
  return passed;
}

/** Lists what is live, given whose standing may have changed. Cost: O(live log live + changed). */
function relist(book: Book, changed: readonly string[]): void {
  const { standing, coversById, passed } = book;
  const candidates = new Set(book.live);
  for (const id of changed) {
    const entry = standing.get(id);
    if (entry) candidates.add(entry);
  }
  book.live = [...candidates]
    .filter((entry) => standing.get(entry.id) === entry)
    .filter(({ id }) => !coversById.has(id) && !passed.has(id))
    .sort(byCommitThenId);
  book.values = distinctValues(book.live);
}

function emptyBook(): Book {
  return {
    standing: new Map(),
    voids: new Map(),
    coversById: new Map(),
    passed: new Set(),
    live: [],
    values: [],
  };
}

function distinctValues(entries: readonly Entry[]): readonly Json[] {
  const valuesByText = new Map<string, Json>();
  for (const entry of entries) {
    const { value } = readSetting(entry);
    const text = canonicalJson(value);
    if (!valuesByText.has(text)) valuesByText.set(text, value);
  }
  return [...valuesByText.values()];
}

interface ReadSetting {
  readonly key: string;
  readonly value: Json;
  readonly seen: ReadonlySet<string>;
}

function readSetting({ value: entry }: Entry): ReadSetting {
  const [key, value, seen] = isSetting(entry) ? entry : (['', null, []] as const);
  return { key, value, seen: new Set(seen) };
}

function isSetting(value: Json): value is Setting {
  if (!Array.isArray(value) || value.length !== 3 || typeof value[0] !== 'string') return false;
  return Array.isArray(value[2]) && value[2].every((id) => typeof id === 'string');
}
