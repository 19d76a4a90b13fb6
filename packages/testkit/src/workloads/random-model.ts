// The naive model of an application drawn from a seed, made from the same table as the application.
import type { Json } from '@causeway/core';
import type { SetState } from './random-set-model.ts';
import {
  actOf,
  applyToSet,
  isSetForPeople,
  mendSet,
  newSet,
  setContent,
  setDeficits,
  setRefusal,
} from './random-set-model.ts';
import type { TableSet } from './random-sets.ts';
import type { RandomTable, TableInvariant, TableOperation } from './random-table.ts';
import { numberIn, textsIn } from './read-args.ts';
import type { Sums } from './sums.ts';
import { addTo, sumOf } from './sums.ts';
import { toRecord } from './trust-view.ts';
import type { ModelDeficit, ModelKey, ModelOperation, NaiveModel } from './workload.ts';

export interface RandomState {
  /** Sums by key, by counter. */
  readonly sums: Map<string, Sums>;
  /** By name. */
  readonly sets: Map<string, SetState>;
}

export function randomModel(table: RandomTable): NaiveModel<RandomState> {
  const ruleNamed = (name: string): TableInvariant => named(table.invariants, name);
  const operationOf = ({ name }: ModelOperation): TableOperation => named(table.operations, name);
  const setOf = (operation: ModelOperation): TableSet | undefined =>
    table.sets.find((set) => actOf(set, operation) !== undefined);
  return {
    initial: () => ({
      sums: new Map(),
      sets: new Map(table.sets.map((set) => [set.name, newSet(set)])),
    }),
    refusal(state, operation) {
      const set = setOf(operation);
      if (set) return setRefusal(set, setIn(state, set), operation);
      const { needs } = operationOf(operation);
      if (!needs) return undefined;
      const held = sumOf(sumsIn(state, needs.counter), keyAt(operation, 0));
      return held >= needs.least * amountOf(operation) ? undefined : 'too-little';
    },
    isKept(operation) {
      const set = setOf(operation);
      if (set) return set.whenStale === 'keep';
      const { effect, whenStale } = operationOf(operation);
      return (whenStale ?? (effect ? 'keep' : 'void')) === 'keep';
    },
    touches: (operation) => [
      ...table.invariants.flatMap((rule) => {
        const writes = setOf(operation) ? [] : operationOf(operation).writes;
        return touchesOf(rule, writes, operation);
      }),
      ...table.sets.flatMap((set) => touchesOfSet(set, operation)),
    ],
    apply(state, operation) {
      const set = setOf(operation);
      if (set) {
        applyToSet(set, setIn(state, set), operation);
        return;
      }
      for (const { counter, factor, at } of operationOf(operation).writes) {
        const by = factor * amountOf(operation);
        addTo(sumsIn(state, counter), keyAt(operation, at), by);
      }
    },
    deficits: (state) => [
      ...table.invariants.flatMap((rule) => brokenSums(state, rule)),
      ...table.sets.flatMap((set) => setDeficits(set, setIn(state, set))),
    ],
    isForPeople(state, broken) {
      const set = table.sets.find(({ name }) => name === broken.invariant);
      return set !== undefined && isSetForPeople(set, setIn(state, set), broken);
    },
    compensate(state, broken) {
      const set = table.sets.find(({ name }) => name === broken.invariant);
      if (set) mendSet(set, setIn(state, set), broken);
      else mendSums(state, ruleNamed(broken.invariant), broken);
    },
    content,
  };
}

function content({ sums, sets }: RandomState): Json {
  return toRecord([
    ...[...sums]
      .filter(([, one]) => one.size > 0)
      .map(([counter, one]) => [counter, toRecord(one)] as const),
    ...[...sets].map(([name, set]) => [name, setContent(set)] as const),
  ]);
}

function brokenSums(state: RandomState, rule: TableInvariant): readonly ModelDeficit[] {
  const keys = new Set(rule.counters.flatMap((counter) => [...sumsIn(state, counter).keys()]));
  return [...keys]
    .map((key) => ({ invariant: rule.name, key, deficit: deficitOf(state, rule, key) }))
    .filter(({ deficit }) => deficit > 0);
}

function mendSums(state: RandomState, rule: TableInvariant, { key, deficit }: ModelDeficit): void {
  const direction = rule.side === 'least' ? 1 : -1;
  if (deficit > 0) addTo(sumsIn(state, rule.mends), key, direction * deficit);
  const { amend } = rule.compensation ?? {};
  if (amend === 'notice') addTo(sumsIn(state, 'notices'), key, 1);
  if (amend === 'fee') {
    addTo(sumsIn(state, rule.counters[0] ?? ''), key, -1);
    addTo(sumsIn(state, rule.mends), key, 1);
  }
}

function deficitOf(state: RandomState, rule: TableInvariant, key: string): number {
  const counters = [...rule.counters, rule.mends];
  const value = counters.reduce((sum, counter) => sum + sumOf(sumsIn(state, counter), key), 0);
  return rule.side === 'least' ? rule.bound - value : value - rule.bound;
}

function touchesOf(
  rule: TableInvariant,
  writes: TableOperation['writes'],
  made: ModelOperation,
): readonly ModelKey[] {
  const written = writes
    .filter(({ counter }) => rule.counters.includes(counter))
    .map(({ at }) => keyAt(made, at));
  const keys = rule.isPrecise ? written : textsIn(made.args, 'keys');
  return [...new Set(keys)].map((key) => ({ invariant: rule.name, key }));
}

function touchesOfSet(set: TableSet, made: ModelOperation): readonly ModelKey[] {
  const isItsOwn = actOf(set, made) !== undefined;
  if (set.isPrecise && !isItsOwn) return [];
  const keys = textsIn(made.args, 'keys');
  return [...new Set(keys)].map((key) => ({ invariant: set.name, key }));
}

function setIn({ sets }: RandomState, { name }: TableSet): SetState {
  const set = sets.get(name);
  if (!set) throw new Error(`the state has no ${name}`);
  return set;
}

function sumsIn(state: RandomState, counter: string): Sums {
  const sums: Sums = state.sums.get(counter) ?? new Map();
  state.sums.set(counter, sums);
  return sums;
}

const amountOf = ({ args }: ModelOperation): number => numberIn(args, 'amount');

function keyAt({ args }: ModelOperation, at: 0 | 1): string {
  return textsIn(args, 'keys')[at] ?? '';
}

function named<T extends { readonly name: string }>(list: readonly T[], name: string): T {
  const found = list.find((one) => one.name === name);
  if (!found) throw new Error(`the table has no ${name}`);
  return found;
}
