// Orders against a stock: sold twice while cut off, cancelled and shipped at once. Confirmations and
// parcels are effects at the primary: recorded, so that the order is kept though stale.
import type { AddWinsSet, Counter, Json, View } from '@causeway/core';
import { defineApp, limit, prohibit, risk, safe } from '@causeway/core';
import { addWinsSet, counter, yjs } from '@causeway/yjs';
import * as v from 'valibot';
import type { Random } from '../random.ts';
import { drawNonsense } from './draw-nonsense.ts';
import { numberIn, textIn } from './read-args.ts';
import type { Sums } from './sums.ts';
import { addTo, sumOf } from './sums.ts';
import { sumsOf, toRecord, trustView } from './trust-view.ts';
import type { Act, NaiveModel, Workload } from './workload.ts';

const inStock = { tea: 4, mug: 2 } as const;
const skus = ['tea', 'mug'] as const;
const orderNames = ['o1', 'o2', 'o3', 'o4', 'o5'] as const;

interface OrderRoots {
  readonly stock: Counter;
  readonly backlog: Counter;
  readonly orders: AddWinsSet<string>;
  readonly parcels: Counter;
  readonly returned: Counter;
}
type OrderView = View<OrderRoots>;

const order = v.picklist(orderNames);
const sku = v.picklist(skus);
const n = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(9));
const args = v.object({ order, sku, n });

const base = defineApp({
  name: 'sim-orders',
  version: 1,
  document: yjs(
    (doc): OrderRoots => ({
      stock: counter(doc, 'stock'),
      backlog: counter(doc, 'backlog'),
      orders: addWinsSet<string>(doc, 'orders'),
      parcels: counter(doc, 'parcels'),
      returned: counter(doc, 'returned'),
    }),
    {
      initial(doc) {
        for (const [name, count] of Object.entries(inStock)) doc.stock.add(name, count);
      },
    },
  ),
  effects: {
    confirm: {
      ...{ payload: v.object({ order }), runs: 'primary', delivery: 'at-least-once' },
      withinMs: 2_000,
    },
    parcel: {
      ...{ payload: v.object({ order }), runs: 'primary', delivery: 'at-most-once' },
      withinMs: 2_000,
    },
  },
}).operations({
  place: {
    args,
    subjects: (a) => [a.sku],
    requires: (doc, a) => doc.stock.get(a.sku) >= a.n || 'sold-out',
    run(doc, a, op) {
      doc.stock.add(a.sku, -a.n);
      doc.orders.put(a.order, 'placed');
      op.effect('confirm', { order: a.order });
    },
  },
  cancel: {
    args,
    subjects: (a) => [a.sku],
    requires: (doc, a) => doc.orders.get(a.order) === 'placed' || 'not-placed',
    run(doc, a) {
      doc.stock.add(a.sku, a.n);
      doc.orders.put(a.order, 'cancelled');
    },
  },
  ship: {
    args: v.object({ order }),
    subjects: (a) => [a.order],
    requires: (doc, a) => doc.orders.get(a.order) === 'placed' || 'not-placed',
    run(doc, a, op) {
      doc.parcels.add(a.order, 1);
      doc.orders.put(a.order, 'shipped');
      op.effect('parcel', { order: a.order });
    },
  },
  restock: {
    args: v.object({ sku, n }),
    subjects: (a) => [a.sku],
    /** A delivery is booked once, whoever unpacks it. */
    duplicates: 'void',
    run: (doc, a) => doc.stock.add(a.sku, a.n),
  },
});

const app = base
  .invariants({
    inStock: {
      keys: (op) => (op.name === 'ship' ? [] : op.subjects),
      holds: (doc, name) => doc.stock.get(name) + doc.backlog.get(name) >= 0,
      deficit: (doc, name) => Math.max(0, -doc.stock.get(name) - doc.backlog.get(name)),
    },
    shippedOnce: {
      keys: (op) => (op.name === 'ship' ? op.subjects : []),
      holds: (doc, name) => doc.parcels.get(name) - doc.returned.get(name) <= 1,
      deficit: (doc, name) => Math.max(0, doc.parcels.get(name) - doc.returned.get(name) - 1),
    },
  })
  .compensations({
    inStock: {
      settleMs: 2_000,
      whenHealed: 'amend',
      restore: (doc, found) => doc.backlog.add(found.key, found.deficit),
      amend: (doc, found) => doc.backlog.add(`apologies for ${found.key}`, 1),
    },
    shippedOnce: {
      on: 'commit',
      restore(doc, found, op) {
        // Should its parcel be here still, it need not travel: on paper it comes back all the same.
        const last = found.violations.at(-1);
        if (last) op.withhold(last.trigger.id);
        doc.returned.add(found.key, found.deficit);
      },
    },
  })
  .policy({
    place: {
      inStock: limit({ of: (a) => a.n, max: 4, connected: 'local' }),
      shippedOnce: safe(),
    },
    cancel: { inStock: safe({ credits: (a) => a.n }), shippedOnce: safe() },
    ship: {
      inStock: safe(),
      shippedOnce: (_, known) =>
        known.mode === 'recovering' ? prohibit({ connected: 'local' }) : risk(),
    },
    restock: { inStock: safe({ credits: (a) => a.n }), shippedOnce: safe() },
  });

