// The sets of a random application, as an application declares them: with the core's own rules and
// strategies, which the model knows nothing of.
import type {
  AddWinsSet,
  Claims,
  Counter,
  Json,
  OpContext,
  Restore,
  RestoreOrAsk,
  SetView,
} from '@causeway/core';
import {
  capacity,
  cascade,
  firstCommittedWins,
  lastWriterWins,
  membersOf,
  mergeDuplicates,
  moveOverlapping,
  noOverlap,
  references,
  renameDuplicates,
  restoreReferenced,
  unique,
} from '@causeway/core';
import { addWinsSet, claims, counter } from '@causeway/yjs';
import type { Random } from '../random.ts';
import type { Item, SetAct, TableSet } from './random-sets.ts';
import { actName, actsOn, itemLength, itemShifts, oddStart } from './random-sets.ts';
import { amountMax, tableKeys } from './random-table.ts';
import { sumsOf, toRecord, trustView } from './trust-view.ts';
import type { Act } from './workload.ts';

interface SetRoots {
  readonly items: AddWinsSet<Item>;
  readonly index: Claims<string>;
  /** What items refer to, by key, and what that was. */
  readonly targets: AddWinsSet<number>;
  readonly bin: AddWinsSet<number>;
  readonly aliases: AddWinsSet<string>;
  readonly lost: Counter;
}
interface SetArgs {
  readonly keys: readonly string[];
  readonly amount: number;
  readonly id?: string | undefined;
}
type YDoc = Parameters<typeof counter>[0];
type AnyRoots = { readonly [root: string]: never };

/** The roots of a set, under names of their own. */
export function declareSet(doc: YDoc, { name }: TableSet): AnyRoots {
  return trustView<AnyRoots>({
    [`${name}-items`]: addWinsSet<Item>(doc, `${name}-items`),
    [`${name}-index`]: claims<string>(doc, `${name}-index`),
    [`${name}-targets`]: addWinsSet<number>(doc, `${name}-targets`),
    [`${name}-bin`]: addWinsSet<number>(doc, `${name}-bin`),
    [`${name}-aliases`]: addWinsSet<string>(doc, `${name}-aliases`),
    [`${name}-lost`]: counter(doc, `${name}-lost`),
  });
}

/** The same again, of a document or of its view. */
export function setRoots(doc: unknown, { name }: TableSet): SetRoots {
  const roots = trustView<AnyRoots>(doc);
  const at = (root: string) => roots[`${name}-${root}`];
  return trustView<SetRoots>({
    items: at('items'),
    index: at('index'),
    targets: at('targets'),
    bin: at('bin'),
    aliases: at('aliases'),
    lost: at('lost'),
  });
}

/** Everything that items may refer to is there at the beginning. */
export function fillSet(doc: unknown, set: TableSet): void {
  if (set.rule !== 'references') return;
  for (const key of tableKeys) setRoots(doc, set).targets.put(key, 0);
}

/** What a view shows of a set, in the form of the model's. */
export function shownSet(view: unknown, set: TableSet): Json {
  const { items, targets, bin, aliases, lost } = setRoots(view, set);
  const listed = (of: SetView<unknown>): Json =>
    toRecord([...of.keys()].map((id) => [id, trustView<Json>(of.get(id))] as const));
  return {
    ...{ items: listed(items), targets: listed(targets), bin: listed(bin) },
    ...{ aliases: listed(aliases), lost: sumsOf(lost) },
  };
}

/** What a person who sees this does to the set next. */
export function drawSetAct(random: Random, view: unknown, set: TableSet): Act {
  const { items } = setRoots(view, set);
  const act = random.pick([...actsOn(set), 'add', 'add'] as const);
  const amount = random.between(1, amountMax);
  const ids = [...items.keys()].sort();
  const id = ids.length > 0 ? random.pick(ids) : undefined;
  const at = id === undefined ? undefined : tableKeys.find((key) => key === items.get(id)?.key);
  if (act === 'drop' && id !== undefined && at !== undefined) {
    return { type: 'run', name: actName(act, set), args: { keys: [at], amount, id } };
  }
  const name = actName(act === 'drop' ? 'add' : act, set);
  return { type: 'run', name, args: { keys: [random.pick(tableKeys)], amount } };
}

function grouping(set: TableSet) {
  return {
    of: (doc: unknown) => setRoots(doc, set).items,
    by: ({ key }: Item) => key,
    index: (doc: unknown) => setRoots(doc, set).index,
  };
}
const interval = ({ start }: Item) => ({ start, end: start + itemLength });

