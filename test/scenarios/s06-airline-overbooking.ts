// S6: two seats, one sold; two counters that are cut off confirm one each. Three passengers hold a
// confirmation: nobody is bumped by a rule, an agent decides, once.
import type { InboxItem } from '@causeway/core';
import { decodeEffects, decodeHeader } from '@causeway/core';
import type { SimulatedDevice } from '@causeway/testkit';
import { type AirlineApp, airlineOf, flight, seatedAt } from './airline.ts';
import { expectEqual, expectThat } from './expect-equal.ts';
import type { Scenario } from './scenario.ts';
import { played } from './scenario.ts';
import type { Stage } from './stage.ts';

type Device = SimulatedDevice<AirlineApp>;
const sold = airlineOf('risk');

export const airlineOverbooking: Scenario = {
  id: 'S6',
  title: 'Airline overbooking',
  variants: [
    played('an agent picks P3', sold, pick),
    played('two agents at once', sold, pickAtOnce),
    played('picked while cut off', sold, pickCutOff),
    played('a passenger cancels', sold, cancel),
    played('it is waived', sold, waive),
    played('confirm = delay', airlineOf('delay'), request),
  ],
};

/** Until everybody is asked. Returns the ids of the operations that sold P1, P2 and P3. */
async function overbook(stage: Stage<AirlineApp>): Promise<readonly string[]> {
  const { a, b, c } = stage;
  const first = await stage.run(c, 'confirm', { passenger: 'P1' });
  await stage.settle();
  await stage.cut(a, b);
  const second = await stage.run(a, 'confirm', { passenger: 'P2' });
  const third = await stage.run(b, 'confirm', { passenger: 'P3' });
  await stage.heal(a);
  await stage.heal(b);
  await stage.settle();
  for (const device of stage.world.devices.values()) {
    const item = askedOn(device);
    expectEqual(`the choices on ${device.name}`, item.choices, ['P1', 'P2', 'P3']);
    expectEqual('the seats', seatedAt(device), { seated: ['P1', 'P2', 'P3'], vouchers: {} });
    const named = item.found.violations.flatMap(({ participants }) => participants);
    expectEqual(
      'who takes part',
      named.map(({ id }) => id),
      [second, third],
    );
    const sent = item.found.question?.evidence.map(({ name, payload }) => [name, payload]);
    expectEqual('the confirmations sent', sent, [
      ['confirmation', 'P1'],
      ['confirmation', 'P2'],
      ['confirmation', 'P3'],
    ]);
  }
  const asked = stage.truth.facts.filter((fact) => fact.fact === 'case' && fact.question);
  expectEqual('questions in the log', asked.length, 1);
  return [first, second, third];
}

function askedOn(device: Device): InboxItem {
  const [item, ...others] = device.handle.inbox.current;
  expectEqual(`other questions on ${device.name}`, others, []);
  if (!item) throw new Error(`${device.name} is asked nothing`);
  return item;
}

/** What the log holds for the outside, of operations with this name. */
function recorded({ truth }: Stage<AirlineApp>, operation: string): readonly unknown[] {
  return truth.entries.flatMap(({ sealed }) => {
    const header = decodeHeader(sealed.header);
    if (header?.operation?.name !== operation || header.kind === 'intent') return [];
    return decodeEffects(sealed.effects).map(({ name, payload }) => [name, payload]);
  });
}

function expectBumped(stage: Stage<AirlineApp>, who: string, by: string): void {
  const others = ['P1', 'P2', 'P3'].filter((one) => one !== who);
  for (const device of stage.world.devices.values()) {
    expectEqual(`the seats on ${device.name}`, seatedAt(device), {
      ...{ seated: others, vouchers: { [who]: 1 } },
    });
    const [found, ...more] = stage.cases(device);
    expectEqual('further cases', more, []);
    expectEqual('the case', [found?.state, found?.deficit], ['resolved', 0]);
    const decided = found?.resolutions?.map((one) => [one.by, one.label]);
    expectEqual('who decided what', decided, [[by, who]]);
    expectEqual('what is asked', device.handle.inbox.current, []);
  }
  expectEqual('what is recorded', recorded(stage, 'bump'), [
    ['voucher', who],
    ['message', `${who} cannot fly with ${flight}`],
  ]);
}

async function pick(stage: Stage<AirlineApp>): Promise<void> {
  const { a, b, c, world } = stage;
  const [first = '', second = '', third = ''] = await overbook(stage);
  const { case: id } = askedOn(b);
  const denied = b.handle.inbox.choose(id, 'P3').outcome;
  expectEqual('a counter decides nothing', await world.until(denied), {
    ...{ type: 'refused', code: 'not-permitted' },
  });
  const receipt = c.handle.inbox.choose(id, 'P3');
  expectEqual('the agent', await world.until(receipt.outcome), { type: 'confirmed' });
  await stage.settle();
  expectBumped(stage, 'P3', 'dora');
  expectEqual('what is told of P1', await stage.outcome(c, first), { type: 'confirmed' });
  expectEqual('what is told of P2', await stage.outcome(a, second), { type: 'confirmed' });
  expectEqual('what is told of P3', await stage.outcome(b, third), {
    ...{ type: 'compensated', case: id },
  });
}

