// Clients that audit where the relay has no primary: they die between what they append and what they hear
// of it, they are cut off, they leave alone what is not theirs to do, and a primary may come later.
import type { App, PrimaryState } from '@causeway/core';
import { decodeFacts, decodeHeader, defineApp, safe } from '@causeway/core';
import type { SimulatedDevice } from '@causeway/testkit';
import { World } from '@causeway/testkit';
import { counter, yjs } from '@causeway/yjs';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { account, type BankApp, bankOf, fundsAt } from '../scenarios/bank.ts';
import { cardCharge, order } from '../scenarios/card-charge.ts';
import { type Setting, Stage } from '../scenarios/stage.ts';

const seed = 3;
const bank: Setting<BankApp> = {
  ...bankOf({ opening: 100, settleMs: 5_000 }),
  auditors: ['A', 'B'],
};
const open = <A extends App>(setting: Setting<A>): Promise<Stage<A>> =>
  Stage.open(setting, { seed, isReloaded: false });
const auditorOf = <A extends App>({ tab }: SimulatedDevice<A>) =>
  tab?.client.status.current.auditor;
const namesIn = ({ truth }: Stage<BankApp>, start: string): readonly string[] =>
  [...truth.positionByOperation.keys()].filter((id) => id.startsWith(start));

/** Both cut off, both withdraw 80 of 100; A comes back, then B. Returns what B did. */
async function overdraw(stage: Stage<BankApp>): Promise<string> {
  const { a, b } = stage;
  await stage.cut(a, b);
  await stage.run(a, 'withdraw', { account, amount: 80 });
  const byB = await stage.run(b, 'withdraw', { account, amount: 80 });
  await stage.heal(a);
  b.line.heal();
  return byB;
}

/** Kills the auditor whose append says such a fact, in the instant in which the log has it. */
function crashAuthorOf(stage: Stage<BankApp>, state: 'settling' | 'compensated'): string[] {
  const nameOfWriter = new Map<string, string>();
  const died: string[] = [];
  stage.world.watch({
    onStep({ name }, { machine, state: now }) {
      if (machine === 'primary') nameOfWriter.set((now as PrimaryState).author.writer, name);
    },
    onCommitted(entries) {
      for (const { author, sealed } of entries) {
        const isTelling = decodeHeader(sealed.header)?.kind === 'coordination';
        const facts = isTelling ? (decodeFacts(sealed.payload) ?? []) : [];
        const isIt = facts.some((fact) => fact.fact === 'case' && fact.state === state);
        const name = nameOfWriter.get(author.writer);
        if (!isIt || name === undefined || died.length > 0) continue;
        died.push(name);
        for (const device of stage.world.devices.values()) {
          for (const tab of device.tabs) if (tab.auditor?.name === name) device.crashAuditor(tab);
        }
      }
    },
  });
  return died;
}

describe.each(['settling', 'compensated'] as const)(
  'an auditor dies once it has said %s',
  (told) => {
    test('the others go on: one case, one compensation, one fee', async () => {
      const stage = await open(bank);
      const died = crashAuthorOf(stage, told);
      const byB = await overdraw(stage);
      expect((await stage.outcome(stage.b, byB)).type).toBe('compensated');
      await stage.settle();
      expect(died).toHaveLength(1);
      for (const device of [stage.a, stage.b, stage.c]) {
        expect(fundsAt(device)).toEqual({ balance: -85, due: 85 });
        expect(stage.cases(device).map(({ state }) => state)).toEqual(['compensated']);
      }
      expect(namesIn(stage, 'c:')).toHaveLength(1);
      const later = await stage.run(stage.c, 'deposit', { account, amount: 200 });
      expect(await stage.outcome(stage.c, later)).toEqual({ type: 'confirmed' });
      await stage.finish();
    });
  },
);

test('an auditor that is told to stay offline proposes nothing until it is online again', async () => {
  const stage = await open({ ...bank, auditors: ['A'] });
  const { a, b, truth, world } = stage;
  expect(auditorOf(a)).toBe('auditing');
  a.tab?.client.goOffline();
  expect(auditorOf(a)).toBe('waiting');
  const said = truth.facts.length;
  const id = await stage.run(b, 'deposit', { account, amount: 10 });
  await world.advance(20_000);
  expect(truth.positionByOperation.has(id)).toBe(true);
  expect([truth.facts.length, b.handle.status.current.audit]).toEqual([said, 'behind']);
  a.tab?.client.goOnline();
  expect(await stage.outcome(b, id)).toEqual({ type: 'confirmed' });
  await stage.finish();
});

