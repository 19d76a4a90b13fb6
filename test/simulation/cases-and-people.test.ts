// The life of a case with people in it, on real clients, relay and primary: asked, asked anew, answered
// once, claimed, waived, superseded. (Two agents at once, and cut off: S6. By chance: workload `seats`.)
import type { CaseRecord } from '@causeway/core';
import { World } from '@causeway/testkit';
import { expect, test } from 'vitest';
import { type Device, type Hall, type HallApp, hall, hallOf, type Terms } from './oversold-hall.ts';

/** Two devices that sold eight and seven while they were cut off: `limit` is exceeded. */
async function oversold(terms: Terms = {}): Promise<Hall> {
  const app = hallOf(terms);
  const world = new World<HallApp>({ app, seed: 5, bounds: { fixedMs: 500 } });
  const [a, b] = [world.addDevice('A'), world.addDevice('B')];
  await settle(world);
  await cutOff(world, a);
  await world.until(a.handle.run('sell', { pieces: 8 }).saved);
  await world.until(b.handle.run('sell', { pieces: 7 }).outcome);
  await heal(world, a);
  return { world, a, b };
}

const statusOf = ({ tab }: Device) => tab?.handle?.status.current;
async function settle(world: World<HallApp>): Promise<void> {
  const isQuiet = (device: Device): boolean => {
    const status = statusOf(device);
    return status?.mode === 'connected' && status.synced && status.audit === 'current';
  };
  const all = [...world.devices.values()];
  expect(await world.advanceUntil(() => all.every(isQuiet), 120_000)).toBe(true);
  await world.advance(1_000);
}
async function cutOff(world: World<HallApp>, device: Device): Promise<void> {
  device.line.cut('up', 'down');
  await world.advanceUntil(() => statusOf(device)?.mode === 'partitioned', 60_000);
}
async function heal(world: World<HallApp>, device: Device): Promise<void> {
  device.line.heal();
  await settle(world);
}
function caseAt({ handle }: Device): CaseRecord {
  const found = handle.cases.current.at(-1);
  if (!found) throw new Error('there is no case');
  return found;
}
const choose = ({ world }: Hall, at: Device, label: string) =>
  world.until(at.handle.inbox.choose(caseAt(at).id, label).outcome);
const soldAt = ({ handle }: Device) => handle.view.sold.get(hall);

test('a choice that leaves a deficit is run, and what is left is asked anew', async () => {
  const stage = await oversold();
  const { world, a, b } = stage;
  expect(caseAt(b)).toMatchObject({ state: 'escalated', deficit: 5, question: { round: 1 } });
  expect(b.handle.inbox.current[0]?.question).toBe('5 too many');
  // A chooses for the first question, and is not heard before B has answered it.
  await cutOff(world, a);
  const late = a.handle.inbox.choose(caseAt(a).id, 'all back');
  await world.until(late.saved);
  expect(await choose(stage, b, 'two back')).toEqual({ type: 'confirmed' });
  await world.advance(1_000);
  expect(b.handle.inbox.current[0]?.question).toBe('3 too many');
  expect(caseAt(b)).toMatchObject({ state: 'escalated', deficit: 3, question: { round: 2 } });
  await heal(world, a);
  expect(await world.until(late.outcome)).toEqual({
    ...{ type: 'refused', code: 'not-asked', case: caseAt(a).id, state: 'escalated' },
    ...{ by: 'anonymous', label: 'two back' },
  });
  expect(soldAt(a)).toBe(13);
  expect(await choose(stage, a, 'all back')).toEqual({ type: 'confirmed' });
  await settle(world);
  expect([soldAt(a), soldAt(b)]).toEqual([10, 10]);
  expect(caseAt(b)).toMatchObject({ state: 'resolved', deficit: 0 });
  expect(caseAt(b).resolutions?.map(({ label }) => label)).toEqual(['two back', 'all back']);
});

test('whoever makes it worse meanwhile is part of the next question', async () => {
  const stage = await oversold();
  const { world, a, b } = stage;
  await world.until(a.handle.run('sell', { pieces: 1 }).committed);
  await settle(world);
  expect(caseAt(b)).toMatchObject({ deficit: 6, question: { round: 2, question: '6 too many' } });
  expect(await choose(stage, b, 'all back')).toEqual({ type: 'confirmed' });
});

