// S18: addition with a bound does not commute. The primary's commit order decides, the same for all;
// replicas that apply what arrives, as it arrives, end with different balances.
import { account, type BankApp, bankOf, fundsAt } from './bank.ts';
import { expectEqual, expectThat } from './expect-equal.ts';
import type { Scenario } from './scenario.ts';
import { computed, played } from './scenario.ts';
import type { Stage } from './stage.ts';

const setting = bankOf({ opening: 0 });

export const boundedAddition: Scenario = {
  id: 'S18',
  title: 'Bounded addition does not commute',
  variants: [
    played('A first', setting, playAFirst),
    played('B first', setting, playBFirst),
    computed('control: applied as it arrives', applyAsItArrives),
  ],
};

interface Made {
  readonly byA: string;
  readonly cheque: string;
  readonly payment: string;
}

/** C cashes the cheque elsewhere while A and B are cut off: B's is void once it is seen. */
async function act(stage: Stage<BankApp>): Promise<Made> {
  const { a, b, c } = stage;
  await stage.cut(a, b);
  const elsewhere = await stage.run(c, 'cheque', { account: 'eve', amount: 30, number: 'c1' });
  expectEqual('the first cheque', await stage.outcome(c, elsewhere), { type: 'confirmed' });
  const byA = await stage.run(a, 'deposit', { account, amount: 50 });
  const cheque = await stage.run(b, 'cheque', { account, amount: 30, number: 'c1' });
  const payment = await stage.run(b, 'pay', { account, amount: 30 });
  expectEqual('the balance on B while cut', fundsAt(b).balance, 0);
  return { byA, cheque, payment };
}

const isVoid = (reason: string) => ({ type: 'refused', code: 'requires', reason });

async function playAFirst(stage: Stage<BankApp>): Promise<void> {
  const { a, b } = stage;
  const { byA, cheque, payment } = await act(stage);
  await stage.heal(a);
  await stage.heal(b);
  expectEqual('what A is told', await stage.outcome(a, byA), { type: 'confirmed' });
  expectEqual('the cheque', await stage.outcome(b, cheque), isVoid('cashed-before'));
  expectEqual('the payment', await stage.outcome(b, payment), { type: 'confirmed' });
  await allShow(stage, 20);
}

async function playBFirst(stage: Stage<BankApp>): Promise<void> {
  const { a, b } = stage;
  const { byA, cheque, payment } = await act(stage);
  await stage.heal(b);
  expectEqual('the cheque', await stage.outcome(b, cheque), isVoid('cashed-before'));
  expectEqual('the payment', await stage.outcome(b, payment), isVoid('insufficient-funds'));
  await stage.heal(a);
  expectEqual('what A is told', await stage.outcome(a, byA), { type: 'confirmed' });
  await allShow(stage, 50);
}

async function allShow(stage: Stage<BankApp>, balance: number): Promise<void> {
  await stage.settle();
  for (const device of [stage.a, stage.b, stage.c]) {
    expectEqual(`the funds on ${device.name}`, fundsAt(device), { balance, due: 0 });
  }
}

/** Naive: each replica adds what it hears of, in the order in which it hears it, within the bound. */
function applyAsItArrives(): void {
  const apply = (amounts: readonly number[]): number =>
    amounts.reduce((sum, by) => (sum + by >= 0 ? sum + by : sum), 0);
  const byA = [50];
  const byB = [-30]; // The cheque is void everywhere.
  const [one, other] = [apply([...byA, ...byB]), apply([...byB, ...byA])];
  expectThat('two replicas diverge', one !== other, [one, other]);
  expectEqual('their balances', [one, other], [20, 50]);
}
