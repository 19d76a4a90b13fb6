// S2: two cash machines that are cut off overdraw an account. One case, one fee; cash stays out, and
// the loss is at most k for each machine that was cut off.
import { account, type BankApp, bankOf, fee, fundsAt } from './bank.ts';
import { expectEqual, expectThat } from './expect-equal.ts';
import type { Scenario } from './scenario.ts';
import { played } from './scenario.ts';
import type { Stage } from './stage.ts';

export const standIn = 200;
/** Long enough to see the account before it is mended. */
const settleMs = 60_000;

export const boundedOverdraft: Scenario = {
  id: 'S2',
  title: 'Bounded overdraft',
  variants: [played('A heals first', bankOf({ opening: 60, standIn, settleMs }), play)],
};

async function play(stage: Stage<BankApp>): Promise<void> {
  const { a, b, c, world } = stage;
  await stage.run(c, 'deposit', { account, amount: 40 }); // Everybody sees it: it explains nothing.
  await stage.settle();
  expectEqual('the balance on A', fundsAt(a).balance, 100);
  await stage.cut(a, b);
  const byA = await stage.run(a, 'withdraw', { account, amount: 80 });
  const byB = await stage.run(b, 'withdraw', { account, amount: 80 });
  await stage.until('all cash is out', () => world.effects.length === 2);
  await stage.heal(a);
  await stage.heal(b);
  const isTold = () => [a, b, c].every((device) => stage.cases(device).length > 0);
  await stage.until('everybody hears of the case', isTold);
  expectEqual('the balance before it is mended', fundsAt(c).balance, -60);
  for (const device of [a, b, c]) {
    const [found, ...others] = stage.cases(device);
    expectEqual(`further cases on ${device.name}`, others, []);
    expectEqual('its state', found?.state, 'settling');
    const [violation, ...more] = found?.violations ?? [];
    expectEqual('further violations', more, []);
    expectEqual(
      'the operations named',
      violation?.participants.map(({ id }) => id),
      [byA, byB],
    );
    const isOut = violation?.participants.every(({ externalised }) => externalised);
    expectThat('both are recorded as externalised', isOut === true, violation);
  }
  await stage.settle();
  expectEqual('what A is told', await stage.outcome(a, byA), { type: 'confirmed' });
  const told = await stage.outcome(b, byB);
  expectEqual('what B is told', told.type, 'compensated');
  for (const device of [a, b, c]) {
    expectEqual(`the funds on ${device.name}`, fundsAt(device), { balance: -85, due: 85 });
    expectEqual(
      'the case',
      stage.cases(device).map(({ state, deficit }) => [state, deficit]),
      [['compensated', 0]],
    );
  }
  const found = stage.cases(a).flatMap(({ violations }) => violations);
  expectEqual(
    'its class and who did it',
    found.map((one) => [one.class, one.fault, one.explained]),
    [['final', 'concurrent', 'minimal']],
  );
  const mended = stage.truth.facts.filter(({ fact }) => fact === 'violation').length;
  expectEqual('violations in the log', mended, 1);
  expectEqual('fees', fundsAt(a).due - 60, fee);
  const cash = world.effects.map(({ device, payload }) => [device, payload]);
  expectEqual('cash', cash, [
    ['A', { amount: 80 }],
    ['B', { amount: 80 }],
  ]);
  const loss = 60;
  expectThat('the loss is at most k for each that was cut', loss <= 2 * standIn);
}
