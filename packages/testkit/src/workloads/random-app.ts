// Applications that nobody thought of: a few operations, a few bounds and any policy, from a seed.
import type { App, Counter, Effects, Json, PolicyCell, View } from '@causeway/core';
import { defineApp, limit, prohibit, risk, safe } from '@causeway/core';
import { counter, yjs } from '@causeway/yjs';
import * as v from 'valibot';
import { drawNonsense } from './draw-nonsense.ts';
import type { RandomState } from './random-model.ts';
import { randomModel } from './random-model.ts';
import {
  declareSet,
  drawSetAct,
  fillSet,
  setCompensation,
  setInvariant,
  setOperations,
  shownSet,
} from './random-set-app.ts';
import type {
  RandomTable,
  TableCell,
  TableCompensation,
  TableInvariant,
  TableOperation,
} from './random-table.ts';
import { amountMax, drawTable, tableKeys } from './random-table.ts';
import { sumsOf, toRecord, trustView } from './trust-view.ts';
import type { Workload } from './workload.ts';

type Roots = { readonly [counter: string]: Counter };
type Reader = View<Roots>;

const args = v.object({
  keys: v.pipe(v.array(v.picklist(tableKeys)), v.minLength(1), v.maxLength(2)),
  amount: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100)),
  /** What is dropped from a set. */
  id: v.optional(v.string()),
});
type Args = v.InferOutput<typeof args>;

const effects = {
  device: { payload: v.number(), runs: 'device', delivery: 'at-most-once' },
  primary: { payload: v.number(), runs: 'primary', delivery: 'at-least-once', withinMs: 2_000 },
} as const satisfies Effects;

/**
 * The application of a seed, with its model. The same seed gives the same. `withoutSets`: as it was drawn
 * before there were sets; the name says which.
 */
export function randomWorkload(
  seed: number,
  o: { readonly withoutSets?: boolean } = {},
): Workload<App, RandomState> {
  const drawn = drawTable(seed);
  const table = o.withoutSets ? { ...drawn, sets: [] } : drawn;
  const names = table.operations.map(({ name }) => name);
  return {
    name: `random-${table.sets.length > 0 ? 'sets-' : ''}${seed}`,
    app: buildApp(table),
    ...(table.sets.length === 0 && { addsUp: true }),
    draw(random, view) {
      if (random.chance(0.04)) return drawNonsense(random, names);
      const set = table.sets.length > 0 && random.chance(0.5) && random.pick(table.sets);
      if (set) return drawSetAct(random, view, set);
      const { name, keyCount } = random.pick(table.operations);
      const keys = Array.from({ length: keyCount }, () => random.pick(tableKeys));
      return { type: 'run', name, args: { keys, amount: random.between(1, amountMax) } };
    },
    projection(view): Json {
      const shown = rootNames(table).map((name) => {
        return [name, sumsOf(rootOf(trustView<Reader>(view), name))] as const;
      });
      return toRecord([
        ...shown.filter(([, sums]) => JSON.stringify(sums) !== '{}'),
        ...table.sets.map((set) => [set.name, shownSet(view, set)] as const),
      ]);
    },
    model: randomModel(table),
  };
}

function rootNames({ counters, invariants }: RandomTable): readonly string[] {
  return [...counters, ...invariants.map(({ mends }) => mends), 'notices'];
}

function buildApp(table: RandomTable): App {
  const { operations, invariants: rules, sets } = table;
  const roots = rootNames(table);
  const declare = (doc: Parameters<typeof counter>[0]): Roots =>
    Object.assign(
      byName(roots, (name) => [name, counter(doc, name)]),
      ...sets.map((set) => declareSet(doc, set)),
    );
  const initial = (doc: Roots): void => {
    for (const set of sets) fillSet(doc, set);
  };
  return defineApp({
    name: 'sim-random',
    version: 1,
    document: yjs(declare, { initial }),
    effects,
  })
    .operations({
      ...byName(operations, (operation) => [operation.name, toOperation(operation)]),
      ...Object.fromEntries(
        sets.flatMap(setOperations).map(([name, operation]) => {
          return [name, { args, subjects: (a: Args) => a.keys, ...operation }] as const;
        }),
      ),
    })
    .invariants({
      ...byName(rules, (rule) => [rule.name, toInvariant(table, rule)]),
      ...byName(sets, (set) => [set.name, setInvariant(set)]),
    })
    .compensations({
      ...byName(
        rules.filter(({ compensation }) => compensation),
        (rule) => [rule.name, toCompensation(rule)],
      ),
      ...byName(sets, (set) => [set.name, setCompensation(set)]),
    })
    .policy({
      ...byName(operations, ({ name }) => [name, toRow(table, table.cells[name] ?? {})]),
      ...byName(sets.flatMap(setOperations), ([name]) => [name, toRow(table, {})]),
    });
}