/** By name: what an operation of the set requires and does. */
export function setOperations(set: TableSet): readonly (readonly [string, SetOperation])[] {
  return actsOn(set).map((act) => [
    actName(act, set),
    {
      whenStale: set.whenStale,
      ...(set.isGuarded && {
        requires: (doc: unknown, a: SetArgs) => isLegal(doc, set, act, a) || 'against-the-rule',
      }),
      run: (doc: unknown, a: SetArgs, op: OpContext) => runAct(setRoots(doc, set), act, a, op),
    },
  ]);
}
interface SetOperation {
  readonly whenStale: 'void' | 'keep';
  readonly requires?: (doc: unknown, args: SetArgs) => boolean | string;
  readonly run: (doc: unknown, args: SetArgs, op: OpContext) => void;
}

function isLegal(doc: unknown, set: TableSet, act: SetAct, { keys, amount }: SetArgs): boolean {
  const key = keys[0] ?? '';
  const { targets } = setRoots(doc, set);
  const members = membersOf(doc, key, grouping(set));
  if (act === 'remove') return members.length === 0;
  if (act !== 'add') return true;
  if (set.rule === 'references') return targets.has(key);
  if (set.rule === 'unique') return members.length === 0;
  if (set.rule === 'capacity') return members.length < set.most;
  return members.every(({ value }) => Math.abs(value.start - amount) >= itemLength);
}

function runAct(roots: SetRoots, act: SetAct, { keys, amount, id }: SetArgs, op: OpContext): void {
  const key = keys[0] ?? '';
  const { items, index, targets, bin } = roots;
  if (act === 'add') {
    items.put(op.id, { key, start: amount, weight: 1 });
    index.claim([key], op.id);
  } else if (act === 'drop') {
    items.delete(id ?? '');
  } else if (act === 'renew') {
    targets.put(key, amount);
  } else {
    targets.delete(key);
    if (amount > 1) bin.put(key, amount);
  }
}

/** The rule of the set, over any document that has its roots. */
export function setInvariant(set: TableSet) {
  const { of, by, index } = grouping(set);
  const { isPrecise } = set;
  const names: readonly string[] = actsOn(set).map((act) => actName(act, set));
  const keys = (op: { readonly name: string; readonly args: SetArgs }) =>
    names.includes(op.name) ? op.args.keys.slice(0, 1) : [];
  const members = (doc: unknown, key: string) => membersOf(doc, key, { of, by, index });
  return { ...ruleOf(), ...(isPrecise && { keys }) };

  function ruleOf() {
    switch (set.rule) {
      case 'unique':
        return unique(of, by, { index });
      case 'capacity':
        return capacity(members, set.most);
      case 'references':
        return references(members, (doc, key) => setRoots(doc, set).targets.has(key));
      case 'no-overlap':
        return noOverlap(members, ({ value }) => interval(value));
    }
  }
}

/** How it is mended: always ready-made. */
export function setCompensation(set: TableSet): {
  readonly on: 'commit' | 'final';
  readonly settleMs: number;
  readonly restore: Restore<unknown> | RestoreOrAsk<unknown, {}>;
} {
  const { on, settleMs } = set;
  return { on, settleMs, restore: restoreOf(set) };
}

function restoreOf(set: TableSet): Restore<unknown> | RestoreOrAsk<unknown, {}> {
  const group = grouping(set);
  const roots = (doc: unknown) => setRoots(doc, set);
  const lost = (doc: unknown, { value }: { readonly value: Item }) =>
    roots(doc).lost.add(value.key, 1);
  const ask = () => ({ question: 'what now?', choices: [] });
  switch (set.mend) {
    case 'merge':
      return mergeDuplicates({
        ...group,
        merge: (a, b) =>
          a.start === oddStart || b.start === oddStart
            ? undefined
            : { ...a, weight: a.weight + b.weight },
        aliases: (doc) => roots(doc).aliases,
        ask,
      });
    case 'rename':
      return renameDuplicates({
        ...group,
        rename: (value, attempt) => ({ ...value, key: `${value.key}~${attempt}` }),
      });
    case 'first':
      return firstCommittedWins({ ...group, most: set.rule === 'unique' ? 1 : set.most, lost });
    case 'last':
      return lastWriterWins({ ...group, dropped: (doc) => roots(doc).lost });
    case 'cascade':
      return cascade(group);
    case 'restore':
      return restoreReferenced({
        to: (doc) => roots(doc).targets,
        was: (doc, key) => roots(doc).bin.get(key),
        ask,
      });
    case 'move':
      return moveOverlapping({
        ...group,
        interval,
        alternatives: (value) =>
          itemShifts.map((shift) => ({ ...value, start: value.start + shift })),
        lost,
      });
  }
}
