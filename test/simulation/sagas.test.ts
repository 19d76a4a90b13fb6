// Sagas on real clients, relay and primary: whatever the primary dies of and whenever, each step happens
// once; what cannot be undone is for people, and can be tried again.
import type { Outcome } from '@causeway/core';
import { decodeHeader, defineApp } from '@causeway/core';
import type { TripApp } from '@causeway/testkit';
import { trips, World } from '@causeway/testkit';
import { counter, yjs } from '@causeway/yjs';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { Pair } from './pair.ts';

const kinds: ('hotel' | 'car' | 'flight')[] = ['hotel', 'car', 'flight'];
const ann = { who: 'ann' } as const;
const flight = { kind: 'flight', who: 'bob' } as const;

const open = (): Promise<Pair<TripApp>> => Pair.open(trips.app, { seed: 3, restMs: 200 });

async function stepsInLog({ world }: Pair<TripApp>, saga: string): Promise<readonly string[]> {
  const ids = (await world.history()).flatMap(({ sealed }) => {
    const header = decodeHeader(sealed.header);
    return header?.kind === 'result' ? [String(header.operation?.id)] : [];
  });
  return ids.filter((id) => id.includes(saga)).map((id) => id.slice(`s:${saga}:`.length));
}

/** Two steps back after three forward, with a retry between: every kind of append that a saga makes. */
async function play(crashAt: number): Promise<{ readonly appends: number; readonly end: unknown }> {
  const pair = await open();
  const { world, a, b } = pair;
  await world.until(b.handle.run('seize', flight).outcome);
  await world.until(b.handle.run('book', { kind: 'car', who: 'bob' }).outcome);
  await world.until(b.handle.run('book', { kind: 'car', who: 'eve' }).outcome);
  await pair.settle();
  let appends = 0;
  let isAsked = false;
  world.watch({
    onCommitted(entries) {
      for (const { sealed } of entries) {
        const { kind, operation } = decodeHeader(sealed.header) ?? {};
        isAsked ||= operation?.name === 'causeway.start-saga';
        // A result and its facts are one append.
        if (!isAsked || kind !== 'coordination') continue;
        appends += 1;
        if (appends === crashAt) world.timeline.after(0, () => world.relay.crashPrimary());
      }
    },
  });
  const receipt = a.handle.startSaga('trip', ann);
  const hasFailed = (): boolean => a.handle.sagas.current[0]?.failing !== undefined;
  expect(await world.advanceUntil(hasFailed, 20_000)).toBe(true);
  // The car that was missing comes back before it is tried again.
  await world.until(b.handle.run('supply', { kind: 'car', amount: 1 }).outcome);
  const outcome: Outcome = await world.until(receipt.outcome, 60_000);
  await pair.settle();
  const [{ state, done, turned } = { state: 'none', done: -1, turned: undefined }] =
    b.handle.sagas.current;
  const content = trips.projection(b.handle.view);
  const steps = await stepsInLog(pair, receipt.id);
  expect(world.broken).toEqual([]);
  return { appends, end: { outcome, state, done, turned, content, steps } };
}

test('the primary may die after any append of a saga: the end is the same', async () => {
  const { appends, end } = await play(0);
  expect(end).toMatchObject({
    ...{ outcome: { code: 'saga-undone', step: 4 }, state: 'undone', done: 0 },
    steps: ['1:do', '2:do', '3:do', '3:undo', '1:undo'],
  });
  expect(appends).toBeGreaterThan(7);
  for (let crashAt = 1; crashAt <= appends; crashAt++) {
    expect([crashAt, (await play(crashAt)).end]).toEqual([crashAt, end]);
  }
}, 60_000);

test('what cannot be undone is left to people, and tried again when they ask', async () => {
  const pair = await open();
  const { world, a, b } = pair;
  await world.until(b.handle.run('seize', flight).outcome);
  const sagas = () => a.handle.sagas.current;
  world.watch({
    onCommitted(entries) {
      const ids = entries.map(({ sealed }) => decodeHeader(sealed.header)?.operation?.id ?? '');
      if (!ids.some((id) => id.endsWith(':1:do'))) return;
      // Used, before it is to be given back.
      world.timeline.after(0, () => world.relay.crashPrimary());
      world.timeline.after(100, () => b.handle.run('use', { kind: 'hotel', who: 'ann' }));
    },
  });
  const receipt = a.handle.startSaga('tour', { ...ann, kinds });
  const cause = { step: 1, reason: 'not-booked' };
  expect(await world.until(receipt.outcome, 120_000)).toEqual({
    ...{ type: 'refused', code: 'saga-stuck', ...cause },
  });
  expect(sagas()).toMatchObject([
    { state: 'stuck', done: 1, stuck: cause, turned: { step: 3, reason: 'sold-out' } },
  ]);
  expect(sagas()[0]?.failing?.attempts).toBe(6);
  // Somebody books it again for her: now it can be given back.
  await world.until(b.handle.run('book', { kind: 'hotel', who: 'ann' }).outcome);
  expect(await world.until(b.handle.abortSaga(receipt.id).outcome)).toEqual({ type: 'confirmed' });
  await world.advanceUntil(() => sagas()[0]?.state === 'undone', 20_000);
  expect(sagas()).toMatchObject([{ state: 'undone', done: 0, turned: { step: 3 } }]);
  expect(await stepsInLog(pair, receipt.id)).toEqual(['1:do', '2:do', '2:undo', '1:undo']);
});

