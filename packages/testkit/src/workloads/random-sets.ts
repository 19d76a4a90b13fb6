// Sets with a ready-made rule and a ready-made strategy, drawn from a seed: the part of a random
// application that is no sums. Application and model are both made from it, apart.
import { Random } from '../random.ts';

/** What an item is: it stands under a key from `start` on, for {@link itemLength}. */
export interface Item {
  readonly key: string;
  readonly start: number;
  /** How many were merged into it. */
  readonly weight: number;
}
export const itemLength = 2;
/** Where it would go instead. */
export const itemShifts = [10, 20] as const;
/** Items that start here are merged with nobody. */
export const oddStart = 3;

export type SetStrategy =
  | { readonly rule: 'unique'; readonly mend: 'merge' | 'rename' | 'first' | 'last' }
  | { readonly rule: 'capacity'; readonly mend: 'first' }
  | { readonly rule: 'references'; readonly mend: 'cascade' | 'restore' }
  | { readonly rule: 'no-overlap'; readonly mend: 'move' };

export type TableSet = SetStrategy & {
  readonly name: string;
  /** How many items a key may have, where it is a matter of numbers. */
  readonly most: number;
  /** Whether an act is refused that would break the rule here. */
  readonly isGuarded: boolean;
  readonly whenStale: 'void' | 'keep';
  /** Whether the rule names its keys by what is written, or takes every operation's subjects. */
  readonly isPrecise: boolean;
  readonly on: 'commit' | 'final';
  readonly settleMs: number;
};

const strategies: readonly SetStrategy[] = [
  { rule: 'unique', mend: 'merge' },
  { rule: 'unique', mend: 'rename' },
  { rule: 'unique', mend: 'first' },
  { rule: 'unique', mend: 'last' },
  { rule: 'capacity', mend: 'first' },
  { rule: 'references', mend: 'cascade' },
  { rule: 'references', mend: 'restore' },
  { rule: 'no-overlap', mend: 'move' },
];

/** What may be done to a set. `remove` and `renew` are about what its items refer to. */
export const setActs = ['add', 'drop', 'remove', 'renew'] as const;
export type SetAct = (typeof setActs)[number];

/** The name of an act on a set, as an operation. */
export function actName(act: SetAct, { name }: TableSet): string {
  return `${act}-${name}`;
}

/** The acts on a set. Only references have something that can be missing. */
export function actsOn({ rule }: TableSet): readonly SetAct[] {
  return rule === 'references' ? setActs : ['add', 'drop'];
}

/** The same sets for the same seed; every other seed has none. */
export function drawSets(seed: number): readonly TableSet[] {
  const random = new Random(seed, 'random-sets');
  const count = random.pick([0, 0, 1, 2]);
  return Array.from({ length: count }, (_, index) => ({
    ...random.pick(strategies),
    name: `set${index}`,
    most: random.pick([1, 2, 3]),
    isGuarded: random.chance(0.5),
    whenStale: random.pick(['void', 'keep', 'keep'] as const),
    isPrecise: random.chance(0.5),
    on: random.pick(['final', 'final', 'commit'] as const),
    settleMs: random.pick([0, 200, 1_000, 3_000]),
  }));
}
