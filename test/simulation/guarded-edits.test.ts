// Roots that only operations may write, on real clients: an edit of one cannot be un-made, so its author
// is told, and what it breaks is a case like any other. Hostile clients included: what a change calls
// itself decides nothing.
import { defineApp, risk } from '@causeway/core';
import type { SimulatedDevice } from '@causeway/testkit';
import { yjs } from '@causeway/yjs';
import * as v from 'valibot';
import { beforeEach, expect, test } from 'vitest';
import { Pair } from './pair.ts';

const app = defineApp({
  name: 'shop-window',
  version: 1,
  document: yjs(
    (doc) => ({
      // Its name in the view and its name in the document are two things.
      title: doc.getText('heading'),
      prices: doc.getMap<number>('prices'),
      notes: doc.getText('notes'),
    }),
    {
      initial(doc) {
        doc.title.insert(0, 'Shop');
        doc.prices.set('tea', 4);
        doc.prices.set('mug', 9);
      },
    },
  ),
})
  .operations({
    rename: {
      args: v.object({ to: v.string() }),
      subjects: () => ['title'],
      run(doc, a) {
        doc.title.delete(0, doc.title.length);
        doc.title.insert(0, a.to);
      },
    },
    shorten: {
      args: v.object({ by: v.number() }),
      subjects: () => ['title'],
      run: (doc, a) => doc.title.delete(doc.title.length - a.by, a.by),
    },
  })
  .invariants({
    titled: {
      guards: ['title'],
      guardKeys: () => ['title'],
      keys: () => ['title'],
      holds: (doc) => doc.title.length > 0,
    },
    priced: {
      guards: ['prices'],
      guardKeys: (doc) => doc.prices.keys(),
      keys: () => [],
      holds: (doc, sku) => (doc.prices.get(sku) ?? 0) >= 0,
      deficit: (doc, sku) => Math.max(0, -(doc.prices.get(sku) ?? 0)),
    },
  })
  .compensations({
    titled: { settleMs: 500, restore: (doc) => doc.title.insert(0, 'Untitled') },
    priced: { on: 'commit', restore: (doc, found) => void doc.prices.set(found.key, 0) },
  })
  .policy({
    rename: { titled: risk(), priced: risk() },
    shorten: { titled: risk(), priced: risk() },
  });
type Device = SimulatedDevice<typeof app>;

let pair: Pair<typeof app>;
let world: Pair<typeof app>['world'];
let a: Device;
let b: Device;

beforeEach(async () => {
  pair = await Pair.open(app);
  ({ world, a, b } = pair);
});

const titleOf = ({ handle }: Device): string => handle.view.title.toString();
const casesOf = ({ handle }: Device) => handle.cases.current;
const toldAt = ({ handle }: Device) => handle.notices.current.map(({ to, why }) => ({ to, why }));
const kindsOf = async (): Promise<readonly number[]> =>
  (await world.history()).map(({ sealed }) => (sealed.header[0] ?? 0) & 15);
const guardedEdit = 6;

test('an emptied title is a violation by the edit, mended, and its author is told', async () => {
  b.handle.doc.getText('heading').delete(0, 4);
  await pair.settle();
  const [found] = casesOf(a);
  expect(found).toMatchObject({ invariant: 'titled', key: 'title', state: 'compensated' });
  expect(found?.violations).toMatchObject([
    {
      ...{ from: 0, to: 1, fault: 'local' },
      trigger: { name: 'edit', args: null, id: expect.stringMatching(/^e:[0-9a-f]{32}:1$/) },
    },
  ]);
  expect([titleOf(a), titleOf(b)]).toEqual(['Untitled', 'Untitled']);
  expect(toldAt(b)).toContainEqual({ to: 'guarded', why: 'heading' });
  expect(toldAt(b)).toContainEqual({ to: 'compensated', why: 'titled' });
  expect(toldAt(a)).toEqual([]);
  expect(await kindsOf()).toContain(guardedEdit);
});

