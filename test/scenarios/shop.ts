// A shop that takes orders while cut off. An order claims its own number, so that one which was
// submitted twice has one holder too many: the first committed one stays and is shipped, the other is
// cancelled, and its parcel never leaves.
import type { Json, View } from '@causeway/core';
import { defineApp, risk } from '@causeway/core';
import type { ModelOperation, NaiveModel, SimulatedDevice } from '@causeway/testkit';
import { addWinsSet, claims, counter, yjs } from '@causeway/yjs';
import * as v from 'valibot';
import { memberOf } from './member-of.ts';
import type { Setting } from './stage.ts';

export const price = 30;
const inStock = 10;

interface Order {
  readonly who: string;
  readonly sku: string;
}

const orderArgs = v.object({ number: v.string(), who: v.string(), sku: v.string() });
const app = defineApp({
  name: 'scenario-shop',
  version: 1,
  document: yjs(
    (doc) => ({
      orders: claims<Order>(doc, 'orders'),
      stock: counter(doc, 'stock'),
      charged: counter(doc, 'charged'),
      coupons: addWinsSet<string>(doc, 'coupons'),
    }),
    { initial: (doc) => doc.stock.add('tea', inStock) },
  ),
  effects: {
    confirmation: {
      payload: v.object({ number: v.string() }),
      ...{ runs: 'device', delivery: 'at-most-once' },
    },
    parcel: {
      payload: v.object({ number: v.string() }),
      ...{ runs: 'primary', delivery: 'at-least-once' },
    },
    apology: {
      payload: v.object({ number: v.string(), who: v.string(), coupon: v.string() }),
      ...{ runs: 'primary', delivery: 'at-least-once' },
    },
  },
})
  .operations({
    order: {
      args: orderArgs,
      subjects: (a) => [a.number],
      run(doc, a, op) {
        doc.orders.claim([a.number], { who: a.who, sku: a.sku });
        doc.stock.add(a.sku, -1);
        doc.charged.add(a.who, price);
        op.effect('confirmation', { number: a.number });
        op.effect('parcel', { number: a.number });
      },
    },
  })
  .invariants({
    orderedOnce: {
      holds: (doc, number) => doc.orders.holders(number).length <= 1,
      deficit: (doc, number) => Math.max(0, doc.orders.holders(number).length - 1),
    },
  })
  .compensations({
    orderedOnce: {
      settleMs: 1_000,
      restore(doc, found, op) {
        for (const cancelled of doc.orders.settle(found.key)) {
          const { who, sku } = cancelled.value;
          doc.stock.add(sku, 1);
          doc.charged.add(who, -price);
          op.withhold(cancelled.id);
        }
        const [first] = doc.orders.holders(found.key);
        if (!first) return;
        const { who } = first.value;
        const coupon = `sorry-${found.key}`;
        doc.coupons.put(coupon, who);
        op.effect('apology', { number: found.key, who, coupon });
      },
    },
  })
  .policy({ order: { orderedOnce: risk() } });
export type ShopApp = typeof app;

interface Placed extends Order {
  readonly number: string;
  isCancelled: boolean;
}
interface Books {
  readonly placed: Placed[];
  readonly coupons: Map<string, string>;
}

const textOf = ({ args }: Pick<ModelOperation, 'args'>, name: string): string =>
  String(memberOf(args, name));

const model: NaiveModel<Books> = {
  initial: () => ({ placed: [], coupons: new Map() }),
  refusal: () => undefined,
  isKept: () => false,
  effects(operation) {
    const payload = { number: textOf(operation, 'number') };
    return ['confirmation', 'parcel'].map((name) => ({ name, payload }));
  },
  touches: (operation) => [{ invariant: 'orderedOnce', key: textOf(operation, 'number') }],
  apply({ placed }, operation) {
    const [number, who, sku] = ['number', 'who', 'sku'].map((name) => textOf(operation, name));
    placed.push({ number: number ?? '', who: who ?? '', sku: sku ?? '', isCancelled: false });
  },
  deficits({ placed }) {
    const numbers = [...new Set(placed.map(({ number }) => number))];
    return numbers
      .map((key) => ({ invariant: 'orderedOnce', key, deficit: standing(placed, key).length - 1 }))
      .filter(({ deficit }) => deficit > 0);
  },
  compensate({ placed, coupons }, { key }) {
    const [first, ...others] = standing(placed, key);
    for (const other of others) other.isCancelled = true;
    coupons.set(`sorry-${key}`, first?.who ?? '');
  },
  content({ placed, coupons }) {
    const standingNow = placed.filter(({ isCancelled }) => !isCancelled);
    const charged = new Map<string, number>();
    for (const { who } of standingNow) charged.set(who, (charged.get(who) ?? 0) + price);
    return {
      orders: standingNow.map(({ number, who }) => `${number} ${who}`).sort(),
      tea: inStock - standingNow.length,
      charged: toPairs(charged),
      coupons: toPairs(coupons),
    };
  },
};

function standing(placed: readonly Placed[], number: string): readonly Placed[] {
  return placed.filter((one) => one.number === number && !one.isCancelled);
}

type Shown = View<{
  readonly orders: ReturnType<typeof claims<Order>>;
  readonly stock: ReturnType<typeof counter>;
  readonly charged: ReturnType<typeof counter>;
  readonly coupons: ReturnType<typeof addWinsSet<string>>;
}>;

export const shop: Setting<ShopApp> = {
  app,
  judge: {
    model,
    projection(view) {
      const { orders, stock, charged, coupons } = view as Shown;
      const held = [...orders.all()].filter(({ slot }) => slot !== undefined);
      return {
        orders: held.map(({ slot, value }) => `${slot} ${value.who}`).sort(),
        tea: stock.get('tea'),
        charged: toPairs([...charged.keys()].map((key) => [key, charged.get(key)] as const)),
        coupons: toPairs([...coupons.keys()].map((key) => [key, coupons.get(key) ?? ''] as const)),
      };
    },
  },
};

function toPairs(pairs: Iterable<readonly [string, string | number]>): Json {
  return [...pairs].map(([key, value]) => `${key}: ${value}`).sort();
}

/** What this device shows of the shop. */
export function shopAt({ handle }: SimulatedDevice<ShopApp>): Json {
  return shop.judge.projection(handle.view);
}