test('a step is tried again with growing pauses, as often as it says, and no more', async () => {
  const pair = await open();
  const { world, a, b } = pair;
  for (const who of ['bob', 'eve'] as const) {
    await world.until(b.handle.run('book', { kind: 'car', who }).outcome);
  }
  const receipt = a.handle.startSaga('trip', ann);
  const triedAtMs: number[] = [];
  const count = (): number => a.handle.sagas.current[0]?.failing?.attempts ?? 0;
  a.handle.sagas.subscribe(() => {
    if (count() > triedAtMs.length) triedAtMs.push(world.nowMs);
  });
  expect(await world.until(receipt.outcome, 60_000)).toMatchObject({ step: 3, reason: 'sold-out' });
  const [first = 0, second = 0] = triedAtMs;
  expect(triedAtMs).toHaveLength(2); // With the third it turns back at once.
  expect(second - first).toBeGreaterThan(950);
  expect(second - first).toBeLessThan(1_300);
});

test('others go on between its steps, and are never waited for', async () => {
  const pair = await open();
  const { world, a, b } = pair;
  const saga = a.handle.startSaga('tour', { ...ann, kinds });
  const other = b.handle.run('book', { kind: 'hotel', who: 'bob' });
  expect(await world.until(other.outcome)).toEqual({ type: 'confirmed' });
  expect(await world.until(saga.outcome)).toEqual({ type: 'confirmed' });
  await pair.settle();
  expect(b.handle.view.free.get('hotel')).toBe(1);
});

test('nothing to do is done at once; what cannot be is refused before it begins', async () => {
  const { world, a } = await open();
  const { handle } = a;
  expect(await world.until(handle.startSaga('tour', { ...ann, kinds: [] }).outcome)).toEqual({
    type: 'confirmed',
  });
  const bad = handle.startSaga('tour', { who: 'nobody', kinds } as never);
  expect(await world.until(bad.saved)).toMatchObject({ code: 'invalid-args' });
  const unknown = handle.startSaga('toString' as never, {} as never);
  expect(await world.until(unknown.saved)).toMatchObject({
    ...{ code: 'unknown-operation', known: ['trip', 'tour'] },
  });
  expect(await world.until(handle.abortSaga('f'.repeat(32)).outcome)).toEqual({
    ...{ type: 'refused', code: 'failed', message: 'there is no such saga' },
  });
});

/** Steps that an application must not have: another answer each time, later, or an act on a device. */
async function openBad() {
  let asked = 0;
  const isChanged = { now: false };
  const args = v.object({});
  const step = { run: ['add', {}] as const, undo: ['take', {}] as const };
  const app = defineApp({
    name: 'sim-bad-sagas',
    version: 1,
    document: yjs((doc) => ({ n: counter(doc, 'n') })),
    effects: { ring: { payload: args, runs: 'device', delivery: 'at-least-once' } },
  })
    .operations({
      add: { args, run: (doc) => doc.n.add('k', 1) },
      take: { args, run: (doc) => doc.n.add('k', -1) },
      ring: {
        args,
        run(doc, a, op) {
          doc.n.add('rung', 1);
          op.effect('ring', a);
        },
      },
      never: { args, requires: () => false, run: () => undefined },
    })
    .sagas({
      fickle: { args, steps: () => Array.from({ length: ++asked }, () => step) },
      changed: {
        args,
        steps: () => [
          step,
          { run: ['never', {}], retriesMax: 3 },
          ...(isChanged.now ? [step] : []),
        ],
      },
      ringing: { args, steps: () => [step, { run: ['ring', {}] }] },
    })
    .invariants({})
    .policy({ add: {}, take: {}, ring: {}, never: {} });
  const world = new World({ app, seed: 5, bounds: { fixedMs: 500 } });
  const a = world.addDevice('A');
  await world.advanceUntil(() => a.tab?.handle?.status.current.mode === 'connected', 60_000);
  return { world, a, isChanged };
}

test('steps that differ from one look to the next are never begun, or stop it where it is', async () => {
  const { world, a, isChanged } = await openBad();
  expect(await world.until(a.handle.startSaga('fickle', {}).outcome)).toEqual({
    ...{ type: 'refused', code: 'failed', message: 'fickle: its steps are not the same twice' },
  });
  const receipt = a.handle.startSaga('changed', {});
  const hasFailed = (): boolean => a.handle.sagas.current[0]?.failing !== undefined;
  expect(await world.advanceUntil(hasFailed, 20_000)).toBe(true);
  isChanged.now = true; // As when a newer version of the application is loaded.
  expect(await world.until(receipt.outcome, 60_000)).toMatchObject({
    ...{ code: 'saga-stuck', step: undefined },
    reason: 'its steps are other ones than at its beginning',
  });
  isChanged.now = false;
  await world.until(a.handle.abortSaga(receipt.id).outcome);
  await world.advanceUntil(() => a.handle.sagas.current[0]?.state === 'undone', 20_000);
  expect(a.handle.sagas.current).toMatchObject([{ state: 'undone', done: 0 }]);
  expect(a.handle.view.n.get('k')).toBe(0);
});

test('a step with an act on a device fails: nobody could hold that act', async () => {
  const { world, a } = await openBad();
  expect(await world.until(a.handle.startSaga('ringing', {}).outcome, 20_000)).toMatchObject({
    ...{ code: 'saga-undone', step: 2 },
    reason: 'ring happens on a device, and no step of a saga may have it',
  });
  expect([a.handle.view.n.get('k'), a.handle.view.n.get('rung')]).toEqual([0, 0]);
  expect(world.effects).toEqual([]);
});