/** What is no matter of a sum may be done at any time: its rule has a compensation. */
function toRow(table: RandomTable, cells: { readonly [invariant: string]: TableCell }) {
  return {
    ...byName(table.invariants, (rule) => [rule.name, toCell(cells[rule.name])]),
    ...byName(table.sets, (set): [string, PolicyCell<Reader, Args, Kind>] => [set.name, risk()]),
  };
}

function byName<T, V>(
  list: readonly T[],
  entry: (item: T) => readonly [string, V],
): { readonly [name: string]: V } {
  return Object.fromEntries(list.map(entry));
}

function toOperation({ writes, needs, effect, whenStale, withinMs }: TableOperation) {
  return {
    args,
    subjects: (a: Args) => a.keys,
    ...(whenStale && { whenStale }),
    ...(withinMs && { bound: { withinMs, onTimeout: 'proceed' as const } }),
    ...(needs && {
      requires: (doc: Reader, a: Args) =>
        rootOf(doc, needs.counter).get(a.keys[0] ?? '') >= needs.least * a.amount || 'too-little',
    }),
    run(doc: Roots, a: Args, op: { effect(name: 'device' | 'primary', payload: number): void }) {
      for (const { counter, factor, at } of writes) {
        rootOf(doc, counter).add(a.keys[at] ?? '', factor * a.amount);
      }
      if (effect) op.effect(effect, a.amount);
    },
  };
}

function toInvariant(table: RandomTable, rule: TableInvariant) {
  const { counters, mends, side, bound } = rule;
  const totalOf = (doc: Reader, key: string): number =>
    [...counters, mends].reduce((sum, name) => sum + rootOf(doc, name).get(key), 0);
  const missing = (doc: Reader, key: string): number =>
    side === 'least' ? bound - totalOf(doc, key) : totalOf(doc, key) - bound;
  const keys = (op: { readonly name: string; readonly args: Args }): readonly string[] => {
    const { writes } = table.operations.find(({ name }) => name === op.name) ?? { writes: [] };
    const written = writes.filter(({ counter }) => counters.includes(counter));
    return written.map(({ at }) => op.args.keys[at] ?? '');
  };
  return {
    holds: (doc: Reader, key: string) => missing(doc, key) <= 0,
    deficit: (doc: Reader, key: string) => Math.max(0, missing(doc, key)),
    ...(rule.isPrecise && { keys }),
  };
}

function toCompensation(rule: TableInvariant) {
  const { counters, mends, side } = rule;
  const { amend, ...settings }: Partial<TableCompensation> = rule.compensation ?? {};
  return {
    ...settings,
    restore(doc: Roots, found: { readonly key: string; readonly deficit: number }) {
      rootOf(doc, mends).add(found.key, side === 'least' ? found.deficit : -found.deficit);
    },
    ...(amend && {
      amend(doc: Roots, { key }: { readonly key: string }) {
        if (amend === 'notice') {
          rootOf(doc, 'notices').add(key, 1);
          return;
        }
        rootOf(doc, counters[0] ?? '').add(key, -1);
        rootOf(doc, mends).add(key, 1);
      },
    }),
  };
}

function toCell(cell: TableCell | undefined): PolicyCell<Reader, Args, Kind> {
  const per = (a: Args): string => a.keys[0] ?? '';
  const of = (a: Args): number => a.amount;
  switch (cell?.kind) {
    case 'risk':
      return risk();
    case 'limit':
      return limit({ of, per, max: cell.max, connected: 'local' });
    case 'prohibit':
      return prohibit({ connected: 'local' });
    default:
      return cell?.hasCredits ? safe({ credits: of, per }) : safe();
  }
}

type Kind = TableCell['kind'];

function rootOf<C>(roots: { readonly [counter: string]: C }, name: string): C {
  const root = roots[name];
  if (root === undefined) throw new Error(`the table has no counter ${name}`);
  return root;
}
