// The sets of a random application once more: lists of what was written, in commit order. A member is
// there while one of its writings is; a removal takes those that its author had seen.
import type { Json, OperationId } from '@causeway/core';
import type { Item, SetAct, TableSet } from './random-sets.ts';
import { actName, actsOn, itemLength, itemShifts, oddStart } from './random-sets.ts';
import { tableKeys } from './random-table.ts';
import { numberIn, textIn, textsIn } from './read-args.ts';
import type { Sums } from './sums.ts';
import { addTo } from './sums.ts';
import { toRecord } from './trust-view.ts';
import type { ModelCase, ModelDeficit, ModelOperation } from './workload.ts';

interface Writing<T> {
  readonly id: string;
  /** Undefined: it was there from the beginning. */
  readonly writtenBy: OperationId | undefined;
  readonly value: T;
}
export interface SetState {
  items: Writing<Item>[];
  /** Ids of items, in the order in which they were added. */
  readonly added: string[];
  targets: Writing<number>[];
  readonly bin: Map<string, number>;
  readonly aliases: Map<string, string>;
  readonly lost: Sums;
}

export function newSet({ rule }: TableSet): SetState {
  const targets = rule === 'references' ? tableKeys : [];
  return {
    ...{ items: [], added: [], bin: new Map(), aliases: new Map(), lost: new Map() },
    targets: targets.map((id) => ({ id, writtenBy: undefined, value: 0 })),
  };
}

/** The act on this set that an operation is, if it is one. */
export function actOf(set: TableSet, { name }: ModelOperation): SetAct | undefined {
  return actsOn(set).find((act) => actName(act, set) === name);
}

const keyOf = ({ args }: ModelOperation): string => textsIn(args, 'keys')[0] ?? '';
const amountOf = ({ args }: ModelOperation): number => numberIn(args, 'amount');

/** What is there, by id, each as it was written last. */
function standing<T>(writings: readonly Writing<T>[]): Map<string, T> {
  return new Map(writings.map(({ id, value }) => [id, value]));
}

type Held = Item & { readonly id: string };

/** Who stands under a key, in the order in which they were added. */
function under({ items, added }: SetState, key: string): readonly Held[] {
  const all = standing(items);
  return added.flatMap((id) => {
    const item = all.get(id);
    return item?.key === key ? [{ ...item, id }] : [];
  });
}

const meet = (a: Item, b: Item): boolean => Math.abs(a.start - b.start) < itemLength;

/** Why a guarded act is refused. */
export function setRefusal(
  set: TableSet,
  state: SetState,
  operation: ModelOperation,
): string | undefined {
  const act = actOf(set, operation);
  if (!set.isGuarded || !act) return undefined;
  return isAgainst(set, state, { act, operation }) ? 'against-the-rule' : undefined;
}

function isAgainst(
  set: TableSet,
  state: SetState,
  { act, operation }: { readonly act: SetAct; readonly operation: ModelOperation },
): boolean {
  const [key, start] = [keyOf(operation), amountOf(operation)];
  const held = under(state, key);
  if (act === 'remove') return held.length > 0;
  if (act !== 'add') return false;
  if (set.rule === 'references') return !standing(state.targets).has(key);
  if (set.rule === 'no-overlap') return held.some((one) => meet(one, { key, start, weight: 1 }));
  return held.length >= (set.rule === 'unique' ? 1 : set.most);
}

/** Does what an act does, where it is one on this set. */
export function applyToSet(set: TableSet, state: SetState, operation: ModelOperation): void {
  const act = actOf(set, operation);
  const { id } = operation;
  const [key, amount] = act ? [keyOf(operation), amountOf(operation)] : ['', 0];
  const isUnseen = ({ writtenBy }: Writing<unknown>): boolean =>
    writtenBy !== undefined && !operation.hasSeen(writtenBy);
  if (act === 'add') {
    state.items.push({ id, writtenBy: id, value: { key, start: amount, weight: 1 } });
    state.added.push(id);
  } else if (act === 'drop') {
    const dropped = textIn(operation.args, 'id');
    state.items = state.items.filter((one) => one.id !== dropped || isUnseen(one));
  } else if (act === 'renew') {
    state.targets.push({ id: key, writtenBy: id, value: amount });
  } else if (act === 'remove') {
    state.targets = state.targets.filter((one) => one.id !== key || isUnseen(one));
    if (amount > 1) state.bin.set(key, amount);
  }
}

