// S21: the violation of S2 is discovered by several: by primaries, one after the other, because each dies
// in the middle of its audit; or, without a primary, by two clients at once. They find the same case, and
// mend it once.
import type { Fact } from '@causeway/core';
import { account, type BankApp, bankOf, fundsAt } from './bank.ts';
import { expectEqual, expectThat } from './expect-equal.ts';
import type { Scenario } from './scenario.ts';
import { played } from './scenario.ts';
import type { Stage } from './stage.ts';
import { caseByPrimary, watchProposals } from './watch-proposals.ts';

const setting = bankOf({ opening: 100, settleMs: 5_000 });

export const severalDiscoverers: Scenario = {
  id: 'S21',
  title: 'Several discoverers',
  variants: [
    played('the primary fails over twice', setting, play),
    played('without primary', { ...setting, auditors: ['A', 'B', 'C'] }, playWithoutPrimary),
  ],
};

async function play(stage: Stage<BankApp>): Promise<void> {
  const undisturbed = await stage.again();
  const expected = await overdraw(undisturbed, async () => undefined);
  await undisturbed.finish();
  const found = await overdraw(stage, (byB) => failOver(stage, byB));
  expectEqual('the case, as a primary that lives finds it', found, expected);
}

/** All devices audit: each that hears of B's withdrawal finds it before it hears of what others found. */
async function playWithoutPrimary(stage: Stage<BankApp>): Promise<void> {
  const proposals = watchProposals(stage.world);
  const found = await overdraw(stage, async () => undefined);
  // A tab that has just been reloaded may read the log when all is said.
  const surely = stage.isReloaded ? ['A', 'C'] : ['A', 'B', 'C'];
  const silent = surely.filter((name) => !proposals.violation.has(name));
  expectEqual('who did not propose the violation', silent, []);
  expectThat('somebody else was faster for one of them', proposals.overtaken.size > 0);
  expectEqual('the case, as a primary finds it', found, caseByPrimary(stage));
}

/** Returns the id of the one case. `disturb` is told the operation that overdraws, once it is sent. */
async function overdraw(
  stage: Stage<BankApp>,
  disturb: (byB: string) => Promise<void>,
): Promise<string | undefined> {
  const { a, b, c } = stage;
  await stage.cut(a, b);
  await stage.run(a, 'withdraw', { account, amount: 80 });
  const byB = await stage.run(b, 'withdraw', { account, amount: 80 });
  await stage.heal(a);
  await stage.beforeHeal(b);
  b.line.heal();
  await disturb(byB);
  expectEqual('what B is told', (await stage.outcome(b, byB)).type, 'compensated');
  await stage.settle();
  for (const device of [a, b, c]) {
    expectEqual(`the funds on ${device.name}`, fundsAt(device), { balance: -85, due: 85 });
    expectEqual(
      'the cases',
      stage.cases(device).map(({ state }) => state),
      ['compensated'],
    );
  }
  const violations = stage.truth.facts.filter(({ fact }) => fact === 'violation');
  expectEqual('violations in the log', violations.length, 1);
  const mendings = [...stage.truth.positionByOperation.keys()].filter((id) => id.startsWith('c:'));
  expectEqual('compensations in the log', mendings.length, 1);
  return stage.cases(a)[0]?.id;
}

const isMended = (fact: Fact): boolean => fact.fact === 'case' && fact.state !== 'settling';

/** Before the audit, and again when its finding is in the log and nothing is mended yet. */
async function failOver(stage: Stage<BankApp>, byB: string): Promise<void> {
  const { truth, world } = stage;
  const isFound = (): boolean => truth.facts.some(({ fact }) => fact === 'violation');
  await stage.until('the relay has it', () => truth.positionByOperation.has(byB));
  expectThat('nothing was found yet', !isFound());
  world.relay.crashPrimary();
  await stage.until('the second primary finds the violation', isFound);
  expectThat('nothing is mended yet', !truth.facts.some(isMended));
  world.relay.crashPrimary();
}