test('a choice may break no other rule, and has no device to act on: choose again', async () => {
  const stage = await oversold();
  const { world, b } = stage;
  expect(await choose(stage, b, 'from the staff')).toEqual({
    ...{ type: 'refused', code: 'would-violate', invariant: 'staffSits', key: hall },
  });
  expect(await choose(stage, b, 'in cash')).toMatchObject({ type: 'refused', code: 'failed' });
  expect(await choose(stage, b, 'something else')).toMatchObject({ code: 'failed' });
  expect([soldAt(b), caseAt(b).state]).toEqual([15, 'escalated']);
  expect(await choose(stage, b, 'all back')).toEqual({ type: 'confirmed' });
  await settle(world);
  expect(caseAt(b).state).toBe('resolved');
});

test('a question with mistakes in it is asked, says so, and keeps what can be run', async () => {
  const good = { label: 'all back', run: ['refund', { pieces: 5 }] };
  const { b } = await oversold({
    asks: () => ({
      question: 'what now?',
      choices: [
        { label: 'fly', run: ['fly', {}] },
        { label: 'half', run: ['refund', { pieces: 0.5 }] },
        good,
        good,
      ],
    }),
  });
  const [item] = b.handle.inbox.current;
  expect(item).toMatchObject({ question: 'what now?', choices: ['all back'] });
  expect(item?.found.question?.cause).toBe('bad-choices');
  const detail = item?.found.question?.detail ?? '';
  expect(detail).toContain('there is no operation "fly"');
  expect(detail).toMatch(/“half”: .*integer/);
  expect(detail).toContain('“all back” is there twice');
});

test('what is no question at all is asked as one that cannot be read', async () => {
  const { b } = await oversold({ asks: () => ({ question: 'who?', choices: 'nobody' }) });
  expect(b.handle.inbox.current[0]?.found.question).toMatchObject({ cause: 'bad-choices' });
  expect(b.handle.inbox.current[0]?.choices).toEqual([]);
});

test('a compensation that throws is for people; waived, the next excess is another case', async () => {
  const stage = await oversold({
    asks() {
      throw new Error('no rule for halls');
    },
  });
  const { world, a, b } = stage;
  const { question, id } = caseAt(b);
  expect(question).toMatchObject({ cause: 'threw', detail: 'no rule for halls', choices: [] });
  const waived = b.handle.inbox.waive(id, 'they stand');
  expect(await world.until(waived.outcome)).toEqual({ type: 'confirmed' });
  await settle(world);
  expect(caseAt(a)).toMatchObject({
    ...{ state: 'waived', deficit: 5, waiver: { by: 'anonymous', reason: 'they stand' } },
  });
  expect(await world.until(b.handle.inbox.waive(id, 'again').outcome)).toMatchObject({
    ...{ code: 'not-asked', state: 'waived', by: 'anonymous' },
  });
  await world.until(a.handle.run('sell', { pieces: 1 }).committed);
  await settle(world);
  expect(caseAt(a).id).not.toBe(id);
  expect(caseAt(a).violations.map(({ from, to }) => [from, to])).toEqual([[5, 6]]);
});

test('who claims a case works on it alone until the lease ends; an older token counts no more', async () => {
  const stage = await oversold();
  const { world, a, b } = stage;
  const { id } = caseAt(a);
  const claim = (at: Device) => world.until(at.handle.inbox.claim(id, { leaseMs: 20_000 }).outcome);
  expect(await claim(a)).toEqual({ type: 'confirmed' });
  await world.advance(500);
  expect(caseAt(b)).toMatchObject({ state: 'claimed', claim: { by: 'anonymous' } });
  expect(await choose(stage, b, 'all back')).toMatchObject({ code: 'not-asked', state: 'claimed' });
  expect(await claim(b)).toMatchObject({ code: 'not-asked', state: 'claimed' });
  await cutOff(world, a);
  const late = a.handle.inbox.choose(id, 'two back'); // Under the claim that A still sees.
  await world.until(late.saved);
  await world.advance(20_000);
  expect(caseAt(b)).toMatchObject({ state: 'escalated' });
  expect(caseAt(b).claim).toBeUndefined();
  const first = caseAt(a).claim?.token ?? 0;
  expect(await claim(b)).toEqual({ type: 'confirmed' });
  await world.advance(500);
  expect(caseAt(b).claim?.token).toBeGreaterThan(first);
  await heal(world, a);
  expect(await world.until(late.outcome)).toMatchObject({ code: 'not-asked', state: 'claimed' });
  expect(await choose(stage, b, 'all back')).toEqual({ type: 'confirmed' });
  await settle(world);
  expect(caseAt(a).state).toBe('resolved');
});

