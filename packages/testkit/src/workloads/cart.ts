// Shopping carts with a bound: removing takes only what its author had seen, so that an item which
// somebody else adds meanwhile stays (scenario S7).
import type { AddWinsSet, Counter, OperationId, View } from '@causeway/core';
import { defineApp, risk, safe } from '@causeway/core';
import { addWinsSet, counter, yjs } from '@causeway/yjs';
import * as v from 'valibot';
import type { Random } from '../random.ts';
import { drawNonsense } from './draw-nonsense.ts';
import { numberIn, textIn } from './read-args.ts';
import type { Sums } from './sums.ts';
import { addTo } from './sums.ts';
import { sumsOf, toRecord, trustView } from './trust-view.ts';
import type { Act, ModelOperation, NaiveModel, Workload } from './workload.ts';

const cartNames = ['c', 'd'] as const;
const itemNames = ['book', 'pen', 'cup', 'hat', 'pie'] as const;
const itemsMax = 2;

const cartName = v.picklist(cartNames);
const item = v.picklist(itemNames);
const count = v.pipe(v.number(), v.integer(), v.minValue(1));

interface CartRoots {
  readonly items: AddWinsSet<number>;
  readonly notices: Counter;
}
type CartView = View<CartRoots>;

const app = defineApp({
  name: 'sim-cart',
  version: 1,
  document: yjs(
    (doc): CartRoots => ({
      items: addWinsSet<number>(doc, 'items'),
      notices: counter(doc, 'notices'),
    }),
  ),
})
  .operations({
    put: {
      args: v.object({ cart: cartName, item, count }),
      subjects: (a) => [a.cart],
      run: (doc, a) => doc.items.put(`${a.cart}/${a.item}`, a.count),
    },
    /** Void where the cart was full already. */
    fill: {
      args: v.object({ cart: cartName, item, count }),
      subjects: (a) => [a.cart],
      requires: (doc, a) => itemsIn(doc, a.cart).length < itemsMax || 'full',
      run: (doc, a) => doc.items.put(`${a.cart}/${a.item}`, a.count),
    },
    remove: {
      args: v.object({ cart: cartName, item }),
      subjects: (a) => [a.cart],
      run: (doc, a) => doc.items.delete(`${a.cart}/${a.item}`),
    },
  })
  .invariants({
    small: {
      holds: (doc, name) => itemsIn(doc, name).length <= itemsMax,
      deficit: (doc, name) => Math.max(0, itemsIn(doc, name).length - itemsMax),
    },
  })
  .compensations({
    small: {
      settleMs: 300,
      restore(doc, found) {
        for (const key of itemsIn(doc, found.key).slice(itemsMax)) doc.items.delete(key);
      },
      amend: (doc, found) => doc.notices.add(found.key, found.violations.length),
    },
  })
  .policy({
    put: { small: risk() },
    fill: { small: risk() },
    remove: { small: safe() },
  });

/** The keys of one cart, sorted: what is too much is the last of them. */
function itemsIn({ items }: CartView, name: string): readonly string[] {
  return [...items.keys()].filter((key) => key.startsWith(`${name}/`)).sort();
}

interface ModelTag {
  readonly by: OperationId;
  readonly key: string;
  readonly count: number;
}
interface CartState {
  /** In commit order; of several with one key the last one counts. */
  tags: readonly ModelTag[];
  readonly notices: Sums;
}

const keyOf = ({ args }: ModelOperation): string =>
  `${textIn(args, 'cart')}/${textIn(args, 'item')}`;

function keysIn({ tags }: CartState, name: string): readonly string[] {
  const keys = tags.map(({ key }) => key).filter((key) => key.split('/')[0] === name);
  return [...new Set(keys)].sort();
}

const model: NaiveModel<CartState> = {
  initial: () => ({ tags: [], notices: new Map() }),
  refusal(state, { name, args }) {
    if (name !== 'fill') return undefined;
    return keysIn(state, textIn(args, 'cart')).length < itemsMax ? undefined : 'full';
  },
  isKept: () => false,
  touches: ({ args }) => [{ invariant: 'small', key: textIn(args, 'cart') }],
  apply(state, operation) {
    const key = keyOf(operation);
    if (operation.name !== 'remove') {
      const tag = { by: operation.id, key, count: numberIn(operation.args, 'count') };
      state.tags = [...state.tags, tag];
      return;
    }
    state.tags = state.tags.filter((tag) => tag.key !== key || !operation.hasSeen(tag.by));
  },
  deficits: (state) =>
    cartNames
      .map((key) => ({ invariant: 'small', key, deficit: keysIn(state, key).length - itemsMax }))
      .filter(({ deficit }) => deficit > 0),
  compensate(state, { key, deficit, violations }) {
    const excess = deficit > 0 ? keysIn(state, key).slice(-deficit) : [];
    state.tags = state.tags.filter((tag) => !excess.includes(tag.key));
    addTo(state.notices, key, violations);
  },
  mended: (before, after, { key, violations }) => ({
    redo(state) {
      const nameOf = (tag: ModelTag): string => JSON.stringify([tag.by, tag.key]);
      const left = new Set(after.tags.map(nameOf));
      const gone = new Set(before.tags.map(nameOf).filter((name) => !left.has(name)));
      state.tags = state.tags.filter((tag) => !gone.has(nameOf(tag)));
      addTo(state.notices, key, violations);
    },
  }),
  content: ({ tags, notices }) => ({
    items: toRecord(tags.map(({ key, count }) => [key, count] as const)),
    notices: toRecord(notices),
  }),
};

/** Two carts for at most two items each, and five items. */
export const cart: Workload<typeof app, CartState> = {
  name: 'cart',
  app,
  draw(random, view) {
    if (random.chance(0.04)) return drawNonsense(random, ['put', 'remove']);
    return drawPurchase(random, trustView<CartView>(view));
  },
  projection(view) {
    const { items, notices } = trustView<CartView>(view);
    const shown = [...items.keys()].map((key) => [key, items.get(key) ?? null] as const);
    return { items: toRecord(shown), notices: sumsOf(notices) };
  },
  model,
};

function drawPurchase(random: Random, view: CartView): Act {
  const name = random.pick(cartNames);
  const held = itemsIn(view, name).map((key) => key.slice(name.length + 1));
  if (held.length > 0 && random.chance(0.25 * held.length)) {
    return { type: 'run', name: 'remove', args: { cart: name, item: random.pick(held) } };
  }
  const args = { cart: name, item: random.pick(itemNames), count: random.between(1, 9) };
  return { type: 'run', name: random.pick(['put', 'put', 'fill']), args };
}
