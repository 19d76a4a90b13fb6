// A stock by escrow on real clients, relay and primary: what is promised while cut off holds, whoever
// else sold meanwhile. (S6's seats without the overbooking.)
import { atLeast, defineApp, escrow, safe } from '@causeway/core';
import type { SimulatedDevice, Tab } from '@causeway/testkit';
import { boundedCounter, yjs } from '@causeway/yjs';
import * as v from 'valibot';
import { beforeEach, expect, test } from 'vitest';
import { Pair } from './pair.ts';

const args = v.object({ pieces: v.pipe(v.number(), v.integer(), v.minValue(1)) });
const app = defineApp({
  name: 'hall',
  version: 1,
  document: yjs((doc) => ({ seats: boundedCounter(doc, 'seats', { min: 0, reclaim: 'firm' }) }), {
    initial: (doc) => doc.seats.add('hall', 20),
  }),
})
  .operations({
    sell: {
      args,
      subjects: () => ['hall'],
      run: (doc, a) => doc.seats.add('hall', -a.pieces),
    },
    addChairs: {
      args,
      subjects: () => ['hall'],
      run: (doc, a) => doc.seats.add('hall', a.pieces),
    },
  })
  .invariants({ notOversold: atLeast((doc) => doc.seats, 0) })
  .policy({
    sell: {
      notOversold: escrow({
        from: (doc) => doc.seats,
        of: (a) => a.pieces,
        lowWater: 2,
        target: 5,
      }),
    },
    addChairs: { notOversold: safe() },
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

const sell = (at: Device | Tab<typeof app>, pieces: number) => {
  if (!at.handle) throw new Error('not open');
  return at.handle.run('sell', { pieces });
};
const rightsAt = ({ handle }: Device) => handle.view.seats.rights('hall');
const seatsAt = ({ handle }: Device) => handle.view.seats.get('hall');

/** The first sale runs at the primary and brings rights along. */
async function stockUp(device: Device): Promise<void> {
  expect(await world.until(sell(device, 1).outcome)).toEqual({ type: 'confirmed' });
  await pair.settle(device);
}

test('cut off, a device sells what it has rights on and no more; nobody can take that away', async () => {
  await stockUp(a);
  expect(rightsAt(a)).toBe(5);
  await pair.cut(a);
  expect(await world.until(sell(a, 4).saved)).toMatchObject({ type: 'saved', as: 'applied' });
  expect(rightsAt(a)).toBe(1);
  expect(await world.until(sell(a, 2).saved)).toEqual({
    ...{ type: 'refused', code: 'no-rights', invariant: 'notOversold', key: 'hall', remaining: 1 },
  });
  // Meanwhile everything else is sold: the primary keeps what A may have promised.
  expect(await world.until(sell(b, 14).outcome)).toEqual({ type: 'confirmed' });
  expect(await world.until(sell(b, 1).outcome)).toMatchObject({ code: 'no-rights' });
  a.line.heal();
  await pair.settle();
  expect([seatsAt(a), seatsAt(b)]).toEqual([1, 1]);
  expect(a.handle.cases.current).toEqual([]);
});

test('others see between which values the truth lies', async () => {
  await stockUp(a);
  await world.advance(1_000);
  const of = ({ handle }: Device) => handle.interval((doc) => doc.seats, 'hall');
  expect(of(b)).toEqual({ low: 14, high: 19, rights: 0 });
  expect(of(a)).toEqual({ low: 19, high: 19, rights: 5 });
  await pair.cut(a);
  await world.until(sell(a, 2).saved);
  expect([of(a), of(b)]).toEqual([
    { low: 17, high: 17, rights: 3 },
    { low: 14, high: 19, rights: 0 },
  ]);
});

test('a read at the primary has what was committed before it was asked; cut off it is refused', async () => {
  const look = (at: Device) =>
    world.until(at.handle.read((doc) => doc.seats.get('hall'), { consistency: 'primary' }));
  b.line.faults.latencyMs = { from: 150, to: 150 };
  await world.until(sell(a, 4).outcome);
  expect(seatsAt(b)).toBe(20);
  expect(await look(b)).toMatchObject({ type: 'read', value: 16, tentative: false, stale: false });
  const { asOf } = a.handle.select((doc) => doc.seats.get('hall')).current;
  const late = b.handle.read((doc) => doc.seats.get('hall'), {
    consistency: 'session',
    after: asOf,
  });
  expect(await world.until(late)).toMatchObject({ type: 'read', value: 16 });
  await pair.cut(b);
  await world.until(sell(a, 1).outcome);
  const { asOf: later } = a.handle.select((doc) => doc.seats.get('hall')).current;
  const never = b.handle.read((doc) => doc.seats.get('hall'), {
    ...{ consistency: 'session', after: later, withinMs: 1_000 },
  });
  expect(await world.until(never)).toEqual({ type: 'refused', code: 'timed-out' });
  expect(await look(b)).toEqual({ type: 'refused', code: 'timed-out' });
  const local = await b.handle.read((doc) => doc.seats.get('hall'), { consistency: 'local' });
  expect(local).toMatchObject({ value: 16, stale: true });
});

test('rights survive a reload, and so does what was spent of them', async () => {
  await stockUp(a);
  await pair.cut(a);
  await world.until(sell(a, 3).saved);
  a.reload();
  await world.advanceUntil(() => a.tab?.handle !== undefined, 10_000);
  await world.advance(100);
  expect(rightsAt(a)).toBe(2);
  expect(await world.until(sell(a, 3).saved)).toMatchObject({ code: 'no-rights', remaining: 2 });
  expect(await world.until(sell(a, 2).saved)).toMatchObject({ type: 'saved' });
});

test('two tabs at the last right: exactly one has it, 40 times', async () => {
  for (let round = 0; round < 40; round++) {
    await world.until(a.handle.run('addChairs', { pieces: 10 }).outcome);
    await stockUp(a);
    const other = a.openTab();
    await world.advanceUntil(() => other.handle !== undefined, 10_000);
    await pair.settle(a);
    await pair.cut(a);
    const spare = rightsAt(a) - 1;
    if (spare > 0) await world.until(sell(a, spare).saved);
    await world.advance(100);
    const both = [sell(a, 1), sell(other, 1)].map(({ saved }) => world.until(saved));
    const kinds = (await Promise.all(both)).map(({ type }) => type).sort();
    expect(kinds).toEqual(['refused', 'saved']);
    a.line.heal();
    await pair.settle(a);
    a.crashTab(other);
  }
});

test('rights that run low are asked for again; when there are none, nothing is asked for for ever', async () => {
  await stockUp(a);
  for (let sold = 0; sold < 3; sold++) await world.until(sell(a, 1).outcome);
  await pair.settle(a);
  expect(rightsAt(a)).toBe(5);
  await world.until(sell(b, 11).outcome);
  for (let sold = 0; sold < 4; sold++) await world.until(sell(a, 1).outcome);
  await pair.settle(a);
  const { position } = [...a.disk.database.documents.values()][0]?.head ?? { position: 0 };
  await world.advance(60_000);
  expect([...a.disk.database.documents.values()][0]?.head?.position).toBe(position);
  expect(seatsAt(a)).toBeGreaterThanOrEqual(0);
});
