// S20: a second failure during recovery. 200 tentative operations, five of them overdraw five accounts,
// three payments wait as intents; then a crash or a cut comes after each step that anybody takes in the
// recovery, one run per step. It ends as if nothing had happened.
import { canonicalJson, type Json } from '@causeway/core';
import type { SimulatedDevice } from '@causeway/testkit';
import { type BankApp, bankOf } from './bank.ts';
import { expectEqual, expectThat } from './expect-equal.ts';
import type { Scenario } from './scenario.ts';
import { played } from './scenario.ts';
import { type Stage, stateOf } from './stage.ts';

const setting = bankOf({ opening: 100, settleMs: 2_000 });
const overdrawn = ['ben', 'cem', 'dan', 'eve', 'fay'] as const;
const payroll = 'payroll';
const tentativeMin = 200;

export const secondFailure: Scenario = {
  id: 'S20',
  title: 'Second failure during recovery',
  variants: [
    played('a tab dies after each step', setting, (stage) => play(stage, 'crash')),
    played('power is lost after each step', setting, (stage) => play(stage, 'lose power')),
    played('a cut after each step', setting, (stage) => play(stage, 'cut')),
    played('relay and primary die after each step', setting, (stage) => play(stage, 'kill')),
  ],
};

type Failure = 'crash' | 'lose power' | 'cut' | 'kill';

/** Something that a machine did in the recovery, and the how-manieth time it did. */
interface Step {
  readonly machine: string;
  readonly name: string;
  readonly occurrence: number;
}

async function play(stage: Stage<BankApp>, failure: Failure): Promise<void> {
  const undisturbed = await stage.again();
  await prepare(undisturbed);
  const seen = watchSteps(undisturbed);
  const expected = await recover(undisturbed);
  const steps = stepsFor(failure, seen);
  await undisturbed.finish();
  expectThat('something can fail', steps.length > 0);
  for (const [at, step] of steps.entries()) {
    const disturbed = at === 0 ? stage : await stage.again();
    await prepare(disturbed);
    const found = await recover(disturbed, { step, failure });
    const what = `after ${failure} at ${step.machine} ${step.name} no. ${step.occurrence}`;
    expectEqual(`what everybody has ${what}`, found, expected);
    if (at > 0) await disturbed.finish(); // The first one's player finishes it.
  }
}

/** All is committed and audited; then A and B are cut off and do what they do. */
async function prepare(stage: Stage<BankApp>): Promise<void> {
  const { a, b, c } = stage;
  for (const account of [...overdrawn, payroll]) {
    await stage.run(c, 'deposit', { account, amount: 100 });
  }
  for (const device of [a, b, c]) await stage.caughtUp(device);
  await stage.cut(a, b);
  for (const device of [a, b]) {
    for (const account of overdrawn) await stage.run(device, 'withdraw', { account, amount: 80 });
    for (let made = 0; made < tentativeMin / 2 - overdrawn.length; made++) {
      await stage.run(device, 'deposit', { account: `savings-${made % 7}`, amount: 1 });
    }
  }
  for (const amount of [60, 30, 20]) await stage.run(a, 'order', { account: payroll, amount });
  const pending = [...stage.pending(a), ...stage.pending(b)];
  expectEqual('what waits', pending.length, tentativeMin + 3);
}

/** B recovers undisturbed, then A, where the failure comes. Returns what everybody has in the end. */
async function recover(
  stage: Stage<BankApp>,
  disturbance?: { readonly step: Step; readonly failure: Failure },
): Promise<Json> {
  const { a, b, c, world } = stage;
  await stage.heal(b);
  await stage.beforeHeal(a);
  const hasCome = disturbance && waitFor(stage, disturbance.step);
  a.line.heal();
  // What is done in the middle of it is kept.
  await stage.run(a, 'deposit', { account: 'meanwhile', amount: 1 });
  await stage.run(c, 'deposit', { account: 'meanwhile', amount: 10 });
  if (disturbance && hasCome) {
    await stage.until(`${disturbance.step.name} comes`, hasCome);
    await strike(stage, disturbance.failure);
  }
  if (disturbance?.failure === 'cut') await world.advance(3_000);
  a.line.heal();
  await stage.settle();
  const paid = a.handle.view.balance.get(payroll);
  expectEqual('what is left for wages: one payment too many was asked', paid, 10);
  expectEqual('done meanwhile', a.handle.view.balance.get('meanwhile'), 11);
  for (const device of [a, b, c]) expectMended(stage, device);
  return outcomeOf(stage, a);
}

