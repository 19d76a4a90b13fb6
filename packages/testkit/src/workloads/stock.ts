// A shop's stock by escrow: sold while cut off within the rights of each device, never below zero; what
// is written off is for the shop's own computer.
import type { BoundedCounterView, View } from '@causeway/core';
import { atLeast, defineApp, delay, escrow, safe } from '@causeway/core';
import { boundedCounter, yjs } from '@causeway/yjs';
import * as v from 'valibot';
import type { Random } from '../random.ts';
import { numberIn, textIn } from './read-args.ts';
import type { Sums } from './sums.ts';
import { addTo, sumOf } from './sums.ts';
import { sumsOf, toRecord, trustView } from './trust-view.ts';
import type { Act, NaiveModel, Workload } from './workload.ts';

const opening = { pen: 9, book: 4 } as const;
const goods = ['pen', 'book', 'lamp'] as const;

const pieces = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100));
const args = v.object({ good: v.picklist(goods), pieces });

const app = defineApp({
  name: 'sim-stock',
  version: 1,
  document: yjs((doc) => ({ stock: boundedCounter(doc, 'stock', { min: 0, reclaim: 'firm' }) }), {
    initial(doc) {
      for (const [good, count] of Object.entries(opening)) doc.stock.add(good, count);
    },
  }),
  effects: {
    hand: { payload: args, runs: 'device', delivery: 'at-most-once' },
  },
})
  .operations({
    restock: {
      args,
      subjects: (a) => [a.good],
      run: (doc, a) => doc.stock.add(a.good, a.pieces),
    },
    sell: {
      args,
      subjects: (a) => [a.good],
      run(doc, a, op) {
        doc.stock.add(a.good, -a.pieces);
        op.effect('hand', a);
      },
    },
    writeOff: {
      args,
      subjects: (a) => [a.good],
      requires: (doc, a) => doc.stock.get(a.good) >= a.pieces || 'not-there',
      run: (doc, a) => doc.stock.add(a.good, -a.pieces),
    },
  })
  .invariants({ stocked: atLeast((doc) => doc.stock, 0) })
  .policy({
    restock: { stocked: safe() },
    sell: {
      stocked: escrow({ from: (doc) => doc.stock, of: (a) => a.pieces, lowWater: 1, target: 3 }),
    },
    writeOff: { stocked: delay() },
  });

interface StockState {
  readonly stock: Sums;
}

const model: NaiveModel<StockState> = {
  initial: () => ({ stock: new Map(Object.entries(opening)) }),
  refusal({ stock }, { name, args }) {
    if (name !== 'writeOff') return undefined;
    return sumOf(stock, textIn(args, 'good')) >= numberIn(args, 'pieces') ? undefined : 'not-there';
  },
  isKept: () => false,
  touches: ({ args }) => [{ invariant: 'stocked', key: textIn(args, 'good') }],
  apply({ stock }, { name, args }) {
    const sign = name === 'restock' ? 1 : -1;
    addTo(stock, textIn(args, 'good'), sign * numberIn(args, 'pieces'));
  },
  headroom: ({ stock }, { key }) => sumOf(stock, key),
  deficits: ({ stock }) =>
    [...stock]
      .map(([key, count]) => ({ invariant: 'stocked', key, deficit: -count }))
      .filter(({ deficit }) => deficit > 0),
  compensate: () => undefined,
  content: ({ stock }) => ({ stock: toRecord(stock) }),
};

type StockView = View<{ readonly stock: ReturnType<typeof boundedCounter> }>;

/** Sales, deliveries and write-offs of few goods of which there are few. */
export const stock: Workload<typeof app, StockState> = {
  name: 'stock',
  app,
  addsUp: true,
  neverBroken: ['stocked'],
  draw: (random, view) => drawDeal(random, trustView<StockView>(view).stock),
  projection: (view) => ({ stock: sumsOf(trustView<StockView>(view).stock) }),
  model,
};

function drawDeal(random: Random, stock: BoundedCounterView): Act {
  const good = random.pick(goods);
  const name = random.pick(['sell', 'sell', 'sell', 'restock', 'writeOff'] as const);
  const pieces = random.pick([1, 1, 2, Math.max(1, stock.rights(good)), random.between(1, 5)]);
  return { type: 'run', name, args: { good, pieces: Math.min(pieces, 100) } };
}
