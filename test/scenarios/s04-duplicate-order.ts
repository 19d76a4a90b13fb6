// S4: one customer submits one order, K1, on A and on B while both are cut off, and means another one,
// K2, for the same goods as well. K1 is kept once, paid once and shipped once; K2 is nobody's duplicate.
import { decodeEffects, decodeHeader } from '@causeway/core';
import type { SimulatedDevice } from '@causeway/testkit';
import { expectEqual, expectThat } from './expect-equal.ts';
import type { Scenario } from './scenario.ts';
import { played } from './scenario.ts';
import type { ShopApp } from './shop.ts';
import { price, shop, shopAt } from './shop.ts';
import type { Stage } from './stage.ts';

export const duplicateOrder: Scenario = {
  id: 'S4',
  title: 'Duplicate order',
  variants: [
    played('A heals first', shop, (stage) => play(stage, ['A', 'B'])),
    played('B heals first', shop, (stage) => play(stage, ['B', 'A'])),
    played('every frame comes three times', shop, async (stage) => {
      for (const { line } of stage.world.devices.values()) deliverThrice(line);
      await play(stage, ['A', 'B']);
    }),
  ],
};

type Device = SimulatedDevice<ShopApp>;
const [who, sku] = ['Ann', 'tea'];

async function play(stage: Stage<ShopApp>, order: readonly ['A' | 'B', 'A' | 'B']): Promise<void> {
  const { a, b, c, world } = stage;
  await stage.cut(a, b);
  const submit = (at: Device, number: string): Promise<string> =>
    stage.run(at, 'order', { number, who, sku }, { dedupKey: number });
  const k1 = new Map<string, string>();
  for (const device of [a, b]) k1.set(device.name, await submit(device, 'K1'));
  const k2 = await submit(b, 'K2');
  await stage.until('all confirmations are sent', () => world.effects.length === 3);
  const confirmed = world.effects.map(({ device, payload }) => ({ device, payload }));
  expectEqual('confirmations sent', confirmed, [
    { device: 'A', payload: { number: 'K1' } },
    { device: 'B', payload: { number: 'K1' } },
    { device: 'B', payload: { number: 'K2' } },
  ]);
  const [first, second] = order.map((name) => world.device(name));
  const [kept = '', cancelled = ''] = order.map((name) => k1.get(name));
  if (!first || !second) throw new Error('two devices take orders');
  await stage.heal(first);
  await stage.heal(second);
  expectEqual('the outcome of the first K1', await stage.outcome(first, kept), {
    type: 'confirmed',
  });
  const outcome = await stage.outcome(second, cancelled);
  expectEqual('the outcome of the second K1', outcome.type, 'compensated');
  expectEqual('the outcome of K2', await stage.outcome(b, k2), { type: 'confirmed' });
  await stage.settle();
  await expectOnce(stage, { kept, cancelled, k2, second });
  const told = second.handle.notices.current.filter(({ operation }) => operation === cancelled);
  const isTold = told.some(({ to, why }) => to === 'duplicate' && why === kept);
  expectThat('whoever submitted it again is told', isTold, told);

  // All of it once more, over fresh links: who was away for long, and a line that stutters.
  const entries = (await world.history()).length;
  for (const { line } of [a, b, c]) {
    deliverThrice(line);
    line.reset();
  }
  for (const device of [a, b, c]) await stage.reload(device);
  for (const device of [a, b, c]) await stage.caughtUp(device);
  await stage.settle();
  expectEqual('entries in the log after it', (await world.history()).length, entries);
  await expectOnce(stage, { kept, cancelled, k2, second });
}

function deliverThrice(line: Device['line']): void {
  line.faults.duplication = 1;
  line.faults.copies = 3;
  line.faults.greetsOnce = true;
}

/** One K1, one K2, one charge each; one apology with a coupon; and what is suspected, is so once. */
async function expectOnce(
  stage: Stage<ShopApp>,
  o: {
    readonly kept: string;
    readonly cancelled: string;
    readonly k2: string;
    readonly second: Device;
  },
): Promise<void> {
  for (const device of [stage.a, stage.b, stage.c]) {
    expectEqual(`the shop on ${device.name}`, shopAt(device), {
      orders: ['K1 Ann', 'K2 Ann'],
      tea: 8,
      charged: [`Ann: ${2 * price}`],
      coupons: ['sorry-K1: Ann'],
    });
    const { handle } = device;
    const remark = { type: 'duplicate', other: o.kept, key: 'K1' };
    expectEqual('remarks on the second K1', handle.remarks(o.cancelled).current, [remark]);
    for (const id of [o.kept, o.k2]) expectEqual('others', handle.remarks(id).current, []);
  }
  const apologies = (await stage.world.history()).flatMap(({ sealed }) => {
    const isResult = decodeHeader(sealed.header)?.kind === 'result';
    return isResult ? decodeEffects(sealed.effects) : [];
  });
  expectEqual('what is to be sent', apologies, [
    { index: 0, name: 'apology', payload: { number: 'K1', who, coupon: 'sorry-K1' } },
  ]);
  expectEqual('confirmations sent by now', stage.world.effects.length, 3);
  const { handled } = stage.world.farEnd;
  const parcels = handled.flatMap(({ name, operation }) => (name === 'parcel' ? [operation] : []));
  expectEqual('parcels sent by now', parcels.sort(), [o.kept, o.k2].sort());
}
