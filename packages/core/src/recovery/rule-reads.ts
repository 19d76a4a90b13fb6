// Which rules look at what? Noted at each look of the audit, so that whom else a compensation concerns
// can be told from what it writes, without asking every key that there ever was.
import type { Touch } from '../app/document-type.ts';
import { compareText } from '../contended/entry.ts';

/** A rule that reads more than this is taken to read all of their roots. */
const keysReadMax = 64;

export interface RuleRead {
  readonly rule: readonly [invariant: string, key: string];
  /** Keys of roots, or whole roots. */
  readonly places: readonly Touch[];
}

/** There are as many as keys, and mostly one reader of a place: they are kept small. */
export interface RuleReads {
  /** By invariant and key: what its last evaluation read. */
  readonly byRule: Map<string, Map<string, RuleRead>>;
  /** The same, the other way round: by root and key (none: the whole root), who reads it. */
  readonly readersByPlace: Map<string, Map<string | undefined, RuleRead | Set<RuleRead>>>;
}

export function nothingRead(): RuleReads {
  return { byRule: new Map(), readersByPlace: new Map() };
}

/** Replaces what was known of this key. Cost: O(what it read). */
export function noteReads(
  reads: RuleReads,
  rule: RuleRead['rule'],
  touched: readonly Touch[],
): void {
  const [invariant, key] = rule;
  const places = touched.length <= keysReadMax ? touched : rootsOf(touched);
  const known = reads.byRule.get(invariant)?.get(key);
  if (known && isSame(known.places, places)) return;
  if (known) for (const place of known.places) forgetReader(reads, place, known);
  enterRead(reads, { rule, places });
}

/** Of a key of which nothing is known. */
export function enterRead({ byRule, readersByPlace }: RuleReads, read: RuleRead): void {
  const [invariant, key] = read.rule;
  within(byRule, invariant).set(key, read);
  for (const { root, key: place } of read.places) {
    const readers = within(readersByPlace, root);
    const known = readers.get(place);
    if (known instanceof Set) known.add(read);
    else readers.set(place, known ? new Set([known, read]) : read);
  }
}

/**
 * Who read exactly this the last time, by name; without a key: who read the whole root. The order does not
 * depend on how it came to be known. Cost: O(n log n) of these.
 */
export function readersOf(
  { readersByPlace }: RuleReads,
  { root, key }: Touch,
): readonly RuleRead['rule'][] {
  const known = readersByPlace.get(root)?.get(key);
  if (!known) return [];
  const readers = known instanceof Set ? [...known] : [known];
  return readers.map(({ rule }) => rule).sort(byName);
}

/** Every key's, in the order of their names. */
export function allReads({ byRule }: RuleReads): readonly RuleRead[] {
  const all = [...byRule.values()].flatMap((byKey) => [...byKey.values()]);
  return all.sort((a, b) => byName(a.rule, b.rule));
}

function forgetReader({ readersByPlace }: RuleReads, { root, key }: Touch, read: RuleRead): void {
  const readers = readersByPlace.get(root);
  const known = readers?.get(key);
  if (known instanceof Set) known.delete(read);
  if (known === read || (known instanceof Set && known.size === 0)) readers?.delete(key);
}

function within<K, V>(map: Map<string, Map<K, V>>, name: string): Map<K, V> {
  const known = map.get(name);
  if (known) return known;
  const fresh = new Map<K, V>();
  map.set(name, fresh);
  return fresh;
}

function rootsOf(touched: readonly Touch[]): readonly Touch[] {
  return [...new Set(touched.map(({ root }) => root))].map((root) => ({ root, key: undefined }));
}

function byName([a, one]: RuleRead['rule'], [b, other]: RuleRead['rule']): number {
  return compareText(a, b) || compareText(one, other);
}

function isSame(a: readonly Touch[], b: readonly Touch[]): boolean {
  return a.length === b.length && a.every((one, at) => isSamePlace(one, b[at]));
}

function isSamePlace(a: Touch, b: Touch | undefined): boolean {
  return a.root === b?.root && a.key === b.key;
}
