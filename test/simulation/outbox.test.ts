// What the primary does outside, on real clients, relay and primary: wherever it dies, when the far end
// fails, and while people might still find that it should not be done.
import { defineApp, risk, safe, type Withheld } from '@causeway/core';
import type { SimulatedDevice } from '@causeway/testkit';
import { attachCheckers, describeProblem, World } from '@causeway/testkit';
import { counter, yjs } from '@causeway/yjs';
import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { crashMoments, crashPrimaryAt } from '../scenarios/crash-primary-at.ts';

const args = v.object({ room: v.string(), guest: v.string() });
const told: Withheld[] = [];
const payload = v.string();

const app = defineApp({
  name: 'rooms',
  version: 1,
  document: yjs((doc) => ({ taken: counter(doc, 'taken'), moved: counter(doc, 'moved') })),
  effects: {
    mail: { payload, runs: 'primary', delivery: 'at-least-once', attemptsMax: 4, withinMs: 2_000 },
    charge: { payload, runs: 'primary', delivery: 'at-most-once', withinMs: 2_000 },
  },
})
  .operations({
    mail: { args, run: (doc, a, op) => write(doc.taken, op, ['mail', a.guest]) },
    charge: { args, run: (doc, a, op) => write(doc.taken, op, ['charge', a.guest]) },
    book: {
      args,
      subjects: (a) => [a.room],
      run(doc, a, op) {
        doc.taken.add(a.room, 1);
        op.effect('mail', a.guest);
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
      settleMs: 5_000,
      restore(doc, found, op) {
        doc.moved.add(found.key, found.deficit);
        if (found.key === 'kept') return;
        for (const { id } of found.participants) told.push(op.withhold(id));
      },
    },
  })
  .policy({
    mail: { oneGuest: safe() },
    charge: { oneGuest: safe() },
    book: { oneGuest: risk({ connected: 'local' }) },
  });

interface Writer {
  effect(name: 'mail' | 'charge', payload: string): void;
}
function write(
  sums: { add(key: string, by: number): void },
  op: Writer,
  [name, guest]: readonly ['mail' | 'charge', string],
): void {
  sums.add(`${name}s`, 1);
  op.effect(name, guest);
}

let world: World<typeof app>;
let a: SimulatedDevice<typeof app>;
let checkers: Awaited<ReturnType<typeof attachCheckers>>;

beforeEach(async () => {
  told.length = 0;
  world = new World({ app, seed: 5, bounds: { fixedMs: 500 } });
  checkers = await attachCheckers(world as unknown as World, { graceMs: 60_000 });
  a = world.addDevice('A');
  world.addDevice('B');
  await settle();
});
afterEach(() => {
  expect(checkers.findings.problems.map(describeProblem)).toEqual([]);
  expect(world.broken).toEqual([]);
});

async function settle(): Promise<void> {
  const isQuiet = ({ tab }: SimulatedDevice<typeof app>): boolean => {
    const status = tab?.handle?.status.current;
    return status?.mode === 'connected' && status.synced && status.audit === 'current';
  };
  const isDone = (): boolean => [...world.devices.values()].every(isQuiet);
  expect(await world.advanceUntil(isDone, 60_000)).toBe(true);
}

async function effectsSettle(): Promise<void> {
  await settle();
  const isDone = await world.advanceUntil(() => checkers.outbox.isSettled, 15 * 60_000);
  expect(isDone, checkers.outbox.describe()).toBe(true);
  await world.advance(1_000);
}

function run(name: 'mail' | 'charge' | 'book', guest: string, room = 'r1'): string {
  return a.handle.run(name, { room, guest }).id;
}
const stateOf = (id: string): string | undefined => a.handle.effects(id).current[0]?.state;
const callsOf = (id: string) => world.farEnd.calls.filter(({ operation }) => operation === id);
const handledOf = (id: string) => world.farEnd.handled.filter(({ operation }) => operation === id);

describe.each(crashMoments)('the primary dies %s', (moment) => {
  test('at least once: it is done, under one key', async () => {
    const crash = crashPrimaryAt(world, moment);
    const id = run('mail', 'ann');
    await effectsSettle();
    expect([crash.hasCrashed, stateOf(id)]).toEqual([true, 'done']);
    expect(new Set(handledOf(id).map(({ key }) => key))).toEqual(new Set([`${id}:0`]));
    expect(callsOf(id).length).toBeLessThanOrEqual(2);
  });

  test('at most once: it is tried once, and where nobody can tell, people are told so', async () => {
    const crash = crashPrimaryAt(world, moment);
    const id = run('charge', 'ann');
    await effectsSettle();
    const isSafe = moment === 'before the claim is appended';
    const isKnown = isSafe || moment === 'when the answer is durable';
    expect([crash.hasCrashed, stateOf(id)]).toEqual([true, isKnown ? 'done' : 'unknown']);
    expect(callsOf(id).length).toBeLessThanOrEqual(1);
  });
});

test('what fails is tried again after growing pauses, and given up in the end', async () => {
  world.farEnd.faults = { ...world.farEnd.faults, failures: 1 };
  const id = run('mail', 'ann');
  await effectsSettle();
  expect(stateOf(id)).toBe('given-up');
  const atMs = callsOf(id).map((call) => call.atMs);
  const pauses = atMs.slice(1).map((ms, index) => Math.round((ms - (atMs[index] ?? 0)) / 1_000));
  expect(pauses).toEqual([1, 2, 4]);
});

test('a far end that only hangs is not waited for, and its late answers change nothing', async () => {
  world.farEnd.faults = { ...world.farEnd.faults, latencyMs: { from: 2_500, to: 4_500 } };
  const [mail, charge] = [run('mail', 'ann'), run('charge', 'bob')];
  await effectsSettle();
  await world.advance(10_000);
  expect([stateOf(mail), stateOf(charge)]).toEqual(['given-up', 'unknown']);
  expect(new Set(handledOf(mail).map(({ key }) => key))).toEqual(new Set([`${mail}:0`]));
});

test('a handler that keeps failing is left alone for a while, and the others go on', async () => {
  world.farEnd.faults = { ...world.farEnd.faults, failures: 1 };
  const first = Array.from({ length: 6 }, (_, n) => run('mail', `ann-${n}`));
  await world.advance(900); // Each failed once, and the breaker is open.
  const called = world.farEnd.calls.length;
  expect(called).toBeLessThanOrEqual(first.length);
  world.farEnd.heal();
  const charge = run('charge', 'bob');
  await world.advance(20_000);
  expect(stateOf(charge)).toBe('done');
  expect(world.farEnd.calls.filter(({ name }) => name === 'mail')).toHaveLength(called);
  await effectsSettle();
  expect(first.map(stateOf)).toEqual(first.map(() => 'done'));
});

/** Both devices, cut off, book the last room. */
async function bookTwice(room: string): Promise<readonly [string, string]> {
  const b = world.device('B');
  b.line.cut('up', 'down');
  await world.advance(5_000);
  const theirs = b.handle.run('book', { room, guest: 'bob' }).id;
  await world.advance(100);
  const ours = run('book', 'ann', room);
  await world.advance(50); // In the log, and its mail is not sent yet or is.
  b.line.heal();
  await settle();
  return [ours, theirs];
}

test('while a case is open nothing of it is sent; what is withheld never is', async () => {
  const [ours, theirs] = await bookTwice('r1');
  await world.advance(2_000);
  expect([stateOf(ours), stateOf(theirs)]).toEqual(['done', undefined]);
  await effectsSettle();
  expect([stateOf(ours), stateOf(theirs)]).toEqual(['done', 'dropped']);
  expect(told.toSorted((x, y) => x.done - y.done)).toEqual([
    { withheld: 1, done: 0, uncertain: 0 },
    { withheld: 0, done: 1, uncertain: 0 },
  ]);
  expect(callsOf(theirs)).toEqual([]);
});

test('what nobody withholds is sent when its case is closed', async () => {
  const [, theirs] = await bookTwice('kept');
  await world.advance(2_000);
  expect(callsOf(theirs)).toEqual([]);
  await effectsSettle();
  expect(stateOf(theirs)).toBe('done');
});

test('what was tried and has no answer is uncertain, and is carried on', async () => {
  world.farEnd.faults = { ...world.farEnd.faults, failures: 1 };
  const [ours] = await bookTwice('r1');
  await world.advance(4_000);
  world.farEnd.heal();
  await effectsSettle();
  expect(told.toSorted((x, y) => y.withheld - x.withheld)).toEqual([
    { withheld: 1, done: 0, uncertain: 0 },
    { withheld: 0, done: 0, uncertain: 1 },
  ]);
  expect(stateOf(ours)).toBe('done');
});
