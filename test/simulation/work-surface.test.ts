// What a screen is told: how acts and keys stand at each rung, and what of it turned out otherwise, with
// the real client, relay and primary, over reloads, and for claims.
import type { OperationId, Touch } from '@causeway/core';
import { findAlterations, keyStatus } from '@causeway/core';
import type { SimulatedDevice } from '@causeway/testkit';
import { expect, test } from 'vitest';
import { account, type BankApp } from '../scenarios/bank.ts';
import { type CalendarApp, calendar } from '../scenarios/calendar.ts';
import { Stage, stateOf } from '../scenarios/stage.ts';
import { openBank, rest } from './surface-stage.ts';

type Device = SimulatedDevice<BankApp>;
const openCalendar = () => Stage.open<CalendarApp>(calendar, { seed: 7, isReloaded: false });

const keyOf = ({ handle }: Device) => handle.keyStatus('balance', account).current;
const statusOf = ({ handle }: Device, id: string) => handle.statusOf(id).current;
const noticesOf = ({ handle }: SimulatedDevice<BankApp> | SimulatedDevice<CalendarApp>) =>
  handle.notices.current.map(({ to, operation }) => `${to} ${operation}`);

/** Two machines pay out what is there once; A heals first. Whose was second made the case. */
async function overdraw(stage: Stage<BankApp>): Promise<readonly [byA: string, byB: string]> {
  await stage.cut(stage.a, stage.b);
  const byA = await stage.run(stage.a, 'withdraw', { account, amount: 80 });
  const byB = await stage.run(stage.b, 'withdraw', { account, amount: 80 });
  await stage.heal(stage.a);
  return [byA, byB];
}

test('an operation and its key climb together, each rung once', async () => {
  const stage = await openBank();
  const { a } = stage;
  expect(keyOf(a)).toBeUndefined();
  await stage.cut(a);
  const { id } = a.handle.run('deposit', { account, amount: 1 });
  const rungs: unknown[] = [];
  const ofKey: unknown[] = [];
  a.handle.statusOf(id).subscribe((status) => rungs.push(status));
  a.handle.keyStatus('balance', account).subscribe((mark) => ofKey.push(mark?.status));
  await stage.until('it is saved', () => statusOf(a, id) === 'tentative');
  expect(keyOf(a)).toEqual({ status: 'tentative', operations: [id], cases: [] });
  a.line.heal();
  await stage.withoutPrimary('it is committed', () => statusOf(a, id) === 'committed');
  expect(keyOf(a)).toEqual({ status: 'committed', operations: [id], cases: [] });
  await rest(stage);
  expect(rungs).toEqual(['unsaved', 'tentative', 'committed', 'confirmed']);
  expect(ofKey).toEqual(rungs);
  expect(a.handle.keyStatus('balance', 'bob').current).toBeUndefined();
  expect(statusOf(a, 'nobody-knows')).toBeUndefined();
  await stage.reload(a);
  expect([statusOf(a, id), keyOf(a)?.status]).toEqual(['confirmed', 'confirmed']);
});

test('a key shows its least certain operation, and of settled ones the newest', async () => {
  const stage = await openBank();
  const { a } = stage;
  const first = await stage.run(a, 'deposit', { account, amount: 1 });
  await rest(stage);
  await stage.cut(a);
  const second = await stage.run(a, 'deposit', { account, amount: 2 });
  const third = await stage.run(a, 'deposit', { account, amount: 3 });
  expect(keyOf(a)).toEqual({ status: 'tentative', operations: [second, third], cases: [] });
  await stage.heal(a);
  await rest(stage);
  expect(keyOf(a)).toEqual({ status: 'confirmed', operations: [third], cases: [] });
  await stage.run(a, 'deposit', { account, amount: 4 });
  await rest(stage);
  // What is settled is dropped when the next one comes: the index does not grow with the history.
  for (const acts of stateOf(stage, a).own.byTouch.values()) expect(acts.size).toBe(1);
  expect(first).not.toBe(third);
});

