// S12: a saga whose last step cannot be done is undone in reverse order, each step once, though the primary
// dies in between; who had read a booking is named, and stays. @see Garcia-Molina & Salem, Sagas (1987)
import type { TripApp } from '@causeway/testkit';
import { trips } from '@causeway/testkit';
import { expectEqual } from './expect-equal.ts';
import { crashAfter, stepsInLog } from './saga-log.ts';
import type { Scenario } from './scenario.ts';
import { played } from './scenario.ts';
import type { Setting, Stage } from './stage.ts';

const { app, model, projection } = trips;
const setting: Setting<TripApp> = { app, judge: { ...(model && { model }), projection } };

export const sagaAbort: Scenario = {
  id: 'S12',
  title: 'Saga abort',
  variants: [
    played('the primary dies after the first compensation', setting, playCrash),
    played('asked for while cut off, and then called off', setting, playCut),
  ],
};

const hotel = { kind: 'hotel', who: 'ann' } as const;
const kinds: ('hotel' | 'car' | 'flight')[] = ['hotel', 'car', 'flight'];

/** B has the only seat. */
async function sellFlight({ b, world }: Stage<TripApp>): Promise<void> {
  const seat = b.handle.run('seize', { kind: 'flight', who: 'bob' });
  expectEqual('B flies', await world.until(seat.outcome), { type: 'confirmed' });
}

async function playCrash(stage: Stage<TripApp>): Promise<void> {
  const { a, b, c } = stage;
  await sellFlight(stage);
  const noted: string[] = [];
  // While nobody runs the saga, T2 reads what its first step has written.
  crashAfter(stage, ['1:do'], () => noted.push(c.handle.run('note', hotel).id));
  crashAfter(stage, ['2:undo']);
  const { id } = a.handle.startSaga('tour', { who: 'ann', kinds });
  await stage.until('the first compensation', () => stepsInLog(stage, id).includes('2:undo'));
  expectEqual('the way so far', stepsInLog(stage, id), ['1:do', '2:do', '2:undo']);
  await stage.beforeHeal(a);
  expectEqual('what A is told', await stage.outcome(a, id), {
    ...{ type: 'refused', code: 'saga-undone', step: 3, reason: 'sold-out' },
  });
  await stage.settle();
  expectEqual('2 done and 2 undone, in reverse', stepsInLog(stage, id), [
    ...['1:do', '2:do', '2:undo', '1:undo'],
  ]);
  const [note = ''] = noted;
  expectEqual('T2 stays', await stage.outcome(c, note), { type: 'confirmed' });
  for (const device of [a, b, c]) {
    const { view, sagas } = device.handle;
    const left = kinds.map((kind) => [view.free.get(kind), view.booked.get(`${kind}/ann`)]);
    expectEqual(`nothing is left of it on ${device.name}`, left, [
      ...[
        [3, 0],
        [2, 0],
        [0, 0],
      ],
    ]);
    expectEqual('what T2 noted', view.notes.get('hotel/ann'), 1);
    const [saga] = sagas.current;
    expectEqual('its end', [saga?.state, saga?.done, saga?.total], ['undone', 0, 3]);
    expectEqual(
      'who is affected',
      saga?.affected.map((one) => one.id),
      [note],
    );
  }
}

async function playCut(stage: Stage<TripApp>): Promise<void> {
  const { a, world } = stage;
  await stage.cut(a);
  const kept = a.handle.startSaga('tour', { who: 'ann', kinds });
  const dropped = a.handle.startSaga('tour', { who: 'eve', kinds });
  for (const { saved } of [kept, dropped]) {
    expectEqual('it waits', (await world.until(saved)).type, 'saved');
  }
  const waiting = a.handle.sagas.current.map(({ state, args }) => [state, args]);
  expectEqual('both are shown', waiting, [
    ['waiting', { who: 'ann', kinds }],
    ['waiting', { who: 'eve', kinds }],
  ]);
  expectEqual('one is taken back', await world.until(dropped.cancel()), 'cancelled');
  await stage.heal(a);
  expectEqual('the other is done', await stage.outcome(a, kept.id), { type: 'confirmed' });
  await stage.settle();
  expectEqual('all three, in order', stepsInLog(stage, kept.id), ['1:do', '2:do', '3:do']);
  expectEqual('nothing of the first', stepsInLog(stage, dropped.id), []);
  const late = await world.until(a.handle.abortSaga(kept.id).outcome);
  expectEqual('too late to undo it', late, {
    ...{ type: 'refused', code: 'failed', message: 'the saga is done' },
  });
}
