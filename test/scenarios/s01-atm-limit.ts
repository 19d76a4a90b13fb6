// S1: a cash machine with a stand-in limit of k = 200 (Brewer's ATM). The limit is on the net amount
// of what is not confirmed yet; it survives a reload, and only confirmation gives it back.
import type { Tab } from '@causeway/testkit';
import { account, type BankApp, bankOf, fundsAt } from './bank.ts';
import { expectEqual } from './expect-equal.ts';
import type { Playing, Scenario } from './scenario.ts';
import { played, playOn } from './scenario.ts';
import type { Stage } from './stage.ts';

const withdrawal = (amount: number) => ['withdraw', { account, amount }] as const;
const rounds = 500;
/** Rounds on one stage: a longer queue shows nothing more, and takes long. */
const roundsPerStage = 50;

export const atmLimit: Scenario = {
  id: 'S1',
  title: 'ATM with limit k',
  variants: [
    played('one machine', bankOf({ opening: 500 }), playMachine),
    { name: 'two tabs', run: playAllRounds },
  ],
};

async function playMachine(stage: Stage<BankApp>): Promise<void> {
  const { a, world } = stage;
  await stage.cut(a);
  const first = await stage.run(a, ...withdrawal(150));
  const second = await stage.run(a, 'deposit', { account, amount: 40 });
  const third = await stage.run(a, ...withdrawal(80));
  await refuses(stage, 'the fourth');
  const shown = a.handle.select((doc) => doc.balance.get(account)).current;
  expectEqual(
    'the balance while cut',
    { ...shown, asOf: '' },
    {
      ...{ value: 310, asOf: '', tentative: true, stale: true },
    },
  );
  expectEqual('pending', stage.pending(a), ['withdraw', 'deposit', 'withdraw']);

  await stage.until('all cash is out', () => world.effects.length === 2);
  await stage.reload(a);
  await refuses(stage, 'after a reload');

  // It reconnects, and the line drops again before anything was audited.
  const all = [first, second, third];
  await stage.beforeHeal(a);
  a.line.heal();
  await stage.withoutPrimary('A hears that all three are committed', () =>
    all.every((id) => a.handle.receipt(id)?.state.current.type === 'committed'),
  );
  expectEqual('audited so far', stage.truth.auditedTo, 0);
  await stage.cut(a);
  await refuses(stage, 'after a reconnect without audit');

  await stage.heal(a);
  for (const id of all) expectEqual(id, await stage.outcome(a, id), { type: 'confirmed' });
  const used = (): number => a.handle.limits.current.reduce((sum, use) => sum + use.used, 0);
  await stage.until('confirmation gives the limit back', () => used() === 0);
  await stage.cut(a);
  await stage.run(a, ...withdrawal(200));
  await stage.until('all cash is out', () => world.effects.length === 3);
  await stage.heal(a);
  expectEqual('the funds', fundsAt(a), { balance: 110, due: 0 });
  const paid = world.effects.map(({ payload }) => payload);
  expectEqual('cash', paid, [{ amount: 150 }, { amount: 80 }, { amount: 200 }]);
}

async function refuses(stage: Stage<BankApp>, when: string): Promise<void> {
  expectEqual(`a withdrawal of 20, ${when},`, await stage.refused(stage.a, ...withdrawal(20)), {
    ...{ type: 'refused', code: 'stand-in-limit', invariant: 'nonNegative', key: account },
    remaining: 10,
  });
}

async function playAllRounds(how: Playing): Promise<void> {
  for (let seed = how.seed; seed < how.seed + rounds / roundsPerStage; seed++) {
    await playOn(bankOf({ opening: 500 }), { ...how, seed }, playTabs);
  }
}

/** Both withdraw the remaining 10 at once; what one of them got is paid in again, and so on. */
async function playTabs(stage: Stage<BankApp>): Promise<void> {
  const { a, world } = stage;
  const tabs: readonly [Tab<BankApp>, Tab<BankApp>] = [a.tab ?? a.openTab(), a.openTab()];
  await stage.until('both tabs are open', () => tabs.every(({ handle }) => handle));
  await stage.cut(a);
  await stage.until('both know of the cut', () => tabs.every(isCut));
  await stage.run(a, ...withdrawal(190));
  for (let round = 0; round < roundsPerStage; round++) {
    const asked = tabs.map(({ handle }) => handle?.run(...withdrawal(10)).saved);
    const answers = await world.until(Promise.all(asked));
    const types = answers.map((answer) => answer?.type).sort();
    expectEqual(`the answers of round ${round}`, types, ['refused', 'saved']);
    await stage.run(tabs[round % 2 ? 0 : 1], 'deposit', { account, amount: 10 });
  }
  await stage.until('all cash is out', () => world.effects.length === 1 + roundsPerStage);
  await stage.heal(a);
  expectEqual('the funds', fundsAt(a), { balance: 310, due: 0 });
  expectEqual('times that cash was paid', world.effects.length, 1 + roundsPerStage);
}

function isCut({ handle }: Tab<BankApp>): boolean {
  return handle?.status.current.mode === 'partitioned';
}
