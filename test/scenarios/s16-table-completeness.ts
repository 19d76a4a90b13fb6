// S16: a table of 4 operations × 3 invariants without `'*'`. A hole in it is a type error (each
// `@ts-expect-error` fails the type check when it is not needed) and a start-up error naming the cell.
import type { Allowed } from '@causeway/core';
import {
  defineApp,
  describePolicy,
  prohibit,
  risk,
  safe,
  tableToHtml,
  tableToMarkdown,
  tableToText,
} from '@causeway/core';
import { counter, yjs } from '@causeway/yjs';
import * as v from 'valibot';
import { expectEqual } from './expect-equal.ts';
import type { Scenario } from './scenario.ts';
import { computed } from './scenario.ts';

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
    computed('it prints as 12 cells', printCells),
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

/** Each printed form is read back as `operation invariant kind`: all cells, each once, in order. */
function printCells(): void {
  const policy = describePolicy(draft.policy({ order, cancel, restock, scrap }).definition);
  const rows = Object.entries({ order, cancel, restock, scrap });
  const expected = rows.flatMap(([operation, row]) =>
    Object.entries(row).map(([invariant, { kind }]) => `${operation} ${invariant} ${kind}`),
  );
  expectEqual('the cells of the table', expected.length, 12);
  expectEqual('in a terminal', cellsOfText(tableToText(policy)), expected);
  expectEqual('as Markdown', cellsOfMarkdown(tableToMarkdown(policy)), expected);
  expectEqual('as HTML', cellsOfHtml(tableToHtml(policy)), expected);
}

const kinds = 'safe|risk|prohibit';

function cellsOfText(text: string): readonly string[] {
  const cell = new RegExp(`^ {2}(\\w+) +(${kinds}) +\\S`, 'gm');
  return text
    .split('\n\n')
    .flatMap((block) =>
      [...block.matchAll(cell)].map(
        ([, invariant, kind]) => `${block.split('\n')[0]} ${invariant} ${kind}`,
      ),
    );
}

function cellsOfMarkdown(markdown: string): readonly string[] {
  const cell = new RegExp(`^\\| (\\w+) \\| (\\w+) \\| (${kinds}) \\| \\S`, 'gm');
  return [...markdown.matchAll(cell)].map((found) => found.slice(1, 4).join(' '));
}

function cellsOfHtml(html: string): readonly string[] {
  const group = /<th scope="rowgroup">(\w+)<\/th>(.*?)<\/tbody>/gs;
  const cell = new RegExp(`<th scope="row">(\\w+)</th><td><p><b[^>]*>(${kinds})</b> \\S`, 'g');
  return [...html.matchAll(group)].flatMap(([, operation, rows = '']) =>
    [...rows.matchAll(cell)].map(([, invariant, kind]) => `${operation} ${invariant} ${kind}`),
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
