// S27: the whole stand-in limit is drawn at three branches that are all cut off. Each one allows it;
// the audit finds two violations of one case, which is for people: no fee mends that.
import type { App } from '@causeway/core';
import { account, type BankApp, bankOf, fundsAt } from './bank.ts';
import { expectEqual } from './expect-equal.ts';
import type { Scenario } from './scenario.ts';
import { missing, played } from './scenario.ts';
import type { Setting, Stage } from './stage.ts';

const bank = bankOf({ opening: 250, standIn: 200, escalateFrom: 2 });
/** The model mends every case that has a compensation: here it must not expect that. */
const setting: Setting<BankApp> = { ...bank, judge: { ...bank.judge, app: unmended(bank.app) } };

export const checkKiting: Scenario = {
  id: 'S27',
  title: 'Check kiting',
  variants: [
    played('three branches', setting, play),
    missing('the exposure is shown before', 'nothing adds up the exposure of replicas × k'),
  ],
};

function unmended(app: App): App {
  return { ...app, definition: { ...app.definition, compensations: {} } };
}

async function play(stage: Stage<BankApp>): Promise<void> {
  const { a, b, c, world } = stage;
  const branches = [a, b, c];
  await stage.cut(...branches);
  const made: string[] = [];
  for (const branch of branches) {
    made.push(await stage.run(branch, 'withdraw', { account, amount: 200 }));
  }
  await stage.until('all cash is out', () => world.effects.length === 3);
  const balances: number[] = [];
  for (const branch of branches) {
    await stage.heal(branch);
    balances.push(fundsAt(branch).balance);
  }
  expectEqual('the balances, heal by heal', balances, [50, -150, -350]);
  await stage.settle();
  for (const branch of branches) {
    const [found, ...others] = stage.cases(branch);
    expectEqual(`further cases on ${branch.name}`, others, []);
    expectEqual('its state', found?.state, 'escalated');
    expectEqual(
      'its violations',
      found?.violations.map(({ from, to }) => [from, to]),
      [
        [0, 150],
        [150, 350],
      ],
    );
    const named = found?.violations.flatMap(({ participants }) => participants) ?? [];
    expectEqual('the operations named', [...new Set(named.map(({ id }) => id))], made);
    expectEqual('the funds', fundsAt(branch), { balance: -350, due: 0 });
  }
}
