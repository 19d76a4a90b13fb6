// S25: the same operations in two commit orders give the same content, and only one of the two
// histories broke the rule. Who audits the state instead of the history cannot tell them apart.
import { account, type BankApp, bankOf, fundsAt } from './bank.ts';
import { expectEqual } from './expect-equal.ts';
import type { Scenario } from './scenario.ts';
import { played } from './scenario.ts';
import type { Stage } from './stage.ts';

export const historyOverState: Scenario = {
  id: 'S25',
  title: 'History over state',
  variants: [played('both orders', bankOf({ opening: 100 }), play)],
};

interface Run {
  readonly balances: readonly number[];
  readonly violations: readonly (readonly [from: number, to: number])[];
  readonly content: string;
}

async function play(stage: Stage<BankApp>): Promise<void> {
  const other = await stage.again();
  const good = await commitInOrder(stage, ['A', 'C', 'B']);
  const bad = await commitInOrder(other, ['A', 'B', 'C']);
  await other.finish();
  expectEqual('A, C, B', good.balances, [40, 100, 40]);
  expectEqual('its violations', good.violations, []);
  expectEqual('A, B, C', bad.balances, [40, -20, 40]);
  expectEqual('its violations', bad.violations, [[0, 20]]);
  expectEqual('the content of the two', good.content, bad.content);
}

async function commitInOrder(stage: Stage<BankApp>, order: readonly string[]): Promise<Run> {
  const { a, b, c } = stage;
  await stage.cut(a, b, c);
  for (const device of [a, b]) await stage.run(device, 'withdraw', { account, amount: 60 });
  await stage.run(c, 'deposit', { account, amount: 60 });
  const balances: number[] = [];
  for (const name of order) {
    const device = stage.world.device(name);
    await stage.heal(device);
    balances.push(fundsAt(device).balance);
  }
  await stage.settle();
  const found = stage.cases(a).flatMap(({ violations }) => violations);
  for (const device of [b, c]) {
    expectEqual(`the cases on ${device.name}`, stage.cases(device), stage.cases(a));
  }
  return {
    balances,
    violations: found.map(({ from, to }) => [from, to]),
    content: stage.content(a),
  };
}
