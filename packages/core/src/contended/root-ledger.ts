// What a contended type's ledger is to the ledger of all entries, and what it may ask of it.
import type { Bounds } from '../app/contended.ts';
import type { Verdict } from '../app/document-type.ts';
import type { Json } from '../bytes/canonical-json.ts';
import type { Entry } from './entry.ts';

/** Materialised values of one root. Counting and discounting one entry are each other's inverse. */
export interface RootLedger {
  readonly kind: 'counter' | 'bounded-counter' | 'add-wins-set' | 'claims' | 'register';
  /** Whether commit order can change a value: sums do not depend on it. */
  readonly isOrdered: boolean;
  /** Whether a value from outside is a well-formed entry of this type. */
  isEntry(value: Json): boolean;
  count(entry: Entry): void;
  discount(entry: Entry): void;
  /** Canonical: equal whenever entries, positions and verdicts are equal. Cost: O(keys log keys). */
  content(): Json;
  /** Of a register only: whether a key holds several values that nobody resolved. */
  hasConflict?(key: string): boolean;
  /** Of a bounded counter only. */
  readonly bounded?: BoundedRoot;
}

/** What the engine knows of a bounded counter, and what it tells it. */
export interface BoundedRoot {
  readonly bounds: Bounds;
  valueOf(key: string): number;
  setRights(key: string, amount: number): void;
}

/** What a root's ledger may do to the ledger of all entries. */
export interface RootAccess {
  noteRead(key: string | undefined): void;
  noteTouch(key: string): void;
  /** Throws Bug `write-in-read` while `read` evaluates, `write-outside-run` outside `run`. */
  requireRun(): void;
  /** Adds an entry of the running operation, under the same rule. */
  write(value: unknown): void;
  decide(entry: Entry, verdict: Verdict['verdict'], slot?: string): void;
}

/** A contended type without the symbol under which it names its reader: that one is a type only. */
export type WithoutView<T> = { readonly [K in keyof T as Extract<K, string>]: T[K] };

/** One root: its materialised values, and what operations write and everybody reads. */
export interface RootParts<T> {
  readonly ledger: RootLedger;
  readonly writer: WithoutView<T>;
}

/** JSON from an entry as the application's type, which its own schemas promise. */
export function trustJson<T>(value: Json | undefined): T {
  return value as T;
}

/** Values by key as canonical JSON: own properties only, so `__proto__` is a key like others. */
export function recordOf(values: Iterable<readonly [string, Json]>): Json {
  return Object.fromEntries([...values].sort(([a], [b]) => (a < b ? -1 : 1)));
}
