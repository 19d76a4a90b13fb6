// S16: a table of 4 operations × 3 invariants without `'*'`. A hole in it is a type error (each
// `@ts-expect-error` fails the type check when it is not needed) and a start-up error naming the cell.
import type { Allowed } from '@causeway/core';
import { defineApp, prohibit, risk, safe } from '@causeway/core';
import { counter, yjs } from '@causeway/yjs';
import * as v from 'valibot';
import { expectEqual } from './expect-equal.ts';
import type { Scenario } from './scenario.ts';
import { computed, missing } from './scenario.ts';

const args = v.object({ item: v.string() });
const draft = defineApp({
  name: 'scenario-table',
  version: 1,
  document: yjs((doc) => ({ stock: counter(doc, 'stock') })),
})
  .operations({
    order: { args, run: (doc, a) => doc.stock.add(a.item, -1) },
    cancel: { args, run: (doc, a) => doc.stock.add(a.item, 1) },
    restock: { args, run: (doc, a) => doc.stock.add(a.item, 10) },
    scrap: { args, run: (doc, a) => doc.stock.add(a.item, -10) },
  })
  .invariants({
    inStock: { holds: (doc, item) => doc.stock.get(item) >= 0 },
    bounded: { holds: (doc, item) => doc.stock.get(item) <= 100 },
    even: { holds: (doc, item) => doc.stock.get(item) % 2 === 0 },
  })
  .compensations({
    inStock: { restore: (doc, found) => doc.stock.add(found.key, found.deficit) },
  });

const order = { inStock: risk(), bounded: safe(), even: safe() };
const cancel = { inStock: safe(), bounded: prohibit(), even: safe() };
const restock = { inStock: safe(), bounded: prohibit(), even: safe() };
const scrap = { inStock: risk(), bounded: safe(), even: safe() };

/** The compiler names the compensation that is missing, and for which invariant. */
const named: Allowed<'bounded', 'inStock'> = 'risk needs compensations.bounded';

export const tableCompleteness: Scenario = {
  id: 'S16',
  title: 'Table completeness',
  variants: [
    computed('holes are refused', findHoles),
    missing('it prints as 12 cells', 'nothing prints a policy table'),
  ],
};

function findHoles(): void {
  expectEqual(
    'the complete table',
    refusalOf(() => draft.policy({ order, cancel, restock, scrap })),
    '',
  );
  const { even: _, ...short } = restock;
  expectEqual(
    'with one cell removed',
    // @ts-expect-error Property 'even' is missing.
    refusalOf(() => draft.policy({ order, cancel, restock: short, scrap })),
    'incomplete-policy: policy.restock.even: the cell is missing',
  );
  const risky = { ...cancel, bounded: risk() };
  expectEqual(
    'with a risk cell without compensation',
    // @ts-expect-error 'risk' is not assignable to … 'risk needs compensations.bounded'.
    refusalOf(() => draft.policy({ order, cancel: risky, restock, scrap })),
    `incomplete-policy: policy.cancel.bounded: ${named}`,
  );
}

/** What the start-up check says of a table; empty where it lets it pass. */
function refusalOf(declare: () => unknown): string {
  try {
    declare();
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
