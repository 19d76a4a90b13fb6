// Intents on real clients, relay and primary: listed, shown over the view, dropped in time, in the order
// of what they stand on. (What becomes of them when links and relays die: S14, S22 and the seeds.)
import { defineApp, delay, safe } from '@causeway/core';
import type { SimulatedDevice } from '@causeway/testkit';
import { counter, yjs } from '@causeway/yjs';
import * as v from 'valibot';
import { beforeEach, expect, test } from 'vitest';
import { Pair, statusOf } from './pair.ts';

const args = v.object({ account: v.string(), cents: v.number() });
const app = defineApp({
  name: 'bills',
  version: 1,
  document: yjs((doc) => ({ balance: counter(doc, 'balance') }), {
    initial: (doc) => doc.balance.add('ann', 100),
  }),
})
  .operations({
    deposit: {
      args,
      subjects: (a) => [a.account],
      run: (doc, a) => doc.balance.add(a.account, a.cents),
    },
    /** For the primary only. */
    bill: {
      args,
      subjects: (a) => [a.account],
      requires: (doc, a) => doc.balance.get(a.account) >= a.cents || 'insufficient-funds',
      run: (doc, a) => doc.balance.add(a.account, -a.cents),
      preview: (doc, a) => ({ [a.account]: doc.balance.get(a.account) - a.cents }),
    },
    /** Asks while connected, and goes on by itself when that takes too long. */
    order: {
      args,
      subjects: (a) => [a.account],
      run: (doc, a) => doc.balance.add(a.account, -a.cents),
      preview: (_, a) => ({ [a.account]: 'ordered' }),
    },
  })
  .invariants({ sane: { holds: () => true } })
  .policy({
    deposit: { sane: safe() },
    bill: { sane: delay() },
    order: { sane: safe({ connected: 'primary' }) },
  });
type Device = SimulatedDevice<typeof app>;

let pair: Pair<typeof app>;
let world: Pair<typeof app>['world'];
let a: Device;
let b: Device;

beforeEach(async () => {
  pair = await Pair.open(app, { seed: 11, restMs: 200 });
  ({ world, a, b } = pair);
});

const bill = ({ handle }: Device, cents: number, o = {}) =>
  handle.run('bill', { account: 'ann', cents }, o);
const balanceAt = ({ handle }: Device) => handle.view.balance.get('ann');
const namesAt = ({ handle }: Device) => handle.pending.current.map(({ name, as }) => [name, as]);

test('an intent is listed and shown over the view, and changes nothing until it is run', async () => {
  await pair.cut(a);
  const receipt = bill(a, 30);
  expect(await world.until(receipt.saved)).toMatchObject({ type: 'saved', as: 'intent' });
  expect([balanceAt(a), namesAt(a)]).toEqual([100, [['bill', 'intent']]]);
  expect(a.handle.overlays.current).toMatchObject([{ name: 'bill', values: { ann: 70 } }]);
  expect(statusOf(a)).toMatchObject({ delayed: 1, pending: 1, synced: false });
  a.reload();
  await world.advanceUntil(() => a.tab?.handle !== undefined, 10_000);
  expect([balanceAt(a), namesAt(a)]).toEqual([100, [['bill', 'intent']]]);
  a.line.heal();
  await pair.settle();
  expect([balanceAt(a), balanceAt(b), a.handle.overlays.current]).toEqual([70, 70, []]);
});

test('it is judged again on the state of then', async () => {
  await pair.cut(a);
  const receipt = bill(a, 80);
  await world.until(receipt.saved);
  expect(await world.until(bill(b, 50).outcome)).toEqual({ type: 'confirmed' });
  a.line.heal();
  expect(await world.until(receipt.outcome)).toEqual({
    ...{ type: 'refused', code: 'requires', reason: 'insufficient-funds' },
  });
  expect(balanceAt(b)).toBe(50);
});

test('what reads a key that an intent shows becomes one, and falls with it', async () => {
  await pair.cut(a);
  const first = bill(a, 90);
  await world.until(first.saved);
  const second = a.handle.run('deposit', { account: 'ann', cents: 5 });
  expect(await world.until(second.saved)).toMatchObject({ as: 'intent' });
  expect(
    await world.until(a.handle.run('deposit', { account: 'bob', cents: 5 }).saved),
  ).toMatchObject({ as: 'applied' });
  await world.until(bill(b, 50).outcome);
  a.line.heal();
  expect(await world.until(first.outcome)).toMatchObject({ code: 'requires' });
  expect(await world.until(second.outcome)).toEqual({
    ...{ type: 'refused', code: 'depends', on: first.id },
  });
  await pair.settle();
  expect(balanceAt(b)).toBe(50);
});

test('with `dependsOn` it waits for what it stands on to be confirmed', async () => {
  await pair.cut(a);
  const first = a.handle.run('deposit', { account: 'bob', cents: 5 });
  await world.until(first.saved);
  const second = a.handle.run('bill', { account: 'bob', cents: 5 }, { dependsOn: [first.id] });
  expect(await world.until(second.saved)).toMatchObject({ as: 'intent' });
  a.line.heal();
  expect(await world.until(second.outcome)).toEqual({ type: 'confirmed' });
  await pair.settle(a);
  expect(a.handle.view.balance.get('bob')).toBe(0);
});

test('it is dropped when it expires, or is cancelled, and leaves nothing', async () => {
  await pair.cut(a);
  const short = bill(a, 10, { expiresInMs: 30_000 });
  const regretted = bill(a, 20);
  await world.until(regretted.saved);
  expect(await world.until(regretted.cancel())).toBe('cancelled');
  await world.advance(30_000);
  expect(await world.until(short.outcome)).toEqual({ type: 'refused', code: 'expired' });
  expect([namesAt(a), statusOf(a)?.pending]).toEqual([[], 0]);
  a.line.heal();
  await pair.settle();
  expect(balanceAt(b)).toBe(100);
  expect(await world.until(bill(a, 1).outcome)).toEqual({ type: 'confirmed' });
});

test('what proceeds after its bound does so though it would have shown its own key', async () => {
  a.line.faults.latencyMs = { from: 2_000, to: 2_000 };
  const receipt = a.handle.run(
    'order',
    { account: 'ann', cents: 7 },
    { withinMs: 300, onTimeout: 'proceed' },
  );
  await world.advanceUntil(() => balanceAt(a) === 93, 2_000);
  await world.advance(20); // It is on disk.
  expect(receipt.state.current).toMatchObject({ type: 'saved', as: 'applied' });
  a.line.faults.latencyMs = { from: 10, to: 10 };
  expect(await world.until(receipt.outcome)).toEqual({ type: 'confirmed' });
  await pair.settle();
  expect([balanceAt(a), balanceAt(b)]).toEqual([93, 93]);
});
