// S7: a shopping cart while A and B are cut off. Two naive sets show what goes wrong (after Brewer's
// cart, in which deleted items reappear); the add-wins set does neither.
import { defineApp, every, safe } from '@causeway/core';
import type { SimulatedDevice } from '@causeway/testkit';
import { addWinsSet, yjs } from '@causeway/yjs';
import * as v from 'valibot';
import { expectEqual } from './expect-equal.ts';
import type { Scenario } from './scenario.ts';
import { computed, played } from './scenario.ts';
import type { Setting, Stage } from './stage.ts';
import { rulesNothing } from './stage.ts';

const args = v.object({ item: v.string() });
const app = defineApp({
  name: 'scenario-cart',
  version: 1,
  document: yjs((doc) => ({ items: addWinsSet<number>(doc, 'items') }), {
    initial: (doc) => doc.items.put('book', 1),
  }),
})
  .operations({
    put: { args, run: (doc, a) => doc.items.put(a.item, 1) },
    remove: { args, run: (doc, a) => doc.items.delete(a.item) },
  })
  .invariants({})
  .policy({ put: every(safe()), remove: every(safe()) });
type CartApp = typeof app;

const setting: Setting<CartApp> = { app, judge: rulesNothing };

export const shoppingCart: Scenario = {
  id: 'S7',
  title: 'Shopping cart',
  variants: [
    computed('a: control, a set that only grows', growOnly),
    computed('b: control, two sets without tags', twoSets),
    played('c: add wins, removed', setting, playRemoved),
    played('c: add wins, removed and added again', setting, playAddedAgain),
    played('d: removed while another adds it', setting, playConcurrent),
  ],
};

/** Nothing can be removed: the deletion that A made is undone by the merge. */
function growOnly(): void {
  const before = ['book'];
  const a = before.filter((item) => item !== 'book');
  const b = [...before, 'pen'];
  expectEqual('the merged cart', [...new Set([...a, ...b])].sort(), ['book', 'pen']);
}

/** What was removed once stays removed, whoever adds it again. */
function twoSets(): void {
  const cartOf = (added: readonly string[], removed: readonly string[]): readonly string[] =>
    added.filter((item) => !removed.includes(item));
  const added = ['book', 'pen'];
  const removed = ['book'];
  expectEqual('the merged cart', cartOf(added, removed), ['pen']);
  expectEqual('after book is added again', cartOf([...added, 'book'], removed), ['pen']);
}

async function playRemoved(stage: Stage<CartApp>): Promise<void> {
  const { a, b } = stage;
  await stage.cut(a, b);
  await stage.run(a, 'remove', { item: 'book' });
  await stage.run(b, 'put', { item: 'pen' });
  await allShow(stage, ['pen']);
  // Not for ever, as with two sets: what was removed can come back.
  await stage.run(b, 'put', { item: 'book' });
  await allShow(stage, ['book', 'pen']);
}

async function playAddedAgain(stage: Stage<CartApp>): Promise<void> {
  const { a, b } = stage;
  await stage.cut(a, b);
  await stage.run(a, 'remove', { item: 'book' });
  await stage.run(b, 'put', { item: 'pen' });
  await stage.run(a, 'put', { item: 'book' });
  await allShow(stage, ['book', 'pen']);
}

async function playConcurrent(stage: Stage<CartApp>): Promise<void> {
  const { a, b } = stage;
  await stage.cut(a, b);
  await stage.run(a, 'remove', { item: 'book' });
  await stage.run(b, 'put', { item: 'book' });
  await stage.run(b, 'put', { item: 'pen' });
  expectEqual('the cart of A while cut', itemsAt(a), []);
  await allShow(stage, ['book', 'pen']);
}

async function allShow(stage: Stage<CartApp>, items: readonly string[]): Promise<void> {
  const { a, b, c } = stage;
  for (const device of [a, b]) await stage.heal(device);
  await stage.settle();
  for (const device of [a, b, c]) expectEqual(`the cart of ${device.name}`, itemsAt(device), items);
}

function itemsAt({ handle }: SimulatedDevice<CartApp>): readonly string[] {
  return [...handle.view.items.keys()].sort();
}
