// One act submitted twice, under two operation ids and one `dedupKey`: told, and refused where the
// application wants it so. One operation delivered twice is another mechanism, and says nothing.
import { defineApp, delay, risk, safe } from '@causeway/core';
import type { SimulatedDevice, Tab } from '@causeway/testkit';
import { counter, yjs } from '@causeway/yjs';
import * as v from 'valibot';
import { beforeEach, expect, test } from 'vitest';
import { Pair } from './pair.ts';

const args = v.object({ what: v.string() });
const app = defineApp({
  name: 'counted',
  version: 1,
  document: yjs((doc) => ({ done: counter(doc, 'done') })),
  effects: { mail: { payload: v.object({}), runs: 'primary', delivery: 'at-least-once' } },
})
  .operations({
    buy: { args, subjects: (a) => [a.what], run: (doc, a) => doc.done.add(a.what, 1) },
    once: {
      args,
      subjects: (a) => [a.what],
      duplicates: 'void',
      run: (doc, a) => doc.done.add(a.what, 1),
    },
    onceAtPrimary: {
      args,
      subjects: (a) => [a.what],
      duplicates: 'void',
      run: (doc, a) => doc.done.add(a.what, 1),
    },
    onceMailed: {
      args,
      subjects: (a) => [a.what],
      duplicates: 'void',
      run(doc, a, op) {
        doc.done.add(a.what, 1);
        op.effect('mail', {});
      },
    },
  })
  .invariants({ any: { holds: () => true } })
  .compensations({ any: { restore: () => undefined } })
  .policy({
    buy: { any: risk() },
    once: { any: safe() },
    onceAtPrimary: { any: delay() },
    onceMailed: { any: safe() },
  });
type Device = SimulatedDevice<typeof app>;
type Name = 'buy' | 'once' | 'onceAtPrimary' | 'onceMailed';

let pair: Pair<typeof app>;
let world: Pair<typeof app>['world'];
let a: Device;
let b: Device;

beforeEach(async () => {
  pair = await Pair.open(app);
  ({ world, a, b } = pair);
});

async function run(at: Device | Tab<typeof app>, name: Name, what: string, dedupKey?: string) {
  if (!at.handle) throw new Error('not open');
  const receipt = at.handle.run(name, { what }, dedupKey === undefined ? {} : { dedupKey });
  expect((await world.until(receipt.saved)).type).toBe('saved');
  return receipt;
}
const toldAt = ({ handle }: Device) =>
  handle.notices.current.map(({ operation, to, why, keys }) => ({ operation, to, why, keys }));
const doneAt = ({ handle }: Device, what: string) => handle.view.done.get(what);

test('both stand, and the author of the second is told', async () => {
  await pair.cut(a, b);
  const first = await run(a, 'buy', 'tea', 'order-1');
  const second = await run(b, 'buy', 'tea', 'order-1');
  const other = await run(b, 'buy', 'tea', 'order-2');
  await pair.heal(a, b);
  expect(doneAt(a, 'tea')).toBe(3);
  expect(await world.until(second.outcome)).toEqual({ type: 'confirmed' });
  const remark = { type: 'duplicate', other: first.id, key: 'order-1' };
  expect(b.handle.remarks(second.id).current).toEqual([remark]);
  for (const { id } of [first, other]) expect(a.handle.remarks(id).current).toEqual([]);
  expect(toldAt(b)).toEqual([
    { operation: second.id, to: 'duplicate', why: first.id, keys: ['order-1'] },
  ]);
  expect(toldAt(a)).toEqual([]);
});

test('the same key of another operation, or none, is nothing', async () => {
  const bought = await run(a, 'buy', 'tea', 'order-1');
  await pair.settle();
  const once = await run(b, 'once', 'tea', 'order-1');
  const bare = await run(b, 'buy', 'tea');
  const again = await run(b, 'buy', 'tea');
  await pair.settle();
  for (const { id, outcome } of [bought, once, bare, again]) {
    expect(a.handle.remarks(id).current).toEqual([]);
    expect(await world.until(outcome)).toEqual({ type: 'confirmed' });
  }
});

test('`void`: the second one is refused with the first as its evidence', async () => {
  await pair.cut(a, b);
  const first = await run(a, 'once', 'tea', 'order-1');
  const second = await run(b, 'once', 'tea', 'order-1');
  await pair.heal(a, b);
  expect(await world.until(first.outcome)).toEqual({ type: 'confirmed' });
  const refused = { type: 'refused', code: 'duplicate', of: first.id };
  expect(await world.until(second.outcome)).toEqual(refused);
  expect(doneAt(a, 'tea')).toBe(1);
  expect(doneAt(b, 'tea')).toBe(1);
  expect(toldAt(b)).toMatchObject([{ operation: second.id, to: 'refused' }]);
});

test('`void` of what waits: the primary does not run it', async () => {
  await pair.cut(a, b);
  const first = await run(a, 'onceAtPrimary', 'tea', 'order-1');
  const second = await run(b, 'onceAtPrimary', 'tea', 'order-1');
  b.reload(); // The key is on the disk with the intent.
  await world.advanceUntil(() => b.tab?.handle !== undefined, 10_000);
  await pair.heal(a, b);
  expect(await world.until(first.outcome)).toEqual({ type: 'confirmed' });
  const kept = b.handle.receipt(second.id);
  expect(kept && (await world.until(kept.outcome))).toEqual({
    ...{ type: 'refused', code: 'duplicate', of: first.id },
  });
  expect(doneAt(a, 'tea')).toBe(1);
});

test('`void` where something left the system: it is kept, and told', async () => {
  await pair.cut(a, b);
  const first = await run(a, 'onceMailed', 'tea', 'order-1');
  const second = await run(b, 'onceMailed', 'tea', 'order-1');
  await pair.heal(a, b);
  expect(await world.until(second.outcome)).toEqual({ type: 'confirmed' });
  expect(b.handle.remarks(second.id).current).toEqual([
    { type: 'duplicate', other: first.id, key: 'order-1' },
  ]);
  expect(doneAt(a, 'tea')).toBe(2);
});

test('a third one is refused for the first: the second does not count', async () => {
  const { id: of } = await run(a, 'once', 'tea', 'order-1');
  await pair.settle();
  const refused = await run(b, 'once', 'tea', 'order-1');
  await pair.settle();
  expect((await world.until(refused.outcome)).type).toBe('refused');
  const third = await run(b, 'once', 'tea', 'order-1');
  await pair.settle();
  expect(await world.until(third.outcome)).toMatchObject({ code: 'duplicate', of });
  expect(doneAt(a, 'tea')).toBe(1);
});

test('frames that come three times are one act, and a primary that starts again finds the same', async () => {
  a.line.faults.duplication = 1;
  b.line.faults.duplication = 1;
  const first = await run(a, 'buy', 'tea', 'order-1');
  await pair.settle();
  expect(a.handle.remarks(first.id).current).toEqual([]);
  world.relay.crashPrimary();
  const second = await run(b, 'buy', 'tea', 'order-1');
  await pair.settle();
  expect(a.handle.remarks(first.id).current).toEqual([]);
  expect(b.handle.remarks(second.id).current).toMatchObject([{ other: first.id }]);
  expect(doneAt(a, 'tea')).toBe(2);
});

test('a key that no header could carry is a mistake of the caller', () => {
  for (const dedupKey of ['', 'ä'.repeat(129)]) {
    expect(() => a.handle.run('buy', { what: 'tea' }, { dedupKey })).toThrow('bad-dedup-key');
  }
});
