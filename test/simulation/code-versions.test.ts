// Two versions of an application in one log, and in one browser: each operation is judged, and each
// intent run, by the code of the version that it was made with (docs/adr/0016-checkpoints-and-versions.md).
import { createHash } from 'node:crypto';
import {
  type App,
  type AppVersions,
  type DocumentId,
  defineApp,
  delay,
  type ReplayReport,
  replayAudit,
  safe,
} from '@causeway/core';
import { type SimulatedDevice, World } from '@causeway/testkit';
import { counter, yjs } from '@causeway/yjs';
import * as v from 'valibot';
import { expect, test } from 'vitest';

const document = () => yjs((doc) => ({ sums: counter(doc, 'sums') }));
const whole = v.pipe(v.number(), v.integer());

/** Amounts in cents, and an operation that the next version gave up. */
const older = defineApp({ name: 'till', version: 1, document: document() })
  .operations({
    add: {
      args: v.object({ key: v.string(), cents: whole }),
      subjects: (a) => [a.key],
      requires: (_doc, a) => a.cents < 1_000 || 'too much for version 1',
      run: (doc, a) => doc.sums.add(a.key, a.cents),
    },
    bill: {
      args: v.object({ key: v.string(), cents: whole }),
      subjects: (a) => [a.key],
      run: (doc, a) => doc.sums.add(a.key, -a.cents),
    },
    /** Unchanged by the next version. */
    count: {
      args: v.object({ key: v.string() }),
      subjects: (a) => [a.key],
      run: (doc, a) => doc.sums.add(a.key, 1),
    },
    fold: {
      args: v.object({ key: v.string() }),
      subjects: (a) => [a.key],
      run: (doc, a) => doc.sums.add(a.key, doc.sums.get(a.key)),
    },
  })
  .invariants({ whole: { keys: (op) => op.subjects, holds: () => true } })
  .policy({
    add: { whole: safe() },
    bill: { whole: delay() },
    count: { whole: safe() },
    fold: { whole: delay() },
  });

/** Amounts in euros, under another name. Its `keys` reads what older operations do not have. */
const newer = defineApp({ name: 'till', version: 2, document: document() })
  .operations({
    add: {
      args: v.object({ key: v.string(), euros: whole }),
      subjects: (a) => [a.key],
      run: (doc, a) => doc.sums.add(a.key, 100 * a.euros),
    },
    bill: {
      args: v.object({ key: v.string(), euros: whole }),
      subjects: (a) => [a.key],
      run: (doc, a) => doc.sums.add(a.key, -100 * a.euros),
      preview: (doc, a) => ({ [a.key]: doc.sums.get(a.key) - 100 * a.euros }),
    },
    count: {
      args: v.object({ key: v.string() }),
      subjects: (a) => [a.key],
      run: (doc, a) => doc.sums.add(a.key, 1),
    },
  })
  .invariants({
    whole: { holds: () => true },
    known: {
      keys: (op) => ('euros' in op.args ? [op.args.euros.toFixed()] : op.subjects),
      holds: () => true,
    },
  })
  .policy({
    add: { whole: safe(), known: safe() },
    bill: { whole: delay(), known: delay() },
    count: { whole: safe(), known: safe() },
  });

const both: AppVersions = { current: newer.definition, previous: [older.definition] };
const newestOnly: AppVersions = { current: newer.definition, previous: [] };

const isQuiet = ({ tabs }: SimulatedDevice): boolean =>
  tabs.every(({ handle }) => {
    const status = handle?.status.current;
    return status?.mode === 'connected' && status.synced && status.delayed === 0;
  });

async function settle(world: World): Promise<void> {
  const all = (): boolean => [...world.devices.values()].every(isQuiet);
  expect(await world.advanceUntil(all, 120_000)).toBe(true);
  await world.advance(200);
}

/** One page of the older build on A, one of the newer on B. */
async function open(primary: AppVersions): Promise<{ world: World; a: SimulatedDevice }> {
  const world = new World<App>({ app: older, primary, seed: 3, bounds: { fixedMs: 500 } });
  const a = world.addDevice('A');
  const b = world.addDevice('B');
  for (const tab of [...b.tabs]) b.crashTab(tab);
  b.openTab(newer);
  await settle(world);
  return { world, a };
}

const run = ({ handle }: SimulatedDevice, name: string, args: object) =>
  handle.run(name as never, args as never);
