// S8: A and B book the same room at ten while cut off, each with an alternative. The first committed
// one has it; the other one moves, or is refused where nothing is free, and its owner is told.
import type { SimulatedDevice } from '@causeway/testkit';
import type { CalendarApp } from './calendar.ts';
import { calendar, roomAt, showBooking, tellChanges } from './calendar.ts';
import { expectEqual } from './expect-equal.ts';
import type { Scenario } from './scenario.ts';
import { played } from './scenario.ts';
import type { Stage } from './stage.ts';

export const bayouCalendar: Scenario = {
  id: 'S8',
  title: 'Bayou calendar',
  variants: [
    played('A heals first', calendar, (stage) => playMoved(stage, 'A')),
    played('B heals first', calendar, (stage) => playMoved(stage, 'B')),
    played('no alternative is free', calendar, playRefused),
  ],
};

interface Booked {
  readonly device: SimulatedDevice<CalendarApp>;
  readonly id: string;
}

async function bookBoth(stage: Stage<CalendarApp>): Promise<readonly [Booked, Booked]> {
  const { a, b } = stage;
  await stage.cut(a, b);
  const byA = await stage.run(a, 'book', { slots: ['10:00', '11:00'], who: 'A' });
  const byB = await stage.run(b, 'book', { slots: ['10:00', '12:00'], who: 'B' });
  for (const [device, id] of [
    [a, byA],
    [b, byB],
  ] as const) {
    expectEqual(`what ${device.name} shows before it heals`, showBooking(device, id), {
      ...{ class: 'tentative', icon: '…', words: '10:00, not confirmed yet' },
    });
    const { tentative, value } = device.handle.select((doc) => doc.room.at('10:00')).current;
    expectEqual(
      'the read of that slot',
      { tentative, verdict: value?.verdict },
      {
        ...{ tentative: true, verdict: 'tentative' },
      },
    );
  }
  return [
    { device: a, id: byA },
    { device: b, id: byB },
  ];
}

async function playMoved(stage: Stage<CalendarApp>, first: 'A' | 'B'): Promise<void> {
  const [byA, byB] = await bookBoth(stage);
  const [winner, loser] = first === 'A' ? [byA, byB] : [byB, byA];
  const moved = loser === byB ? '12:00' : '11:00';
  await stage.heal(winner.device);
  await stage.beforeHeal(loser.device);
  const tab = loser.device.tab;
  const told = tellChanges(loser.device, loser.id);
  await stage.healLine(loser.device);
  const outcome = await stage.outcome(loser.device, loser.id);
  await stage.settle();
  expectEqual('what the winner is told', await stage.outcome(winner.device, winner.id), {
    type: 'confirmed',
  });
  expectEqual('what the loser is told', outcome.type, 'compensated');
  expectEqual(
    'what the winner shows',
    showBooking(winner.device, winner.id)?.words,
    '10:00, confirmed',
  );
  expectEqual('what the loser shows', showBooking(loser.device, loser.id), {
    ...{ class: 'compensated moved', icon: '→', words: `moved to ${moved}` },
  });
  // Reloads are the other run's matter: here the page stayed open, and told it by itself.
  expectEqual('the tab is the same', loser.device.tab === tab, true);
  expectEqual('what a person was told', told.at(-1)?.endsWith(`→ moved to ${moved}`), true);
  for (const device of [stage.a, stage.b, stage.c]) {
    const room = [`10:00 ${winner.device.name}`, `${moved} ${loser.device.name}`].sort();
    expectEqual(`the room on ${device.name}`, roomAt(device), room);
  }
}

async function playRefused(stage: Stage<CalendarApp>): Promise<void> {
  const { a, b, c } = stage;
  const [byA, byB] = await bookBoth(stage);
  const byC = await stage.run(c, 'book', { slots: ['12:00'], who: 'C' });
  expectEqual('what C is told', await stage.outcome(c, byC), { type: 'confirmed' });
  await stage.heal(a);
  await stage.beforeHeal(b);
  const told = tellChanges(b, byB.id);
  b.line.heal();
  expectEqual('what B is told', await stage.outcome(b, byB.id), {
    ...{ type: 'refused', code: 'requires', reason: 'none-free' },
  });
  await stage.settle();
  expectEqual('what B shows', showBooking(b, byB.id)?.class, 'refused');
  expectEqual('what a person was told', told.at(-1)?.endsWith('→ not booked: requires'), true);
  expectEqual('what A is told', await stage.outcome(a, byA.id), { type: 'confirmed' });
  for (const device of [a, b, c]) {
    expectEqual(`the room on ${device.name}`, roomAt(device), ['10:00 A', '12:00 C']);
  }
}
