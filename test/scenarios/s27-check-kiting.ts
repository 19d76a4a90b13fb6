// S27: the whole stand-in limit is drawn at three branches that are all cut off. Each one allows it;
// the audit finds two violations of one case, which is for people: no fee mends that.
import { describePolicy, tableToText } from '@causeway/core';
import { account, type BankApp, bankOf, fundsAt } from './bank.ts';
import { expectEqual, expectThat } from './expect-equal.ts';
import type { Scenario } from './scenario.ts';
import { computed, played } from './scenario.ts';
import type { Stage } from './stage.ts';

const bank = bankOf({ opening: 250, standIn: 200, escalateFrom: 2 });
export const checkKiting: Scenario = {
  id: 'S27',
  title: 'Check kiting',
  variants: [
    played('three branches', bank, play),
    computed('the exposure is shown before', showExposure),
  ],
};

/** What all three may draw together is known before anybody draws. */
function showExposure(): void {
  const policy = describePolicy(bank.app.definition, { replicas: 3 });
  const cell = policy.rows.find(({ operation }) => operation === 'withdraw')?.cells[0];
  expectEqual('the exposure', cell?.exposure, { per: 'key', perReplica: 200, total: 600 });
  const printed = tableToText(policy).replace(/\s+/g, ' ');
  expectThat('it is printed', printed.includes('3 devices may use 600'), printed);
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
    const classes = found?.violations.map((one) => [one.class, one.participants.length]);
    expectEqual('each has its own explanation', classes, [
      ['final', 2],
      ['final', 2],
    ]);
    const named = found?.violations.flatMap(({ participants }) => participants) ?? [];
    expectEqual('the operations named', [...new Set(named.map(({ id }) => id))], made);
    expectEqual('the funds', fundsAt(branch), { balance: -350, due: 0 });
    const { choices } = branch.handle.inbox.current[0] ?? {};
    expectEqual('what people may decide', choices, ['the customer owes it']);
  }
  await decide(stage);
}

/** A person at C decides; nothing was mended before, and no fee is due. */
async function decide(stage: Stage<BankApp>): Promise<void> {
  const { a, c } = stage;
  const [asked] = c.handle.inbox.current;
  if (!asked) throw new Error('nobody is asked');
  const receipt = c.handle.inbox.choose(asked.case, 'the customer owes it');
  expectEqual('the answer', await stage.world.until(receipt.outcome), { type: 'confirmed' });
  await stage.settle();
  expectEqual('the funds then', fundsAt(a), { balance: -350, due: 350 });
  expectEqual(
    'the case then',
    stage.cases(a).map(({ state, deficit }) => [state, deficit]),
    [['resolved', 0]],
  );
  expectEqual('nothing is asked any more', a.handle.inbox.current, []);
}
