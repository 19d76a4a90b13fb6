// An application drawn from a seed, as a table: what operations add to which counters, which sums are
// bounded, and what is allowed meanwhile. Application and model are both made from it, apart.
import { Random } from '../random.ts';
import type { TableSet } from './random-sets.ts';
import { drawSets } from './random-sets.ts';

export const tableKeys = ['a', 'b', '__proto__'] as const;
export const amountMax = 4;

/** Adds `factor` times the amount to the counter, at the operation's first or second key. */
export interface TableWrite {
  readonly counter: string;
  readonly factor: number;
  readonly at: 0 | 1;
}

export interface TableOperation {
  readonly name: string;
  readonly keyCount: 1 | 2;
  readonly writes: readonly TableWrite[];
  /** `requires`: the counter at the first key is at least this many amounts. */
  readonly needs: { readonly counter: string; readonly least: number } | undefined;
  readonly effect: 'device' | 'primary' | undefined;
  readonly whenStale: 'void' | 'keep' | undefined;
  readonly withinMs: number | undefined;
}

export interface TableCompensation {
  readonly on: 'commit' | 'final';
  readonly whenHealed: 'amend' | 'forgive';
  readonly settleMs: number;
  /** A notice is counted; a fee goes to a counter of the sum, and against it again. */
  readonly amend: 'notice' | 'fee' | undefined;
}

/** The counters named, and what mended them, add up to no more or no less than the bound. */
export interface TableInvariant {
  readonly name: string;
  readonly counters: readonly string[];
  readonly side: 'least' | 'most';
  readonly bound: number;
  readonly mends: string;
  /** Whether it names its keys by what is written, or takes the operation's subjects. */
  readonly isPrecise: boolean;
  readonly compensation: TableCompensation | undefined;
}

export interface TableCell {
  readonly kind: 'safe' | 'risk' | 'limit' | 'prohibit';
  readonly max: number;
  readonly hasCredits: boolean;
}

export interface RandomTable {
  readonly counters: readonly string[];
  readonly operations: readonly TableOperation[];
  readonly invariants: readonly TableInvariant[];
  /** Rules that are no sums. They have operations of their own, which nothing else forbids. */
  readonly sets: readonly TableSet[];
  /** By operation, then by invariant. */
  readonly cells: { readonly [operation: string]: { readonly [invariant: string]: TableCell } };
}

/** The same table for the same seed. */
export function drawTable(seed: number): RandomTable {
  const random = new Random(seed, 'random-app');
  const counters = many(random, 3, (index) => `c${index}`);
  const operations = many(random, 4, (index) => drawOperation(random, `op${index}`, counters));
  const rules = many(random, 3, (index) => drawInvariant(random, `rule${index}`, counters));
  const isCareful = new Random(seed, 'random-harm').chance(0.5); // The rest is what it was without.
  const invariants = isCareful ? rules.map((rule) => withoutHarm(rule, rules)) : rules;
  const cells = operations.map((operation) => {
    const row = invariants.map((rule) => [rule.name, drawCell(random, rule)] as const);
    return [operation.name, Object.fromEntries(row)] as const;
  });
  const sets = drawSets(seed); // From a stream of its own: the rest is what it was without.
  return { counters, operations, invariants, sets, cells: Object.fromEntries(cells) };
}

function many<T>(random: Random, most: number, draw: (index: number) => T): readonly T[] {
  return Array.from({ length: random.between(1, most) }, (_, index) => draw(index));
}

function maybe<const T>(random: Random, list: readonly T[]): T | undefined {
  return random.chance(0.5) ? random.pick(list) : undefined;
}

function drawOperation(random: Random, name: string, counters: readonly string[]): TableOperation {
  const keyCount = random.pick([1, 1, 2] as const);
  const writes = many(random, 2, (): TableWrite => {
    const at = keyCount === 2 && random.chance(0.5) ? 1 : 0;
    return { counter: random.pick(counters), factor: random.pick([-2, -1, -1, 1]), at };
  });
  const isGuarded = random.chance(0.6);
  return {
    name,
    keyCount,
    writes,
    needs: isGuarded
      ? { counter: random.pick(counters), least: random.pick([-1, 0, 1]) }
      : undefined,
    effect: maybe(random, ['device', 'primary']),
    whenStale: maybe(random, ['void', 'keep']),
    withinMs: maybe(random, [300, 2_000]),
  };
}

function drawInvariant(random: Random, name: string, counters: readonly string[]): TableInvariant {
  const side = random.pick(['least', 'least', 'most'] as const);
  const distance = random.between(0, 5);
  return {
    name,
    counters: random.chance(0.7) ? [random.pick(counters)] : counters,
    side,
    bound: side === 'least' ? -distance : distance,
    mends: `mends-${name}`,
    isPrecise: random.chance(0.5),
    compensation: random.chance(0.85) ? drawCompensation(random) : undefined,
  };
}

/** A careful author takes a fee where no other rule looks; else it may be the fee that breaks one. */
function withoutHarm(rule: TableInvariant, all: readonly TableInvariant[]): TableInvariant {
  const [first] = rule.counters;
  const isWatched = all.some(
    (other) => other !== rule && other.counters.some((counter) => counter === first),
  );
  if (rule.compensation?.amend !== 'fee' || !isWatched) return rule;
  return { ...rule, compensation: { ...rule.compensation, amend: 'notice' } };
}

function drawCompensation(random: Random): TableCompensation {
  return {
    on: random.pick(['final', 'final', 'commit']),
    whenHealed: random.pick(['forgive', 'amend']),
    settleMs: random.pick([0, 200, 1_000, 3_000]),
    amend: maybe(random, ['notice', 'fee']),
  };
}

function drawCell(random: Random, rule: TableInvariant): TableCell {
  const kinds = rule.compensation
    ? (['safe', 'risk', 'risk', 'limit', 'limit', 'prohibit'] as const)
    : (['safe', 'safe', 'prohibit'] as const);
  return {
    kind: random.pick(kinds),
    max: random.between(2, 10),
    hasCredits: random.chance(0.4),
  };
}
