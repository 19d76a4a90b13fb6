// S23: the home of an item may go on alone; everybody else falls to the second cell of the row while
// the home cannot be reached. @see PNUTS (VLDB 2008), record-level mastering.
import { defineApp, delay, home, prohibit } from '@causeway/core';
import type { SimulatedDevice } from '@causeway/testkit';
import { counter, yjs } from '@causeway/yjs';
import * as v from 'valibot';
import { expectEqual, expectThat } from './expect-equal.ts';
import type { Scenario } from './scenario.ts';
import { played } from './scenario.ts';
import type { Stage } from './stage.ts';

const leaseMs = 90_000;
const item = 'book';

function shopApp<K extends 'delay' | 'prohibit'>(second: K) {
  const otherwise = { delay: delay(), prohibit: prohibit() }[second];
  return defineApp({
    name: 'scenario-prices',
    version: 1,
    document: yjs((doc) => ({ price: counter(doc, 'price') }), {
      initial: (doc) => doc.price.add(item, 10),
    }),
  })
    .operations({
      reprice: {
        args: v.object({ item: v.string(), by: v.number() }),
        subjects: (a) => [a.item],
        run: (doc, a) => doc.price.add(a.item, a.by),
      },
    })
    .invariants({ sold: { holds: (doc, key) => doc.price.get(key) >= 1 } })
    .policy({ reprice: { sold: home((a) => a.item, { leaseMs, otherwise }) } });
}
type ShopApp = ReturnType<typeof shopApp>;

const judge = {
  projection: (view: unknown) => ({
    price: (view as { readonly price: { get(key: string): number } }).price.get(item),
  }),
};

export const homeNode: Scenario = {
  id: 'S23',
  title: 'Home node',
  variants: [
    played('the second cell prohibits', { app: shopApp('prohibit'), judge }, playProhibited),
    played('delayed until the home is back', { app: shopApp('delay'), judge }, (stage) =>
      playDelayed(stage, 'back'),
    ),
    played('delayed until the lease ends', { app: shopApp('delay'), judge }, (stage) =>
      playDelayed(stage, 'gone'),
    ),
  ],
};

const priceAt = ({ handle }: SimulatedDevice<ShopApp>): number => handle.view.price.get(item);

/** A holds the item, is cut off, and reprices it as its home. */
async function cutHome(stage: Stage<ShopApp>): Promise<string> {
  const { a, world } = stage;
  expectEqual('A asks for the item', await world.until(a.handle.reserve(item)), {
    ...{ type: 'reserved' },
  });
  await stage.cut(a);
  return stage.run(a, 'reprice', { item, by: 5 });
}

async function playProhibited(stage: Stage<ShopApp>): Promise<void> {
  const { a, b, world } = stage;
  const atHome = await cutHome(stage);
  const refusal = await world.until(b.handle.run('reprice', { item, by: 1 }).outcome);
  await stage.heal(a);
  await stage.settle();
  expectEqual('the answer to B', refusal, {
    ...{ type: 'refused', code: 'not-home', key: item, home: replicaOf(stage, atHome) },
  });
  expectEqual('the answer to A', await stage.outcome(a, atHome), { type: 'confirmed' });
  expectEqual('the price', priceAt(b), 15);
}

function replicaOf({ truth }: Stage<ShopApp>, operation: string): string | undefined {
  const position = truth.positionByOperation.get(operation) ?? 0;
  return truth.entries[position - 1]?.author.replica;
}

async function playDelayed(stage: Stage<ShopApp>, what: 'back' | 'gone'): Promise<void> {
  const { a, b, world } = stage;
  const atHome = await cutHome(stage);
  const receipt = b.handle.run('reprice', { item, by: 1 });
  expectEqual('B is told', await world.until(receipt.saved), {
    ...{ type: 'saved', as: 'intent', strength: 'strict' },
  });
  await world.advance(what === 'back' ? 30_000 : leaseMs - 20_000);
  expectEqual('it waits', [priceAt(b), receipt.state.current.type], [10, 'saved']);
  if (what === 'gone') {
    await stage.until('the lease ends', () => receipt.state.current.type === 'confirmed');
    expectEqual('the price without A', priceAt(b), 11);
  }
  await stage.heal(a);
  await stage.settle();
  const [isHome, isB] = [atHome, receipt.id].map((id) => stage.truth.positionByOperation.get(id));
  if (what === 'back') {
    expectThat('A comes first', (isHome ?? 0) < (isB ?? 0), [isHome, isB]);
    expectEqual('what B is told', await world.until(receipt.outcome), { type: 'confirmed' });
    expectEqual('the price', priceAt(b), 16);
    return;
  }
  // The home moved meanwhile: what A did as its home is void, and A is told.
  expectEqual('what A is told', await stage.outcome(a, atHome), {
    ...{ type: 'refused', code: 'not-home', key: item, home: undefined },
  });
  expectEqual('the price', priceAt(b), 11);
}