test('until when a case settles is shown, by the primary’s clock', async () => {
  const { world, a } = await oversold({ settleMs: 30_000 });
  const { state, settlesAtMs = 0 } = caseAt(a);
  expect(state).toBe('settling');
  const leftMs = settlesAtMs - (world.relay.process?.wallMs ?? 0);
  expect(leftMs).toBeGreaterThan(20_000);
  expect(leftMs).toBeLessThanOrEqual(30_000);
  await world.advance(leftMs - 1_000);
  expect(caseAt(a).state).toBe('settling');
  await world.advance(2_000);
  expect(caseAt(a).state).toBe('escalated');
  expect(caseAt(a).settlesAtMs).toBeUndefined();
});

/** The relay loads another version of the application. */
async function upgrade({ world }: Hall, terms: Terms): Promise<void> {
  world.relay.versions = { current: hallOf(terms).definition, previous: [] };
  world.relay.crashPrimary();
  await world.advance(1_000);
  await settle(world);
}

test('a new version of a rule ends its open cases, and judges their keys anew, once', async () => {
  const stage = await oversold();
  const { world, a, b } = stage;
  const old = caseAt(b);
  await upgrade(stage, { version: 2, limit: 12 });
  expect(b.handle.cases.current.map(({ state }) => state)).toEqual(['superseded', 'escalated']);
  const [before, now] = b.handle.cases.current;
  expect(before).toMatchObject({ id: old.id, supersededBy: now?.id });
  const last = old.violations.at(-1);
  expect(now?.violations).toMatchObject([
    { version: 2, from: 0, to: 3, trigger: { id: last?.trigger.id } },
  ]);
  expect(await choose(stage, a, 'all back')).toEqual({ type: 'confirmed' });
  await settle(world);
  expect(soldAt(b)).toBe(12);
  // Another start finds what the log says, and says nothing again.
  await upgrade(stage, { version: 2, limit: 12 });
  expect(b.handle.cases.current.map(({ state }) => state)).toEqual(['superseded', 'resolved']);
});

test('what makes an old case worse before the new version is loaded still belongs to it', async () => {
  const stage = await oversold();
  const { world, a, b } = stage;
  const [, trigger] = [caseAt(b), a.handle.run('sell', { pieces: 2 })];
  world.relay.versions = { current: hallOf({ version: 2, limit: 12 }).definition, previous: [] };
  world.relay.crashPrimary();
  await world.until(trigger.committed);
  await settle(world);
  expect(b.handle.cases.current.map(({ state, deficit }) => [state, deficit])).toEqual([
    ['superseded', 5],
    ['escalated', 5],
  ]);
  const now = caseAt(b);
  expect(now.violations).toMatchObject([{ from: 0, to: 5, trigger: { id: trigger.id } }]);
  expect(now.violations[0]?.participants.length).toBe(3);
});

test('under a new version that is kept, nothing is open any more', async () => {
  const stage = await oversold();
  const { a, b } = stage;
  await upgrade(stage, { version: 2, limit: 20 });
  expect(b.handle.cases.current.map(({ state, deficit }) => [state, deficit])).toEqual([
    ['superseded', 0],
  ]);
  expect(a.handle.inbox.current).toEqual([]);
});

test('what was closed under an old version stays closed under a stricter one', async () => {
  const stage = await oversold();
  expect(await choose(stage, stage.b, 'all back')).toEqual({ type: 'confirmed' });
  await settle(stage.world);
  await upgrade(stage, { version: 2, limit: 3 });
  expect(stage.b.handle.cases.current.map(({ state }) => state)).toEqual(['resolved']);
  await stage.world.until(stage.b.handle.run('sell', { pieces: 1 }).committed);
  await settle(stage.world);
  expect(caseAt(stage.a)).toMatchObject({ state: 'escalated', violations: [{ from: 7, to: 8 }] });
});