test('a broken rule: conflicted while the case is open, then compensated, and both are told', async () => {
  const stage = await openBank();
  const { a, b } = stage;
  const [byA, byB] = await overdraw(stage);
  expect(noticesOf(a)).toEqual([]);
  b.line.heal();
  await stage.until('both hear of the case', () =>
    [a, b].every((device) => keyOf(device)?.status === 'conflicted'),
  );
  expect(keyOf(b)?.cases).toEqual(stage.cases(b).map(({ id }) => id));
  await stage.world.advance(1_000);
  expect(noticesOf(a)).toEqual([`conflicted ${byA}`]);
  expect(noticesOf(b)).toEqual([`conflicted ${byB}`]);
  expect(b.handle.notices.current[0]).toMatchObject({
    ...{ name: 'withdraw', from: 'committed', why: 'nonNegative', keys: [account] },
  });
  const toldAt = b.handle.notices.current[0]?.atWallMs;
  await stage.world.advance(100);
  expect(b.handle.notices.current[0]?.atWallMs).toBe(toldAt);
  await rest(stage);
  expect(noticesOf(b)).toEqual([`compensated ${byB}`]);
  expect(b.handle.notices.current[0]).toMatchObject({ from: 'committed', keys: [account] });
  // A's own withdrawal stands; that its account is in order again is news to it all the same.
  expect(a.handle.notices.current).toMatchObject([
    { to: 'resolved', from: 'conflicted', why: 'compensated', operation: byA },
  ]);
  expect([keyOf(a)?.status, keyOf(b)?.status]).toEqual(['confirmed', 'compensated']);
  expect(noticesOf(stage.c)).toEqual([]); // It touched nothing.
});

test('an escalated case keeps its key conflicted, whatever becomes of the operations', async () => {
  const stage = await openBank();
  const { a, b } = stage;
  await overdraw(stage);
  b.line.heal();
  await stage.until('the case is open', () => keyOf(b)?.status === 'conflicted');
  await stage.world.advance(1_000);
  const state = stateOf(stage, b);
  const [found] = state.fold.casesById.values();
  if (!found) throw new Error('no case');
  const escalated = new Map([[found.id, { ...found, state: 'escalated' as const }]]);
  const shown = { ...state, fold: { ...state.fold, casesById: escalated } };
  expect(keyStatus(shown, { root: 'balance', key: account })?.status).toBe('conflicted');
  const closed = new Map([[found.id, { ...found, state: 'waived' as const }]]);
  const over = { ...state, fold: { ...state.fold, casesById: closed } };
  expect(keyStatus(over, { root: 'balance', key: account })?.status).toBe('committed');
  // Cases are named by key: another key of the same root is not concerned, another root's is.
  expect(keyStatus(shown, { root: 'balance', key: 'bob' })).toBeUndefined();
  expect(keyStatus(shown, { root: 'due', key: account })).toMatchObject({ operations: [] });
  expect(a.handle.notices.current).toHaveLength(1);
});

test('a case on a subject concerns the keys of its operation, unless the subject is a key itself', async () => {
  const stage = await openBank();
  const { b } = stage;
  const [, byB] = await overdraw(stage);
  b.line.heal();
  await stage.until('the case is open', () => keyOf(b)?.status === 'conflicted');
  await stage.world.advance(1_000);
  const state = stateOf(stage, b);
  const bob = { root: 'balance', key: 'bob' };
  const id = byB as OperationId;
  const statusWith = (touched: readonly Touch[]) => {
    const own = { name: 'transfer', touched, subjects: [account, 'bob'], as: 'applied' } as const;
    const byTouch = new Map([['balance\u0000bob', new Set([id])]]);
    const known = { ...state.own, byId: new Map([[id, own]]), byTouch };
    return keyStatus({ ...state, own: known }, bob)?.status;
  };
  expect(statusWith([bob])).toBe('conflicted');
  expect(statusWith([bob, { root: 'balance', key: account }])).toBe('committed');
});

test('a refusal after the commit is told, with its reason; one at once is not', async () => {
  const stage = await openBank();
  const { a, b } = stage;
  await stage.cut(a, b);
  await stage.run(a, 'pay', { account, amount: 80 });
  const byB = await stage.run(b, 'pay', { account, amount: 80 });
  await stage.refused(b, 'pay', { account, amount: 21 });
  expect(noticesOf(b)).toEqual([]);
  await stage.heal(a);
  await stage.heal(b);
  await rest(stage);
  expect(b.handle.notices.current).toMatchObject([
    {
      to: 'refused',
      operation: byB,
      from: 'committed',
      why: 'insufficient-funds',
      keys: [account],
    },
  ]);
  expect([statusOf(b, byB), keyOf(b)?.status]).toEqual(['refused', 'refused']);
  expect(noticesOf(a)).toEqual([]);
});