/** Five cases, each mended once. */
function expectMended(stage: Stage<BankApp>, device: SimulatedDevice<BankApp>): void {
  const cases = stage.cases(device).map(({ key, state }) => [key, state]);
  const mended = overdrawn.map((account) => [account, 'compensated']);
  expectEqual(`the cases on ${device.name}`, cases.sort(), mended);
  for (const account of overdrawn) {
    const { balance, due } = device.handle.view;
    const funds = [balance.get(account), due.get(account)];
    expectEqual(`${account} on ${device.name}`, funds, [-85, 85]);
  }
}

/** Content, and all of the fold that does not depend on where in the log something stands. */
function outcomeOf(stage: Stage<BankApp>, device: SimulatedDevice<BankApp>): Json {
  const { fold } = stateOf(stage, device);
  const cases = [...fold.casesById.values()].map((found) => ({
    ...{ id: found.id, state: found.state, deficit: found.deficit },
    compensation: found.compensation ?? null,
    violations: found.violations.map(({ id, from, to }) => [id, from, to]),
  }));
  const answers = [...fold.executed].filter((id) => stage.truth.happenedAt.has(id));
  const refused = [...fold.refusedById.values()].map(({ operation, code }) => [operation, code]);
  return JSON.parse(
    canonicalJson({
      content: JSON.parse(stage.content(device)),
      cases: cases.sort((one, other) => (one.id < other.id ? -1 : 1)),
      answers: answers.sort(),
      refused: refused.sort(),
    }),
  );
}

/** Counts what each machine does from the heal of A on: A's own, the relay's and the primary's. */
function watchSteps({ world, a }: Stage<BankApp>): Map<string, Map<string, number>> {
  const seen = new Map<string, Map<string, number>>();
  let hasBegun = false;
  world.watch({
    onStep(process, { machine, input }) {
      const isOfA = process.name.startsWith('A');
      hasBegun ||= isOfA && !a.line.faults.isCut.up;
      if (!hasBegun || (!isOfA && process.name !== 'relay' && process.name !== 'primary')) return;
      const counts = seen.get(machine) ?? new Map<string, number>();
      counts.set(input.type, (counts.get(input.type) ?? 0) + 1);
      seen.set(machine, counts);
    },
  });
  return seen;
}

/** Each kind of step: after its first time, and in the middle. */
function stepsFor(failure: Failure, seen: ReadonlyMap<string, ReadonlyMap<string, number>>) {
  const isTheirs = (machine: string): boolean => machine === 'relay' || machine === 'primary';
  const machines = [...seen].filter(([machine]) => isTheirs(machine) === (failure === 'kill'));
  return machines.flatMap(([machine, counts]) =>
    [...counts].flatMap(([name, count]) => {
      const occurrences = new Set([1, Math.ceil(count / 2)]);
      return [...occurrences].map((occurrence): Step => ({ machine, name, occurrence }));
    }),
  );
}

/** Becomes true once the step was taken. */
function waitFor({ world }: Stage<BankApp>, step: Step): () => boolean {
  let left = step.occurrence;
  world.watch({
    onStep(process, { machine, input }) {
      const isOfThem = process.name === 'relay' || process.name === 'primary';
      const isTheirs = isOfThem || process.name.startsWith('A');
      if (isTheirs && machine === step.machine && input.type === step.name) left -= 1;
    },
  });
  return () => left <= 0;
}

async function strike(stage: Stage<BankApp>, failure: Failure): Promise<void> {
  const { a, world } = stage;
  switch (failure) {
    case 'crash':
      a.reload();
      return;
    case 'lose power':
      world.losePower(a);
      a.openTab();
      return;
    case 'cut':
      a.line.cut('up', 'down');
      await world.advance(1_000);
      return;
    case 'kill':
      world.relay.crashPrimary();
      await world.advance(20);
      world.crashRelay();
      await world.advance(500);
      world.relay.start();
  }
}