test('its author is told while it is cut off, before anybody judged anything', async () => {
  await pair.cut(a, b);
  b.handle.doc.getText('heading').insert(4, 's');
  await world.advance(100);
  expect(toldAt(b)).toEqual([{ to: 'guarded', why: 'heading' }]);
  expect(titleOf(b)).toBe('Shops'); // It is accepted all the same.
  await pair.heal(a, b);
  expect(casesOf(a)).toEqual([]);
});

test('two edits that are harmless apart are concurrent participants of what they did together', async () => {
  await pair.cut(a, b);
  a.handle.doc.getText('heading').delete(0, 2);
  b.handle.doc.getText('heading').delete(2, 2);
  await pair.heal(a, b);
  const [found] = casesOf(a);
  expect(found?.violations[0]?.fault).toBe('concurrent');
  expect(found?.violations[0]?.participants.map(({ replica }) => replica)).toEqual([
    await a.tab?.client.replica,
    await b.tab?.client.replica,
  ]);
});

test('an operation that empties what an edit had halved names that edit', async () => {
  await pair.cut(a, b);
  a.handle.doc.getText('heading').delete(0, 2);
  const receipt = b.handle.run('shorten', { by: 2 });
  await world.until(receipt.saved);
  await pair.heal(a, b);
  const [violation] = casesOf(a)[0]?.violations ?? [];
  expect(violation?.trigger.id).toBe(receipt.id);
  expect(violation?.participants.map(({ name }) => name)).toEqual(['edit', 'shorten']);
});

test('one that empties it on its own view as well is to blame alone', async () => {
  await pair.cut(a, b);
  a.handle.doc.getText('heading').delete(0, 2);
  const receipt = b.handle.run('rename', { to: '' });
  await world.until(receipt.saved);
  await pair.heal(a, b);
  const [violation] = casesOf(a)[0]?.violations ?? [];
  expect(violation).toMatchObject({ fault: 'local', trigger: { id: receipt.id } });
  expect(violation?.participants.map(({ name }) => name)).toEqual(['rename']);
});

test('of many keys only the broken one is a case, each with its own', async () => {
  b.handle.doc.getMap('prices').set('tea', -3);
  await pair.settle();
  b.handle.doc.transact(() => {
    b.handle.doc.getMap('prices').set('cup', -1);
    b.handle.doc.getMap('prices').delete('mug');
  });
  await pair.settle();
  const keys = casesOf(a).map(({ key, violations }) => [key, violations[0]?.to]);
  expect(keys).toEqual([
    ['tea', 3],
    ['cup', 1],
  ]);
  for (const { state } of casesOf(a)) expect(state).toBe('compensated');
  expect(a.handle.view.prices.toJSON()).toEqual({ tea: 0, cup: 0 });
});

test('an edit of what nobody guards is no business of the audit, nor of a notice', async () => {
  b.handle.doc.getText('notes').insert(0, 'anything');
  await pair.settle();
  expect(casesOf(a)).toEqual([]);
  expect(toldAt(b)).toEqual([]);
  expect(await kindsOf()).not.toContain(guardedEdit);
});

test('what an operation wrote in between is what the next edit is compared with', async () => {
  b.handle.doc.getText('notes').insert(0, 'x'); // The audit looks at what is guarded.
  await pair.settle();
  await world.until(a.handle.run('rename', { to: '' }).saved);
  await pair.settle(); // Broken by the operation, and mended.
  expect(casesOf(a)).toHaveLength(1);
  b.handle.doc.getText('heading').insert(0, 'The ');
  await pair.settle();
  expect(casesOf(a)).toHaveLength(1);
  b.handle.doc.getText('heading').delete(0, b.handle.doc.getText('heading').length);
  await pair.settle();
  expect(casesOf(a)).toHaveLength(2);
});

test('a primary that starts again finds the same, and says nothing twice', async () => {
  b.handle.doc.getMap('prices').set('tea', -3);
  await pair.settle();
  world.relay.crashPrimary();
  b.handle.doc.getMap('prices').set('mug', -1);
  await pair.settle();
  expect(casesOf(a).map(({ key, state }) => [key, state])).toEqual([
    ['tea', 'compensated'],
    ['mug', 'compensated'],
  ]);
});