interface OrderState {
  readonly stock: Sums;
  readonly backlog: Sums;
  readonly orders: Map<string, string>;
  readonly parcels: Sums;
  readonly returned: Sums;
}

const model: NaiveModel<OrderState> = {
  initial: () => ({
    stock: new Map(Object.entries(inStock)),
    backlog: new Map(),
    orders: new Map(),
    parcels: new Map(),
    returned: new Map(),
  }),
  refusal({ stock, orders }, { name, args }) {
    if (name === 'restock') return undefined;
    if (name === 'place') {
      return sumOf(stock, textIn(args, 'sku')) >= numberIn(args, 'n') ? undefined : 'sold-out';
    }
    return orders.get(textIn(args, 'order')) === 'placed' ? undefined : 'not-placed';
  },
  isKept: ({ name }) => name === 'place' || name === 'ship',
  isOnce: ({ name }) => name === 'restock',
  effects({ name, args }) {
    const payload = name === 'place' || name === 'ship' ? { order: textIn(args, 'order') } : {};
    if (name === 'place') return [{ name: 'confirm', payload }];
    return name === 'ship' ? [{ name: 'parcel', payload }] : [];
  },
  touches({ name, args }) {
    if (name === 'ship') return [{ invariant: 'shippedOnce', key: textIn(args, 'order') }];
    return [{ invariant: 'inStock', key: textIn(args, 'sku') }];
  },
  apply(state, { name, args }) {
    if (name === 'ship') {
      addTo(state.parcels, textIn(args, 'order'), 1);
      state.orders.set(textIn(args, 'order'), 'shipped');
      return;
    }
    const count = numberIn(args, 'n');
    addTo(state.stock, textIn(args, 'sku'), name === 'place' ? -count : count);
    if (name === 'restock') return;
    state.orders.set(textIn(args, 'order'), name === 'place' ? 'placed' : 'cancelled');
  },
  deficits({ stock, backlog, parcels, returned }) {
    const missing = [...stock].map(([key, count]) => {
      return { invariant: 'inStock', key, deficit: -count - sumOf(backlog, key) };
    });
    const doubled = [...parcels].map(([key, count]) => {
      return { invariant: 'shippedOnce', key, deficit: count - sumOf(returned, key) - 1 };
    });
    return [...missing, ...doubled].filter(({ deficit }) => deficit > 0);
  },
  compensate(state, { invariant, key, deficit }) {
    if (deficit > 0) addTo(invariant === 'inStock' ? state.backlog : state.returned, key, deficit);
    if (invariant === 'inStock') addTo(state.backlog, `apologies for ${key}`, 1);
  },
  content({ stock, backlog, orders, parcels, returned }): Json {
    return {
      stock: toRecord(stock),
      backlog: toRecord(backlog),
      orders: toRecord(orders),
      parcels: toRecord(parcels),
      returned: toRecord(returned),
    };
  },
};

/** Five orders for two goods, of which there is little. */
export const orders: Workload<typeof app, OrderState> = {
  name: 'orders',
  app,
  draw(random, view) {
    if (random.chance(0.04)) return drawNonsense(random, ['place', 'cancel', 'ship']);
    return drawOrder(random, trustView<OrderView>(view));
  },
  projection(view) {
    const { stock, backlog, orders, parcels, returned } = trustView<OrderView>(view);
    const shown = [...orders.keys()].map((key) => [key, orders.get(key) ?? null] as const);
    return {
      stock: sumsOf(stock),
      backlog: sumsOf(backlog),
      orders: toRecord(shown),
      parcels: sumsOf(parcels),
      returned: sumsOf(returned),
    };
  },
  model,
};

function drawOrder(random: Random, { stock, orders }: OrderView): Act {
  const sku = random.pick(skus);
  const order = random.pick(orderNames);
  const args = { order, sku, n: random.between(1, 3) };
  if (orders.get(order) === 'placed' && random.chance(0.7)) {
    if (random.chance(0.4)) return { type: 'run', name: 'cancel', args };
    return { type: 'run', name: 'ship', args: { order } };
  }
  if (stock.get(sku) < 1 && random.chance(0.5)) {
    const args = { sku, n: random.between(1, 4) };
    return { type: 'run', name: 'restock', args, how: drawKey(random, 'delivery') };
  }
  return { type: 'run', name: 'place', args, how: drawKey(random, 'basket') };
}

/** Few keys, so that two people often mean the same; and some who mean nothing by it. */
function drawKey(random: Random, what: string): { readonly dedupKey?: string } {
  return random.chance(0.6) ? { dedupKey: `${what}-${random.between(1, 4)}` } : {};
}
