// S15: people are told things while cut off, and some of it was wrong. Who was told what is in the
// records of effects: from them comes the correction, and without them nobody claims that all is mended.
// @see Brewer, CAP Twelve Years Later, "Compensation issues": drunk dialing.
import type { Json, View } from '@causeway/core';
import { defineApp, risk } from '@causeway/core';
import type { NaiveModel, SimulatedDevice } from '@causeway/testkit';
import { counter, yjs } from '@causeway/yjs';
import * as v from 'valibot';
import { expectEqual, expectThat } from './expect-equal.ts';
import { memberOf } from './member-of.ts';
import type { Scenario } from './scenario.ts';
import { played } from './scenario.ts';
import type { Stage } from './stage.ts';

const rooms = ['r1', 'r2', 'r3'] as const;
const told = v.object({ room: v.string(), guest: v.string() });

const app = defineApp({
  name: 'scenario-rooms',
  version: 1,
  document: yjs((doc) => ({ taken: counter(doc, 'taken'), moved: counter(doc, 'moved') })),
  effects: {
    notify: { payload: told, runs: 'device', delivery: 'at-most-once' },
    correct: { payload: told, runs: 'primary', delivery: 'at-least-once' },
  },
})
  .operations({
    book: {
      args: told,
      subjects: (a) => [a.room],
      requires: (doc, a) => doc.taken.get(a.room) < 1 || 'taken',
      run(doc, a, op) {
        doc.taken.add(a.room, 1);
        op.effect('notify', a);
      },
    },
  })
  .invariants({
    oneGuest: {
      holds: (doc, key) => doc.taken.get(key) - doc.moved.get(key) <= 1,
      deficit: (doc, key) => Math.max(0, doc.taken.get(key) - doc.moved.get(key) - 1),
    },
  })
  .compensations({
    oneGuest: {
      settleMs: 1_000,
      restore: (doc, found) => doc.moved.add(found.key, found.deficit),
      amend(_, found, op) {
        for (const { trigger } of found.violations) op.effect('correct', trigger.args);
      },
    },
  })
  .policy({ book: { oneGuest: risk({ connected: 'local' }) } });
type RoomsApp = typeof app;
type Shown = View<{ readonly [root in 'taken' | 'moved']: ReturnType<typeof counter> }>;
type Sums = Map<string, number>;

const add = (sums: Sums, key: string, by: number): void => {
  sums.set(key, (sums.get(key) ?? 0) + by);
};
const countsOf = (at: (room: string) => number): Json =>
  Object.fromEntries(rooms.map((room) => [room, at(room)]));

const model: NaiveModel<{ readonly taken: Sums; readonly moved: Sums }> = {
  initial: () => ({ taken: new Map(), moved: new Map() }),
  refusal: ({ taken }, { args }) =>
    (taken.get(String(memberOf(args, 'room'))) ?? 0) < 1 ? undefined : 'taken',
  isKept: () => true,
  effects: ({ args }) => [{ name: 'notify', payload: args }],
  touches: ({ args }) => [{ invariant: 'oneGuest', key: String(memberOf(args, 'room')) }],
  apply: ({ taken }, { args }) => add(taken, String(memberOf(args, 'room')), 1),
  deficits: ({ taken, moved }) =>
    [...taken]
      .map(([key, n]) => ({ invariant: 'oneGuest', key, deficit: n - (moved.get(key) ?? 0) - 1 }))
      .filter(({ deficit }) => deficit > 0),
  compensate: ({ moved }, { key, deficit }) => add(moved, key, deficit),
  content: ({ taken, moved }): Json => ({
    taken: countsOf((room) => taken.get(room) ?? 0),
    moved: countsOf((room) => moved.get(room) ?? 0),
  }),
};

const setting = {
  app,
  judge: {
    model,
    projection(view: unknown): Json {
      const { taken, moved } = view as Shown;
      return {
        taken: countsOf((room) => taken.get(room)),
        moved: countsOf((room) => moved.get(room)),
      };
    },
  },
};

