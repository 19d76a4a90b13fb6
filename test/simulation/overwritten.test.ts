// A calendar keyed by slot in a plain Y.Map: the last writer wins, no rule is ever broken, and one
// booking is silently gone. Nothing but `effectVisible` tells of it. (docs/adr/0017-duplicates-and-overwritten.md)
import { defineApp, risk } from '@causeway/core';
import type { SimulatedDevice } from '@causeway/testkit';
import { yjs } from '@causeway/yjs';
import * as v from 'valibot';
import { beforeEach, expect, test } from 'vitest';
import { Pair } from './pair.ts';

const args = v.object({ slot: v.string(), who: v.string() });
const app = defineApp({
  name: 'plain-calendar',
  version: 1,
  document: yjs((doc) => ({ slots: doc.getMap<string>('slots') })),
})
  .operations({
    book: {
      args,
      subjects: (a) => [a.slot],
      run: (doc, a) => void doc.slots.set(a.slot, a.who),
      effectVisible: (doc, a) => doc.slots.get(a.slot) === a.who,
    },
    /** Says nothing of whether it is to be seen. */
    pencil: {
      args,
      subjects: (a) => [a.slot],
      run: (doc, a) => void doc.slots.set(a.slot, a.who),
    },
  })
  .invariants({
    // A slot holds one name whatever happened: as a check of the state it never fails.
    noOverlap: { holds: (doc, slot) => [doc.slots.get(slot)].length <= 1 },
  })
  .compensations({ noOverlap: { restore: () => undefined } })
  .policy({ book: { noOverlap: risk() }, pencil: { noOverlap: risk() } });
type Device = SimulatedDevice<typeof app>;

let pair: Pair<typeof app>;
let world: Pair<typeof app>['world'];
let a: Device;
let b: Device;

beforeEach(async () => {
  pair = await Pair.open(app);
  ({ world, a, b } = pair);
});

async function run(at: Device, name: 'book' | 'pencil', slot: string, who: string) {
  const receipt = at.handle.run(name, { slot, who });
  expect((await world.until(receipt.saved)).type).toBe('saved');
  return receipt.id;
}
const toldAt = ({ handle }: Device) =>
  handle.notices.current.map(({ operation, to, why, keys }) => ({ operation, to, why, keys }));

test.each(['A first', 'B first'] as const)('one of two is told, %s', async (order) => {
  await pair.cut(a, b);
  const byA = await run(a, 'book', '10:00', 'A');
  const byB = await run(b, 'book', '10:00', 'B');
  await (order === 'A first' ? pair.heal(a, b) : pair.heal(b, a));
  const winner = a.handle.view.slots.get('10:00');
  expect(b.handle.view.slots.get('10:00')).toBe(winner);
  expect(a.handle.cases.current).toEqual([]); // The rule holds, and says nothing.
  const [lost, other, loser, happy] = winner === 'A' ? [byB, byA, b, a] : [byA, byB, a, b];
  expect(await world.until(happy.handle.receipt(other)?.outcome ?? Promise.reject())).toEqual({
    type: 'confirmed',
  });
  const remark = { type: 'overwritten', other, key: '10:00' };
  expect(loser.handle.remarks(lost).current).toEqual([remark]);
  expect(happy.handle.remarks(lost).current).toEqual([remark]); // Whoever looks it up sees it.
  expect(happy.handle.remarks(other).current).toEqual([]);
  expect(toldAt(loser)).toEqual([
    { operation: lost, to: 'overwritten', why: other, keys: ['10:00'] },
  ]);
  expect(toldAt(happy)).toEqual([]);
});

test('what somebody replaces who has seen it is no news', async () => {
  const byA = await run(a, 'book', '10:00', 'A');
  await pair.settle();
  await run(b, 'book', '10:00', 'B');
  await pair.settle();
  expect(a.handle.view.slots.get('10:00')).toBe('B');
  expect(a.handle.remarks(byA).current).toEqual([]);
});

test('other slots, and operations that declare nothing, are not looked at', async () => {
  await pair.cut(a, b);
  const pencilled = await run(a, 'pencil', '10:00', 'A');
  const apart = await run(a, 'book', '11:00', 'A');
  await run(b, 'pencil', '10:00', 'B');
  await run(b, 'book', '12:00', 'B');
  await pair.heal(a, b);
  expect(a.handle.remarks(pencilled).current).toEqual([]);
  expect(a.handle.remarks(apart).current).toEqual([]);
  expect(toldAt(a)).toEqual([]);
});

test.each(['edit first', 'booking first'] as const)(
  'an edit covers a booking, %s',
  async (order) => {
    await pair.cut(a, b);
    // Of two concurrent values of a key Yjs keeps that of the greater client id.
    const [scribbler, booker] = a.handle.doc.clientID > b.handle.doc.clientID ? [a, b] : [b, a];
    const booked = await run(booker, 'book', '10:00', booker.name);
    scribbler.handle.doc.getMap('slots').set('10:00', 'scribble');
    await (order === 'edit first' ? pair.heal(scribbler, booker) : pair.heal(booker, scribbler));
    expect(booker.handle.view.slots.get('10:00')).toBe('scribble');
    const other = expect.stringMatching(/^e:[0-9a-f]{32}:1$/);
    const told = booker.handle.remarks(booked).current;
    expect(told).toEqual([{ type: 'overwritten', other, key: '10:00' }]);
  },
);

test('a primary that starts again says nothing twice', async () => {
  await pair.cut(a, b);
  const byA = await run(a, 'book', '10:00', 'A');
  const byB = await run(b, 'book', '10:00', 'B');
  await pair.heal(a, b);
  const before = [byA, byB].flatMap((id) => a.handle.remarks(id).current);
  expect(before).toHaveLength(1);
  world.relay.crashPrimary();
  await run(a, 'book', '18:00', 'A');
  await pair.settle();
  expect([byA, byB].flatMap((id) => a.handle.remarks(id).current)).toEqual(before);
  const log = await world.history();
  const text = log.map(({ sealed }) => new TextDecoder().decode(sealed.payload)).join('\n');
  expect(text.split('"overwritten"')).toHaveLength(2);
});