/** How badly the rule fails, for every key where it does. */
export function setDeficits(set: TableSet, state: SetState): readonly ModelDeficit[] {
  const keys = new Set([...standing(state.items).values()].map(({ key }) => key));
  return [...keys]
    .map((key) => ({ invariant: set.name, key, deficit: deficitOf(set, state, key) }))
    .filter(({ deficit }) => deficit > 0);
}

function deficitOf({ rule, most }: TableSet, state: SetState, key: string): number {
  const held = under(state, key);
  switch (rule) {
    case 'unique':
      return held.length - 1;
    case 'capacity':
      return held.length - most;
    case 'references':
      return standing(state.targets).has(key) ? 0 : held.length;
    case 'no-overlap':
      return held.flatMap((one, index) => held.slice(0, index).filter((other) => meet(one, other)))
        .length;
  }
}

/** What no strategy decides: merging what is odd, restoring what nobody remembers. */
export function isSetForPeople({ mend }: TableSet, state: SetState, { key }: ModelCase): boolean {
  if (mend === 'merge') return under(state, key).some(({ start }) => start === oddStart);
  return mend === 'restore' && !state.bin.has(key);
}

/** What the strategy does to a key that is broken. */
export function mendSet(set: TableSet, state: SetState, { key, mending }: ModelCase): void {
  const held = under(state, key);
  const write = ({ id, ...value }: Held): void => {
    state.items.push({ id, writtenBy: mending, value });
  };
  const remove = (gone: readonly Held[]): void => {
    const ids = new Set(gone.map(({ id }) => id));
    state.items = state.items.filter(({ id }) => !ids.has(id));
  };
  const [first, ...others] = held;
  if (!first) return;
  switch (set.mend) {
    case 'merge':
      write({ ...first, weight: held.reduce((sum, { weight }) => sum + weight, 0) });
      remove(others);
      for (const { id } of others) state.aliases.set(id, first.id);
      return;
    case 'rename':
      for (const one of others) write({ ...one, key: freeName(state, key) });
      return;
    case 'first': {
      const lost = held.slice(set.rule === 'unique' ? 1 : set.most);
      remove(lost);
      addTo(state.lost, key, lost.length);
      return;
    }
    case 'last':
      remove(held.slice(0, -1));
      addTo(state.lost, key, held.length - 1);
      return;
    case 'cascade':
      remove(held);
      return;
    case 'restore':
      state.targets.push({ id: key, writtenBy: mending, value: state.bin.get(key) ?? 0 });
      return;
    case 'move':
      moveApart(state, held, { write, remove });
  }
}

function freeName({ items }: SetState, key: string): string {
  const taken = [...standing(items).values()].map((item) => item.key);
  let number = 2;
  while (taken.includes(`${key}~${number}`)) number++;
  return `${key}~${number}`;
}

function moveApart(
  state: SetState,
  held: readonly Held[],
  o: {
    readonly write: (item: Held) => void;
    readonly remove: (items: readonly Held[]) => void;
  },
): void {
  const kept: Held[] = [];
  const others: Held[] = [];
  for (const one of held) (kept.some((other) => meet(one, other)) ? others : kept).push(one);
  for (const one of others) {
    const places = itemShifts.map((shift) => ({ ...one, start: one.start + shift }));
    const place = places.find((moved) => !kept.some((other) => meet(moved, other)));
    if (place) {
      kept.push(place);
      o.write(place);
    } else {
      o.remove([one]);
      addTo(state.lost, one.key, 1);
    }
  }
}

/** As the view of the set is compared. */
export function setContent({ items, targets, bin, aliases, lost }: SetState): Json {
  const shown = [...standing(items)].map(([id, item]) => [id, { ...item }] as const);
  return {
    items: toRecord(shown),
    targets: toRecord(standing(targets)),
    bin: toRecord(bin),
    aliases: toRecord(aliases),
    lost: toRecord(lost),
  };
}