export const drunkDialing: Scenario = {
  id: 'S15',
  title: 'Drunk dialing',
  variants: [
    played('(a) the records are whole', setting, playWhole),
    played('(b) the records are lost', setting, playLost),
    played('control: lost where the relay has them', setting, playControl),
  ],
};

/** A, cut off, promises three rooms; B, connected, promises the first two to others. */
async function promiseTwice(stage: Stage<RoomsApp>): Promise<readonly string[]> {
  const { a, b, world } = stage;
  await stage.cut(a);
  const promised: string[] = [];
  for (const room of rooms) promised.push(await stage.run(a, 'book', { room, guest: `a-${room}` }));
  await stage.until('A has told its guests', () => world.effects.length === rooms.length);
  for (const room of ['r1', 'r2']) await stage.run(b, 'book', { room, guest: `b-${room}` });
  await stage.caughtUp(b);
  return promised;
}

const corrected = ({ world }: Stage<RoomsApp>): readonly string[] =>
  world.farEnd.handled.map(({ payload }) => String(memberOf(payload as Json, 'guest'))).sort();

async function playWhole(stage: Stage<RoomsApp>): Promise<void> {
  const { a } = stage;
  const promised = await promiseTwice(stage);
  await stage.heal(a);
  await stage.settle();
  expectEqual('who is told that it was wrong', corrected(stage), ['a-r1', 'a-r2']);
  const states = stage.cases(a).map(({ key, state }) => `${key} ${state}`);
  expectEqual('the cases', [...states].sort(), ['r1 compensated', 'r2 compensated']);
  expectThat('three were told', promised.length === 3);
}

/** Everything that A's disk knows of what it did outside is gone; documents and operations are not. */
function loseRecords({ disk }: SimulatedDevice<RoomsApp>): void {
  for (const [id, tables] of disk.database.documents) {
    const queue = tables.queue.map(({ order, change }) => ({
      order,
      change: { ...change, sealed: { ...change.sealed, effects: new Uint8Array(0) } },
    }));
    disk.database.documents.set(id, { ...tables, queue, effects: new Map() });
  }
}

async function playLost(stage: Stage<RoomsApp>): Promise<void> {
  const { a, b, world } = stage;
  const promised = await promiseTwice(stage);
  for (const tab of [...a.tabs]) a.crashTab(tab);
  a.line.reset(); // What was on its way is lost with its link.
  loseRecords(a);
  const tab = a.openTab();
  await stage.until('A opens again', () => tab.handle !== undefined);
  await stage.heal(a);
  await stage.settle();
  const lost = stage.truth.facts.flatMap((fact) =>
    fact.fact === 'history-lost' ? [[fact.operation, fact.count]] : [],
  );
  expectEqual(
    'whose history is lost',
    lost,
    promised.map((id) => [id, 1]),
  );
  expectEqual('corrections', corrected(stage), []);
  const cases = stage.cases(b).map(({ key, state, reason }) => `${key} ${state}: ${reason}`);
  const escalated = ['r1', 'r2'].map((room) => `${room} escalated: external-history-lost`);
  expectEqual('the cases', [...cases].sort(), escalated);
  expectEqual('what people are told', world.escalations.map(({ key }) => key).sort(), ['r1', 'r2']);
  const claims = stage.truth.facts.filter(
    (fact) => fact.fact === 'case' && fact.state === 'compensated',
  );
  expectEqual('claims that it was mended', claims, []);
}

async function playControl(stage: Stage<RoomsApp>): Promise<void> {
  const { a, b } = stage;
  await stage.cut(b);
  await stage.run(b, 'book', { room: 'r1', guest: 'b-r1' });
  await stage.run(a, 'book', { room: 'r1', guest: 'a-r1' });
  await stage.caughtUp(a);
  loseRecords(a);
  await stage.reload(a);
  await stage.heal(b);
  await stage.settle();
  expectEqual('who is told that it was wrong', corrected(stage), ['b-r1']);
  expectEqual(
    'the case',
    stage.cases(a).map(({ state }) => state),
    ['compensated'],
  );
}