test('what is dismissed does not come back, after a reload neither; what is not, does', async () => {
  const stage = await openBank();
  const { b } = stage;
  await overdraw(stage);
  await stage.heal(b);
  await rest(stage);
  const before = b.handle.notices.current;
  expect(before).toHaveLength(1);
  await stage.reload(b);
  expect(b.handle.notices.current.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
  const published: number[] = [];
  b.handle.notices.subscribe((notices) => published.push(notices.length));
  for (const { id } of before) b.handle.notices.dismiss(id);
  expect(published).toEqual([1, 0]);
  await stage.reload(b);
  await stage.caughtUp(b);
  expect(b.handle.notices.current).toEqual([]);
});

test('a case that opened and closed before anybody looked is no news to who is not concerned', async () => {
  const stage = await openBank();
  await overdraw(stage);
  await stage.heal(stage.b);
  await rest(stage);
  expect(noticesOf(stage.a)).toEqual([]);
});

test('a conflict that was shown before a reload, and solved since, is told to be solved', async () => {
  const stage = await openBank();
  const { a, b } = stage;
  const [byA] = await overdraw(stage);
  b.line.heal();
  await stage.until('A hears of the case', () => keyOf(a)?.status === 'conflicted');
  expect(noticesOf(a)).toEqual([`conflicted ${byA}`]);
  await stage.world.advance(100);
  await stage.reload(a);
  await rest(stage);
  expect(noticesOf(a)).toEqual([`resolved ${byA}`]);
});

test('a refusal is told when this device has stored it, not before', async () => {
  const stage = await openBank();
  const { a, b } = stage;
  await stage.cut(a, b);
  await stage.run(a, 'pay', { account, amount: 80 });
  const byB = (await stage.run(b, 'pay', { account, amount: 80 })) as OperationId;
  await stage.heal(a);
  await stage.heal(b);
  await rest(stage);
  const state = stateOf(stage, b);
  const unstored = new Map([...state.receipts, [byB, { type: 'deciding' } as const]]);
  expect(findAlterations(state, () => false)).toHaveLength(1);
  expect(findAlterations({ ...state, receipts: unstored }, () => false)).toEqual([]);
});

test('a claim that was moved is told once, with its new slot', async () => {
  const stage = await openCalendar();
  const { a, b } = stage;
  await stage.cut(a, b);
  await stage.run(a, 'book', { slots: ['10:00', '11:00'], who: 'A' });
  const byB = await stage.run(b, 'book', { slots: ['10:00', '12:00'], who: 'B' });
  await stage.heal(a);
  const told: string[] = [];
  b.handle.notices.subscribe((all) => told.push(all.map(({ to }) => to).join(' ')));
  b.line.heal();
  await rest(stage);
  expect(told.filter((one) => one !== '')).toEqual(['conflicted', 'moved']);
  expect(b.handle.notices.current).toMatchObject([
    { to: 'moved', operation: byB, name: 'book', why: '12:00', keys: ['12:00'] },
  ]);
  expect(noticesOf(a)).toEqual([]); // That it may stay is what it was shown already.
  await stage.reload(b);
  await stage.caughtUp(b);
  expect(noticesOf(b)).toEqual([`moved ${byB}`]);
});

test('a root that only editors write is marked until its edits are committed, in every tab', async () => {
  const stage = await openBank();
  const { a } = stage;
  await stage.cut(a);
  const sibling = a.openTab();
  await stage.until('the second tab is open', () => sibling.handle !== undefined);
  const seen: unknown[] = [];
  a.handle.keyStatus('note').subscribe((mark) => seen.push(mark?.status));
  a.handle.doc.getText('note').insert(0, 'hello');
  expect(seen).toEqual([undefined, 'unsaved']); // At once, before it is sealed.
  const byTab = () => sibling.handle?.keyStatus('note').current;
  await stage.until('the other tab shows it, too', () => byTab() !== undefined);
  expect(byTab()).toEqual({ status: 'tentative', operations: [], cases: [] });
  await stage.heal(a);
  await rest(stage);
  expect(seen).toEqual([undefined, 'unsaved', 'tentative', undefined]);
  expect(byTab()).toBeUndefined();
});