test('a document that is closed is audited no more', async () => {
  const stage = await open({ ...bank, auditors: ['A'] });
  const { a, b, truth, world } = stage;
  await world.until(a.handle.close());
  const said = truth.facts.length;
  await stage.run(b, 'deposit', { account, amount: 10 });
  await world.advance(20_000);
  expect(truth.facts.length).toBe(said);
});

test('what waited is run by an auditor, once', async () => {
  const stage = await open(bank);
  const { a, truth } = stage;
  await stage.cut(a);
  const id = await stage.run(a, 'order', { account, amount: 30 });
  await stage.heal(a);
  expect(await stage.outcome(a, id)).toEqual({ type: 'confirmed' });
  const results = truth.entries.map(({ sealed }) => decodeHeader(sealed.header));
  expect(results.filter((header) => header?.kind === 'result')).toHaveLength(1);
  await stage.finish();
});

test('what is to be done outside waits for a primary, which then does it once', async () => {
  const stage = await open({ ...cardCharge, auditors: ['A', 'B'] });
  const { a, truth, world } = stage;
  const cents = 4_200;
  await stage.run(a, 'place', { order });
  await stage.caughtUp(a);
  const id = await stage.run(a, 'charge', { order, cents });
  expect(await stage.outcome(a, id)).toEqual({ type: 'confirmed' });
  await world.advance(10 * 60_000);
  expect(truth.facts.filter(({ fact }) => fact.startsWith('effect-'))).toEqual([]);
  expect(world.farEnd.calls).toEqual([]);

  world.crashRelay();
  world.relay.auditors = 'primary';
  world.relay.start();
  await stage.until('it is done', () => world.farEnd.handled.length > 0);
  await stage.settle();
  await stage.until('A audits again', () => auditorOf(a) === 'auditing');
  await world.advance(1_000); // It has read what there is.
  // Only what a client proposes tells it that nobody listens.
  await stage.run(a, 'cancel', { order: 'o-2' });
  await stage.until('A is told', () => auditorOf(a) === 'not-permitted');
  await stage.finish();
  expect(world.farEnd.handled.map(({ operation }) => operation)).toEqual([id]);
});

const sums = (version: number) =>
  defineApp({ name: 'sums', version, document: yjs((doc) => ({ sums: counter(doc, 'sums') })) })
    .operations({ add: { args: v.object({}), run: (doc) => doc.sums.add('x', 1) } })
    .invariants({ sane: { holds: () => true } })
    .policy({ add: { sane: safe() } });
type Sums = ReturnType<typeof sums>;

test('an auditor stops where a newer version of the application was at work', async () => {
  const world = new World<Sums>({
    app: sums(1),
    seed,
    auditors: ['A', 'B'],
    bounds: { fixedMs: 500 },
  });
  const [a, b] = [world.addDevice('A'), world.addDevice('B')];
  for (const tab of [...b.tabs]) b.crashTab(tab);
  b.openTab(sums(2));
  const isOpen = ({ tab }: SimulatedDevice<Sums>): boolean =>
    tab?.handle?.status.current.mode === 'connected';
  expect(await world.advanceUntil(() => isOpen(a) && isOpen(b), 60_000)).toBe(true);
  const receipt = b.handle.run('add', {});
  expect(await world.until(receipt.outcome)).toEqual({ type: 'confirmed' });
  expect([auditorOf(a), auditorOf(b)]).toEqual(['outdated', 'auditing']);
  expect(world.broken).toEqual([]);
});

test('where nobody audits, what needs the primary is refused, and the rest stays committed', async () => {
  const world = new World<BankApp>({ ...bank, seed, auditors: [] });
  world.relay.auditors = 'nobody';
  world.crashRelay();
  world.relay.start();
  const a = world.addDevice('A');
  const isOpen = (): boolean => a.tab?.handle?.status.current.mode === 'connected';
  expect(await world.advanceUntil(isOpen, 60_000)).toBe(true);
  const ordered = a.handle.run('order', { account, amount: 1 });
  expect(await world.until(ordered.outcome)).toMatchObject({ code: 'no-primary' });
  const done = a.handle.run('deposit', { account, amount: 1 });
  expect((await world.until(done.committed)).type).toBe('committed');
  expect([a.handle.status.current.audit, a.handle.status.current.synced]).toEqual(['none', true]);
});
