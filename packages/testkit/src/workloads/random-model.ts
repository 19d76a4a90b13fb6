// The naive model of an application drawn from a seed, made from the same table as the application.
import type { Json } from '@causeway/core';
import type { RandomTable, TableInvariant, TableOperation } from './random-table.ts';
import { numberIn, textsIn } from './read-args.ts';
import type { Sums } from './sums.ts';
import { addTo, sumOf } from './sums.ts';
import { toRecord } from './trust-view.ts';
import type { ModelKey, ModelOperation, NaiveModel } from './workload.ts';

/** Sums by key, by counter. */
export type RandomState = Map<string, Sums>;

export function randomModel(table: RandomTable): NaiveModel<RandomState> {
  const ruleNamed = (name: string): TableInvariant => named(table.invariants, name);
  const operationOf = ({ name }: ModelOperation): TableOperation => named(table.operations, name);
  return {
    initial: () => new Map(),
    refusal(state, operation) {
      const { needs } = operationOf(operation);
      if (!needs) return undefined;
      const held = sumOf(sumsIn(state, needs.counter), keyAt(operation, 0));
      return held >= needs.least * amountOf(operation) ? undefined : 'too-little';
    },
    isKept(operation) {
      const { effect, whenStale } = operationOf(operation);
      return (whenStale ?? (effect ? 'keep' : 'void')) === 'keep';
    },
    touches: (operation) =>
      table.invariants.flatMap((rule) => touchesOf(rule, operationOf(operation), operation)),
    apply(state, operation) {
      for (const { counter, factor, at } of operationOf(operation).writes) {
        const by = factor * amountOf(operation);
        addTo(sumsIn(state, counter), keyAt(operation, at), by);
      }
    },
    deficits: (state) =>
      table.invariants.flatMap((rule) => {
        const keys = new Set(
          rule.counters.flatMap((counter) => [...sumsIn(state, counter).keys()]),
        );
        return [...keys]
          .map((key) => ({ invariant: rule.name, key, deficit: deficitOf(state, rule, key) }))
          .filter(({ deficit }) => deficit > 0);
      }),
    compensate(state, { invariant, key, deficit }) {
      const rule = ruleNamed(invariant);
      const direction = rule.side === 'least' ? 1 : -1;
      if (deficit > 0) addTo(sumsIn(state, rule.mends), key, direction * deficit);
      const { amend } = rule.compensation ?? {};
      if (amend === 'notice') addTo(sumsIn(state, 'notices'), key, 1);
      if (amend === 'fee') {
        addTo(sumsIn(state, rule.counters[0] ?? ''), key, -1);
        addTo(sumsIn(state, rule.mends), key, 1);
      }
    },
    content: (state): Json =>
      toRecord(
        [...state]
          .filter(([, sums]) => sums.size > 0)
          .map(([counter, sums]) => [counter, toRecord(sums)] as const),
      ),
  };
}

function deficitOf(state: RandomState, rule: TableInvariant, key: string): number {
  const counters = [...rule.counters, rule.mends];
  const value = counters.reduce((sum, counter) => sum + sumOf(sumsIn(state, counter), key), 0);
  return rule.side === 'least' ? rule.bound - value : value - rule.bound;
}

function touchesOf(
  rule: TableInvariant,
  operation: TableOperation,
  made: ModelOperation,
): readonly ModelKey[] {
  const written = operation.writes
    .filter(({ counter }) => rule.counters.includes(counter))
    .map(({ at }) => keyAt(made, at));
  const keys = rule.isPrecise ? written : textsIn(made.args, 'keys');
  return [...new Set(keys)].map((key) => ({ invariant: rule.name, key }));
}

function sumsIn(state: RandomState, counter: string): Sums {
  const sums: Sums = state.get(counter) ?? new Map();
  state.set(counter, sums);
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
