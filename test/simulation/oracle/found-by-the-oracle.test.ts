// Faults of the engine that random histories showed first, each as the shortest history that has it.
import { defineApp, safe, statusOf } from '@causeway/core';
import type { Act, Workload } from '@causeway/testkit';
import { judgeHistory, workloads } from '@causeway/testkit';
import { counter, yjs } from '@causeway/yjs';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import type { SmallDevice } from './small-device.ts';
import { must } from './small-log.ts';
import { SmallWorld } from './small-world.ts';

const worldOf = (name: string): SmallWorld =>
  new SmallWorld(must(workloads.find((one) => one.name === name)), 1);
const device = (world: SmallWorld, at: number): SmallDevice => must(world.devices[at]);

/** Runs an operation in the first tab of a device. */
function run(at: SmallDevice, name: string, args: Extract<Act, { type: 'run' }>['args']): void {
  must(at.tabs[0]).act({ type: 'run', name, args });
}

/** Each device does its part before it hears of the others'. */
function apart(world: SmallWorld, ...acts: readonly ((at: SmallDevice) => void)[]): void {
  for (const one of world.devices) one.cut();
  for (const [at, act] of acts.entries()) act(device(world, at));
  for (const one of world.devices) one.heal();
  world.flow();
}

function problemsOf(world: SmallWorld, name: string): readonly string[] {
  const workload = must(workloads.find((one) => one.name === name));
  return judgeHistory(workload, world.settle().history, { isSettled: true }).problems;
}

const withdraw = (account: string, cents: number) => (at: SmallDevice) =>
  run(at, 'withdraw', { account, cents });
const take = (seat: string) => (at: SmallDevice) => run(at, 'take', { seat, who: 'ann' });

test('a primary knows of its own compensation: what follows is judged on it', () => {
  const world = worldOf('bank');
  apart(world, withdraw('ann', 10), withdraw('ann', 10));
  world.settle();
  run(device(world, 0), 'deposit', { account: 'ann', cents: 18 });
  world.flow();
  apart(world, withdraw('ann', 5), withdraw('ann', 5));
  expect(problemsOf(world, 'bank')).toEqual([]);
});

test('a compensation may write any type: the second one of a primary arrives everywhere, too', () => {
  const world = new SmallWorld(diary, 1);
  for (const key of ['a', 'b']) run(device(world, 0), 'raise', { key });
  world.settle();
  for (const { state } of world.tabs) expect(diary.projection(state.document.view)).toBe('ab');
});

test('what verdicts change is judged anew: a seat that was settled can be taken twice again', () => {
  const world = worldOf('seats');
  apart(world, take('1a'), take('1a'));
  world.settle();
  run(device(world, 0), 'take', { seat: '1a', who: 'eve' });
  expect(problemsOf(world, 'seats')).toEqual([]);
});

test('a case ends when its deficit is back at 0, whether or not it was closed yet', () => {
  const world = worldOf('bank');
  apart(world, withdraw('ann', 10), withdraw('ann', 10));
  run(device(world, 0), 'deposit', { account: 'ann', cents: 10 });
  world.flow();
  run(device(world, 0), 'deposit', { account: 'ann', cents: 2 });
  world.flow();
  apart(world, withdraw('ann', 2), withdraw('ann', 2));
  expect(problemsOf(world, 'bank')).toEqual([]);
});

test('who was refused explains nothing', () => {
  const world = worldOf('bank');
  const transfer = (at: SmallDevice) => run(at, 'transfer', { from: 'ann', to: 'bob', cents: 3 });
  apart(world, withdraw('ann', 10), transfer, withdraw('ann', 10));
  expect(problemsOf(world, 'bank')).toEqual([]);
});

test('a compensation explains nothing', () => {
  const world = worldOf('bank');
  device(world, 2).cut();
  apart(world, withdraw('ann', 10), withdraw('ann', 10));
  device(world, 2).cut();
  run(device(world, 2), 'deposit', { account: 'eve', cents: 1 });
  world.settle();
  const late = worldOf('bank');
  device(late, 2).cut();
  withdraw('ann', 4)(device(late, 2));
  for (const at of [0, 1]) withdraw('ann', 10)(device(late, at));
  for (const ms of [1, 600, 600]) {
    late.passTime(ms);
    late.flow();
  }
  expect(problemsOf(late, 'bank')).toEqual([]);
});

test('a primary that read a compensation, and not yet the fact that follows, waits for it', () => {
  const world = worldOf('seats');
  apart(world, take('1a'), take('1a'));
  const claim = must(device(world, 0).tabs[0]).state.receipts.keys().next().value;
  run(device(world, 0), 'release', { claim: must(claim), seat: '1a' });
  world.settle();
  const [primary] = world.primaries;
  must(primary).restart();
  const readAll = (): void => {
    while (must(primary).audit(1)) world.passTime(1_000);
  };
  expect(readAll).not.toThrow();
});

test('what the log has is not pending, though a sibling stored the commit without knowing it', () => {
  const world = worldOf('bank');
  const at = device(world, 0);
  at.openTab();
  const [author, sibling] = [must(at.tabs[0]), must(at.tabs[1])];
  author.act({ type: 'run', name: 'deposit', args: { account: 'ann', cents: 1 } });
  sibling.pull(10);
  at.closeTab(author);
  at.openTab();
  world.settle();
  for (const tab of at.tabs)
    expect(statusOf(tab.state)).toMatchObject({ pending: 0, synced: true });
});

test('a change of a sibling waits for what its author had seen of a third one', () => {
  const world = worldOf('cart');
  const at = device(world, 0);
  const put = (item: string) =>
    ({ type: 'run', name: 'put', args: { cart: 'c', item, count: 1 } }) as const;
  at.cut();
  at.openTab(); // The one that will lag behind.
  const [first, lagging] = [must(at.tabs[0]), must(at.tabs[1])];
  first.act(put('pen'));
  at.openTab(); // Has seen the pen as a dot.
  const third = must(at.tabs[2]);
  first.connect();
  first.pull(10); // Committed and out of the queue before the lagging one hears of it.
  third.act(put('cup'));
  at.gossip();
  const items = Object.keys(toItems(lagging.state.document.content()));
  expect(items).not.toEqual(['c/cup']);
});

function toItems(content: unknown): object {
  const items: unknown = Object.entries(content ?? {}).find(([root]) => root === 'items')?.[1];
  return typeof items === 'object' && items !== null ? items : {};
}

/** Mending leaves a note in a text of Yjs itself, in the order of the cases. */
const diary: Workload = {
  name: 'diary',
  app: defineApp({
    name: 'sim-diary',
    version: 1,
    document: yjs((doc) => ({
      raised: counter(doc, 'raised'),
      mended: counter(doc, 'mended'),
      note: doc.getText('note'),
    })),
  })
    .operations({
      raise: {
        args: v.object({ key: v.string() }),
        subjects: (a) => [a.key],
        run: (doc, a) => doc.raised.add(a.key, 1),
      },
    })
    .invariants({
      low: {
        holds: (doc, key) => doc.raised.get(key) <= doc.mended.get(key),
        deficit: (doc, key) => Math.max(0, doc.raised.get(key) - doc.mended.get(key)),
      },
    })
    .compensations({
      low: {
        settleMs: 100,
        restore(doc, found) {
          doc.mended.add(found.key, found.deficit);
          doc.note.insert(doc.note.length, found.key);
        },
      },
    })
    .policy({ raise: { low: safe() } }),
  draw: () => ({ type: 'run', name: 'raise', args: { key: 'a' } }),
  projection: (view) => String((view as { readonly note: { toString(): string } }).note),
};
