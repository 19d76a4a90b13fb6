// S10: an order is placed while cut off, and its charge waits. A cancellation that comes first wins, and
// the card is never charged; without one it is charged once, wherever the primary dies.
import { type ChargeApp, cardCharge, cents, order, stateOf } from './card-charge.ts';
import { type CrashMoment, crashMoments, crashPrimaryAt } from './crash-primary-at.ts';
import { expectEqual, expectThat } from './expect-equal.ts';
import type { Scenario } from './scenario.ts';
import { played } from './scenario.ts';
import type { Stage } from './stage.ts';

export const delayedCardCharge: Scenario = {
  id: 'S10',
  title: 'Delayed card charge',
  variants: [
    played('cancelled meanwhile', cardCharge, playCancelled),
    played('not cancelled', cardCharge, (stage) => playCharged(stage, undefined)),
    ...crashMoments.map((moment) =>
      played(`the primary dies ${moment}`, cardCharge, (stage) => playCharged(stage, moment)),
    ),
  ],
};

/** A is cut off, places the order and asks for the charge, and reloads. */
async function orderWhileCut(stage: Stage<ChargeApp>): Promise<string> {
  const { a, world } = stage;
  await stage.cut(a);
  await stage.run(a, 'place', { order });
  const charge = a.handle.run('charge', { order, cents });
  expectEqual('the charge', await world.until(charge.saved), {
    ...{ type: 'saved', as: 'intent', strength: 'strict' },
  });
  await stage.reload(a);
  expectEqual('A sees the order', stateOf(a.handle.view, order), 'placed');
  const [shown] = a.handle.overlays.current;
  expectEqual('and what will be', shown?.values, { [order]: 'placed, will be processed' });
  expectEqual('calls of the processor', world.farEnd.calls.length, 0);
  return charge.id;
}

async function playCancelled(stage: Stage<ChargeApp>): Promise<void> {
  const { a, b, world } = stage;
  const charge = await orderWhileCut(stage);
  await stage.run(b, 'cancel', { order });
  await stage.caughtUp(b);
  await stage.heal(a);
  await stage.settle();
  expectEqual('the order', stateOf(a.handle.view, order), 'cancelled');
  expectEqual('calls of the processor', world.farEnd.calls.length, 0);
  expectEqual('what A is told', await stage.outcome(a, charge), {
    ...{ type: 'refused', code: 'requires', reason: 'cancelled' },
  });
}

async function playCharged(
  stage: Stage<ChargeApp>,
  moment: CrashMoment | undefined,
): Promise<void> {
  const { a, b, world } = stage;
  const charge = await orderWhileCut(stage);
  const crash = moment && crashPrimaryAt(stage.world, moment);
  await stage.heal(a);
  await stage.settle();
  if (crash) expectThat('the primary died', crash.hasCrashed);
  const { handled } = world.farEnd;
  const keys = new Set(handled.map(({ key }) => key));
  expectEqual('charges, as the processor counts them: by key', [...keys], [`${charge}:0`]);
  for (const { payload } of handled) expectEqual('the charge', payload, { order, cents });
  expectEqual('the order', stateOf(b.handle.view, order), 'paid');
  const [entry] = b.handle.effects(charge).current;
  expectEqual('what B is shown of it', entry?.state, 'done');
}