async function pickAtOnce(stage: Stage<AirlineApp>): Promise<void> {
  const { c, world } = stage;
  const d = world.device('D');
  await overbook(stage);
  const { case: id } = askedOn(c);
  const receipts = [c.handle.inbox.choose(id, 'P3'), d.handle.inbox.choose(id, 'P2')];
  const answers = await Promise.all(receipts.map(({ outcome }) => world.until(outcome)));
  await stage.settle();
  const isFirst = answers[0]?.type === 'confirmed';
  const [by, label] = isFirst ? ['dora', 'P3'] : ['emil', 'P2'];
  expectEqual('what the other agent hears', answers[isFirst ? 1 : 0], {
    ...{ type: 'refused', code: 'not-asked', case: id, state: 'resolved', by, label },
  });
  expectBumped(stage, label, by);
}

async function pickCutOff(stage: Stage<AirlineApp>): Promise<void> {
  const { c, world } = stage;
  await overbook(stage);
  await stage.cut(c);
  const { case: id } = askedOn(c);
  const receipt = c.handle.inbox.choose(id, 'P2');
  const saved = await world.until(receipt.saved);
  expectThat('it waits', saved.type === 'saved' && saved.as === 'intent', saved);
  await world.advance(50);
  const shown = askedOn(c).chosen.map(({ what, label }) => [what, label]);
  expectEqual('what C shows', shown, [['choose', 'P2']]);
  expectEqual('the seats meanwhile', seatedAt(c), { seated: ['P1', 'P2', 'P3'], vouchers: {} });
  await stage.beforeHeal(c);
  expectEqual('what C shows then', askedOn(c).chosen.length, 1);
  await stage.healLine(c);
  await stage.settle();
  expectBumped(stage, 'P2', 'dora');
}

/** An ordinary operation frees a seat: nothing is left to decide. */
async function cancel(stage: Stage<AirlineApp>): Promise<void> {
  const { a, b } = stage;
  const [, second = ''] = await overbook(stage);
  await stage.run(a, 'cancel', { claim: second, passenger: 'P2' });
  await stage.settle();
  expectEqual('the seats', seatedAt(b), { seated: ['P1', 'P3'], vouchers: {} });
  const states = stage.cases(b).map(({ state }) => state);
  expectEqual('the case', states, ['healed']);
  expectEqual('what is asked', b.handle.inbox.current, []);
}

/** The airline takes a larger aircraft: it stays as it is. */
async function waive(stage: Stage<AirlineApp>): Promise<void> {
  const { b, c, world } = stage;
  const [, , third = ''] = await overbook(stage);
  const { case: id } = askedOn(c);
  const receipt = c.handle.inbox.waive(id, 'a larger aircraft flies');
  expectEqual('the agent', await world.until(receipt.outcome), { type: 'confirmed' });
  await stage.settle();
  const [found] = stage.cases(b);
  expectEqual('the case', [found?.state, found?.deficit], ['waived', 1]);
  const { by, reason } = found?.waiver ?? {};
  expectEqual('why', [by, reason], ['dora', 'a larger aircraft flies']);
  expectEqual('the seats', seatedAt(b), { seated: ['P1', 'P2', 'P3'], vouchers: {} });
  expectEqual('what is told of P3', await stage.outcome(b, third), { type: 'confirmed' });
}

/** Nobody was promised anything, so that nobody is owed an apology. */
async function request(stage: Stage<AirlineApp>): Promise<void> {
  const { a, b, c, world } = stage;
  await stage.run(c, 'confirm', { passenger: 'P1' });
  await stage.settle();
  await stage.cut(a, b);
  const asked: [Device, string][] = [];
  for (const [device, passenger] of [
    [a, 'P2'],
    [b, 'P3'],
  ] as const) {
    const id = await stage.run(device, 'confirm', { passenger });
    asked.push([device, id]);
    expectEqual('what is shown', device.handle.statusOf(id).current, 'delayed');
    expectEqual('the seats', seatedAt(device), { seated: ['P1'], vouchers: {} });
  }
  await stage.heal(a);
  await stage.heal(b);
  await stage.settle();
  const answers = await Promise.all(asked.map(([device, id]) => stage.outcome(device, id)));
  expectEqual('what the counters are told', answers, [
    { type: 'confirmed' },
    { type: 'refused', code: 'requires', reason: 'full' },
  ]);
  for (const device of world.devices.values()) {
    expectEqual('the seats then', seatedAt(device), { seated: ['P1', 'P2'], vouchers: {} });
    expectEqual('cases', stage.cases(device), []);
  }
  expectEqual('what is recorded', recorded(stage, 'confirm'), [
    ['confirmation', 'P1'],
    ['confirmation', 'P2'],
  ]);
}