function sumAt({ handle }: SimulatedDevice): number {
  const view = handle.view as { readonly sums: { get(key: string): number } };
  return view.sums.get('x');
}

/** What somebody finds who audits the log of this world with these versions. */
async function audit(world: World, { current, previous }: AppVersions): Promise<ReplayReport> {
  const log = await world.history();
  const author = { writer: 'a'.repeat(32), replica: 'b'.repeat(32), clientId: 8 } as never;
  const setup = {
    ...{ definition: current, previous, id: world.document as DocumentId, author, epoch: 1 },
    document: current.document.open({ clientId: 9 }),
    hash: (bytes: Uint8Array) => Uint8Array.from(createHash('sha256').update(bytes).digest()),
  };
  return replayAudit({ setup, entries: () => log });
}

test('each is judged by its own version, and both are in one log', async () => {
  const { world, a } = await open(both);
  const b = world.device('B');
  const added = [run(a, 'add', { key: 'x', cents: 999 }), run(b, 'add', { key: 'x', euros: 20 })];
  for (const one of added) expect(await world.until(one.outcome)).toEqual({ type: 'confirmed' });
  const asked = [run(a, 'bill', { key: 'x', cents: 1 }), run(b, 'bill', { key: 'x', euros: 1 })];
  for (const one of asked) expect(await world.until(one.outcome)).toEqual({ type: 'confirmed' });
  await settle(world);
  expect([sumAt(a), sumAt(b)]).toEqual([2_898, 2_898]);
  const doubled = run(a, 'fold', { key: 'x' });
  expect(await world.until(doubled.outcome)).toEqual({ type: 'confirmed' });
  await settle(world);
  expect([sumAt(a), sumAt(b)]).toEqual([5_796, 5_796]);
  expect(await audit(world, both)).toMatchObject({ differences: [], unjudged: [], pending: [] });
  // Without the older code what is recorded of its operations stands, and is listed.
  const { differences, unjudged } = await audit(world, newestOnly);
  expect(differences).toEqual([]);
  expect(unjudged.map(({ name, codeVersion }) => [name, codeVersion])).toEqual([
    ['add', 1],
    ['bill', 1],
    ['fold', 1],
  ]);
  expect(world.broken).toEqual([]);
});

test('the newest stands in for a version that is not loaded, as far as it understands', async () => {
  const { world, a } = await open(newestOnly);
  expect(await world.until(run(a, 'count', { key: 'x' }).outcome)).toEqual({ type: 'confirmed' });
  const reasons = [
    [run(a, 'add', { key: 'x', cents: 5 }), 'version 2 does not take these arguments of "add"'],
    [run(a, 'bill', { key: 'x', cents: 5 }), 'version 2 does not take these arguments of "bill"'],
    [run(a, 'fold', { key: 'x' }), 'version 2 has no operation "fold"'],
  ] as const;
  for (const [receipt, why] of reasons) {
    expect(await world.until(receipt.outcome)).toEqual({
      ...{ type: 'refused', code: 'failed', codeVersion: 1 },
      message: `${why}: load version 1 of "till" beside it`,
    });
  }
  await settle(world);
  expect([sumAt(a), sumAt(world.device('B'))]).toEqual([1, 1]);
});

test('two builds share one browser: what one keeps, the other hands over under its version', async () => {
  const { world, a } = await open(both);
  const ofNewer = a.openTab(newer);
  await settle(world);
  a.line.cut('up', 'down');
  const isCut = (): boolean =>
    a.tabs.every(({ handle }) => handle?.status.current.mode === 'partitioned');
  expect(await world.advanceUntil(isCut, 60_000)).toBe(true);
  const [first] = a.tabs;
  const asked = run(a, 'bill', { key: 'x', cents: 7 });
  expect(await world.until(asked.saved)).toMatchObject({ as: 'intent' });
  await world.until(run(a, 'add', { key: 'x', cents: 9 }).saved);
  await world.advance(1_000);
  // The newer page lists what it cannot show.
  expect(ofNewer.handle?.pending.current.map(({ name }) => name)).toEqual(['bill', 'add']);
  expect(ofNewer.handle?.overlays.current).toEqual([]);
  if (first) a.crashTab(first);
  a.line.heal();
  await settle(world);
  expect([sumAt(a), sumAt(world.device('B'))]).toEqual([2, 2]);
  expect(world.broken).toEqual([]);
});
