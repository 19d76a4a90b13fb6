// S3: an account dips below zero in commit order and is healed by a later deposit. Who looks at the
// final state only finds nothing; the audit reports the dip.
import type { BankApp, BankTerms } from './bank.ts';
import { account, bankOf, fee, fundsAt } from './bank.ts';
import { expectEqual, expectThat } from './expect-equal.ts';
import type { Scenario, Variant } from './scenario.ts';
import { played } from './scenario.ts';
import type { Stage } from './stage.ts';

const settleMs = 10 * 60_000;

export const retroactiveOverdraft: Scenario = {
  id: 'S3',
  title: 'Retroactive overdraft',
  variants: [
    dip('amend', { balance: 40 - fee, due: fee }),
    dip('forgive', { balance: 40, due: 0 }),
    played('C heals first', bankOf({ opening: 100, settleMs, record: 'possible' }), playHidden),
  ],
};

function dip(
  whenHealed: NonNullable<BankTerms['whenHealed']>,
  last: { readonly balance: number; readonly due: number },
): Variant {
  const setting = bankOf({ opening: 100, settleMs, whenHealed });
  return played(whenHealed, setting, async (stage) => {
    const { a, b, c } = stage;
    const shown = await playDip(stage);
    await stage.settle();
    const fees = whenHealed === 'amend' ? [last.balance] : [];
    expectEqual('the balances that B showed', shown, [-60, 40, ...fees]);
    const state = whenHealed === 'amend' ? 'compensated' : 'healed';
    for (const device of [a, b, c]) {
      expectEqual(`the funds on ${device.name}`, fundsAt(device), last);
      expectEqual(
        'the cases',
        stage.cases(device).map((one) => one.state),
        [state],
      );
      const classes = stage.cases(device).flatMap((one) => one.violations.map((x) => x.class));
      expectEqual('healed before it had settled', classes, ['commit']);
    }
  });
}

/** Returns the balances that B shows from its heal on; they grow as long as it goes on. */
async function playDip(stage: Stage<BankApp>): Promise<readonly number[]> {
  const { a, b, c, world } = stage;
  await stage.cut(a, b, c);
  const byA = await stage.run(a, 'withdraw', { account, amount: 80 });
  const byB = await stage.run(b, 'withdraw', { account, amount: 80 });
  await stage.run(c, 'deposit', { account, amount: 100 });
  await stage.heal(a);
  expectEqual('after A', fundsAt(a).balance, 20);
  await stage.heal(b);
  const beganMs = world.nowMs;
  const shown: number[] = [];
  b.handle
    .select((doc) => doc.balance.get(account))
    .subscribe(({ value }) => value !== shown.at(-1) && shown.push(value));
  await stage.heal(c);
  expectThat('the case had not settled', world.nowMs - beganMs < settleMs, world.nowMs - beganMs);
  // Control: whoever looks at the final state only finds nothing.
  expectThat('the final state breaks no rule', fundsAt(c).balance >= 0, fundsAt(c));
  const found = stage.cases(c).flatMap(({ violations }) => violations);
  expectEqual(
    'the dip',
    found.map(({ from, to, trigger }) => [from, to, trigger.id]),
    [[0, 60, byB]],
  );
  expectEqual(
    'who explains it',
    found[0]?.participants.map(({ id }) => id),
    [byA, byB],
  );
  return shown;
}

/** The deposit is committed first: commit order shows no dip, and a state without it would have. */
async function playHidden(stage: Stage<BankApp>): Promise<void> {
  const { a, b, c } = stage;
  await stage.cut(a, b, c);
  const byA = await stage.run(a, 'withdraw', { account, amount: 80 });
  const byB = await stage.run(b, 'withdraw', { account, amount: 80 });
  await stage.run(c, 'deposit', { account, amount: 100 });
  const balances: number[] = [];
  for (const device of [c, a, b]) {
    await stage.heal(device);
    balances.push(fundsAt(device).balance);
  }
  expectEqual('the balances, heal by heal', balances, [200, 120, 40]);
  await stage.settle();
  for (const device of [a, b, c]) {
    expectEqual(`the cases on ${device.name}`, stage.cases(device), []);
    const { found, unknown } = device.handle.possible.current;
    expectEqual('what is not known', unknown, []);
    const told = found.map((one) => [one.class, one.from, one.to, one.trigger.id]);
    expectEqual('what is possible', told, [['possible', 0, 60, byB]]);
    const named = found[0]?.participants.map(({ id }) => id);
    expectEqual('in the state of', named, [byA, byB]);
    expectEqual(`the funds on ${device.name}`, fundsAt(device), { balance: 40, due: 0 });
  }
  expectEqual('what B is told', await stage.outcome(b, byB), { type: 'confirmed' });
}
