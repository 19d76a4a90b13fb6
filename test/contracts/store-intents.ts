// Intents: kept while they wait, handed over by one tab alone, dropped without a trace outside.
import type { ReplicaStore } from '@causeway/client';
import type { StoredIntent, StoreResult } from '@causeway/core';
import { expect } from 'vitest';
import { listenTo } from './listen-to.ts';
import type { StoreClaim } from './store-claim.ts';
import {
  changeOf,
  claimOf,
  commitOf,
  document,
  documentNamed,
  dropOf,
  effectOf,
  enqueueOf,
  intentOf,
  must,
  operationNamed,
  otherDocument,
  saveOf,
  sibling,
  writer,
  writerNamed,
} from './store-values.ts';

const done: StoreResult = { type: 'done' };
const taken: StoreResult = { type: 'intent-taken' };
const bySibling = { writer: sibling.writer };

/** Intents as both ways of asking give them: they must agree. */
async function keptIn(store: ReplicaStore): Promise<readonly StoredIntent[]> {
  const { intents } = await store.load(document);
  expect(await store.intents(document)).toEqual(intents);
  return intents;
}

export const storeIntents: Readonly<Record<string, StoreClaim>> = {
  'gives intents back as they were saved, the oldest first, in every tab and after a reload':
    async (open) => {
      const [first, tab] = [await open(), await open()];
      const intents = [
        intentOf('o3', { wallMs: 900.5 }),
        intentOf('o1'),
        intentOf('o2', { state: 'submitting', ...bySibling }),
        intentOf('o4', {
          ...{ wallMs: 2_000_000_000_000, expiresWallMs: undefined, args: null, state: 'dropped' },
          ...{ subjects: [], dependsOn: [], name: '' },
          decision: { mode: 'connected', cell: 'safe', invariant: '*' },
        }),
      ];
      await first.commit(document, [...intents].reverse().map(saveOf));
      for (const store of [first, tab]) expect(await keptIn(store)).toEqual(intents);
      for (const store of [first, tab]) await store.close();
      expect(await keptIn(await open())).toEqual(intents);
    },

  'keeps arguments of every kind, as JSON has them': async (open) => {
    const store = await open();
    const all = ['', 'ü\u0000\ud800', 0.1, -5e-324, 2 ** 60, false, null, [], [[]], {}, { '': 1 }];
    const names = all.map((_, at) => `a${String(at).padStart(2, '0')}`);
    const saves = all.map((args, at) => saveOf(intentOf(names[at] ?? '', { args })));
    await store.commit(document, saves);
    expect((await keptIn(store)).map(({ args }) => args)).toEqual(all);
  },

  'an intent that is never over has no end, however that was said': async (open) => {
    const store = await open();
    const never = [undefined, Number.POSITIVE_INFINITY, Number.NaN];
    const saves = never.map((expiresWallMs, at) => saveOf(intentOf(`o${at}`, { expiresWallMs })));
    await store.commit(document, saves);
    const kept = await keptIn(store);
    expect(kept.map(({ expiresWallMs }) => expiresWallMs)).toEqual(never.map(() => undefined));
  },

  'keeps an intent as it stands when it is told again': async (open) => {
    const store = await open();
    const [again, other] = [saveOf(intentOf('o1')), saveOf(intentOf('o1', { name: 'other' }))];
    expect(await store.commit(document, [again, other])).toEqual([done, done]);
    expect(await keptIn(store)).toEqual([intentOf('o1')]);
    await store.commit(document, [claimOf('o1', sibling)]);
    expect(await store.commit(document, [again])).toEqual([done]);
    expect(await keptIn(store)).toEqual([intentOf('o1', { state: 'submitting', ...bySibling })]);
    await store.commit(document, [saveOf(intentOf('o2')), dropOf('o2'), saveOf(intentOf('o2'))]);
    expect((await keptIn(store)).map(({ state }) => state)).toEqual(['submitting', 'dropped']);
  },

  'lets a writer claim what waits, whoever saved it, and changes nothing else of it': async (
    open,
  ) => {
    const [one, other] = [await open(), await open()];
    await one.commit(document, [saveOf(intentOf('o1')), saveOf(intentOf('o2'))]);
    expect(await other.commit(document, [claimOf('o1', sibling)])).toEqual([done]);
    const claimed = intentOf('o1', { state: 'submitting', ...bySibling });
    expect(await keptIn(one)).toEqual([claimed, intentOf('o2')]);
    expect(await one.commit(document, [dropOf('o2')])).toEqual([done]);
    expect(await keptIn(other)).toEqual([claimed, intentOf('o2', { state: 'dropped' })]);
  },

  'claims and drops only what waits: all else is taken, and stays as it is': async (open) => {
    const [one, other] = [await open(), await open()];
    const kept = [intentOf('o1', { state: 'submitting' }), intentOf('o2', { state: 'dropped' })];
    await one.commit(document, kept.map(saveOf));
    await one.commit(document, [saveOf(intentOf('o3')), enqueueOf(changeOf(writer, 1, 'o3'))]);
    await one.commit(otherDocument, [saveOf(intentOf('o4'))]);
    for (const name of ['o1', 'o2', 'o3', 'o4', 'o9']) {
      for (const store of [one, other]) {
        const asked = [claimOf(name), claimOf(name, sibling), dropOf(name)];
        expect(await store.commit(document, asked)).toEqual([taken, taken, taken]);
      }
    }
    expect(await keptIn(other)).toEqual(kept);
    expect(await one.intents(otherDocument)).toEqual([intentOf('o4')]);
  },

  'a claim that comes too late stops only itself': async (open) => {
    const store = await open();
    await store.commit(document, [saveOf(intentOf('o1', { state: 'dropped' }))]);
    const late = [claimOf('o1'), enqueueOf(changeOf(writer, 1)), saveOf(intentOf('o2'))];
    expect(await store.commit(document, late)).toEqual([taken, done, done]);
    expect(await keptIn(store)).toHaveLength(2);
    expect(await store.queueAfter(document, 0)).toHaveLength(1);
  },

  'of two tabs that claim at once exactly one has it, 50 times': async (open) => {
    const tabs = [await open(), await open()];
    const writers = [writer, sibling] as const;
    for (let round = 0; round < 50; round++) {
      const name = `r${round}`;
      await tabs[round % 2]?.commit(document, [saveOf(intentOf(name))]);
      const answers = await Promise.all(
        tabs.map((tab, at) => tab.commit(document, [claimOf(name, writers[at])])),
      );
      const types = answers.flat().map(({ type }) => type);
      expect([...types].sort()).toEqual(['done', 'intent-taken']);
      const winner = must(writers[types.indexOf('done')]);
      const found = (await keptIn(must(tabs[0]))).find((one) => one.operation === name);
      expect(found).toEqual(intentOf(name, { state: 'submitting', writer: winner.writer }));
    }
  },

  'of a claim and a drop at once exactly one comes through, 50 times': async (open) => {
    const [one, other] = [await open(), await open()];
    for (let round = 0; round < 50; round++) {
      const name = `r${round}`;
      await one.commit(document, [saveOf(intentOf(name))]);
      const [claimed, dropped] = await Promise.all([
        one.commit(document, [claimOf(name)]),
        other.commit(document, [dropOf(name)]),
      ]);
      const isClaimed = claimed[0]?.type === 'done';
      expect(dropped).toEqual([isClaimed ? taken : done]);
      const found = (await keptIn(one)).find(({ operation }) => operation === name);
      expect(found?.state).toBe(isClaimed ? 'submitting' : 'dropped');
    }
  },

  'forgets an intent, whatever its state, with the change that is queued under its operation':
    async (open) => {
      const store = await open();
      const states = ['waiting', 'submitting', 'dropped'] as const;
      const saves = states.map((state, at) => saveOf(intentOf(`o${at}`, { state })));
      await store.commit(document, [...saves, saveOf(intentOf('o10'))]);
      await store.commit(otherDocument, [saveOf(intentOf('o0'))]);
      await store.commit(document, [enqueueOf(changeOf(writer, 1))]); // Under no operation.
      expect(await keptIn(store)).toHaveLength(4);
      for (const [at] of states.entries()) {
        await store.commit(document, [enqueueOf(changeOf(writer, at + 2, `o${at}`))]);
        expect(await keptIn(store)).toHaveLength(3 - at);
      }
      expect(await keptIn(store)).toEqual([intentOf('o10')]);
      expect(await store.intents(otherDocument)).toEqual([intentOf('o0')]);
      // Also with one that was queued before.
      await store.commit(document, [saveOf(intentOf('o1'))]);
      await store.commit(document, [enqueueOf(changeOf(writer, 3, 'o1'))]);
      expect(await keptIn(store)).toEqual([intentOf('o10')]);
    },

  'keeps what was dropped, and lists it, until its writer is dead': async (open) => {
    const store = await open();
    await store.commit(document, [saveOf(intentOf('o1')), dropOf('o1')]);
    await store.releaseDead(document, new Set([writer.writer]));
    await store.close();
    const tab = await open();
    expect(await keptIn(tab)).toEqual([intentOf('o1', { state: 'dropped' })]);
    await tab.releaseDead(otherDocument, new Set());
    expect(await keptIn(tab)).toHaveLength(1);
    await tab.releaseDead(document, new Set([sibling.writer]));
    expect(await keptIn(tab)).toEqual([]);
    // Only then it may be said anew.
    await tab.commit(document, [saveOf(intentOf('o1'))]);
    expect(await keptIn(tab)).toEqual([intentOf('o1')]);
  },

  'lets what dead writers were handing over wait again, and touches nothing of the living': async (
    open,
  ) => {
    const store = await open();
    const dead = writerNamed('3');
    const states = ['waiting', 'submitting', 'dropped'] as const;
    const all = [writer, dead].flatMap((by, index) =>
      states.map((state, at) => intentOf(`o${index}${at}`, { state, writer: by.writer })),
    );
    await store.commit(document, all.map(saveOf));
    await store.releaseDead(document, new Set([writer.writer, dead.writer]));
    expect(await keptIn(store)).toEqual(all);
    await store.releaseDead(document, new Set([writer.writer]));
    const [waiting, submitting] = all.slice(3);
    expect(await keptIn(store)).toEqual([
      ...all.slice(0, 3),
      waiting,
      { ...submitting, state: 'waiting' },
    ]);
    // Its heir is the one that claimed it: again it is his alone.
    expect(await store.commit(document, [claimOf('o11', sibling)])).toEqual([done]);
    await store.releaseDead(document, new Set([writer.writer, sibling.writer]));
    const heired = { operation: operationNamed('o11'), state: 'submitting', ...bySibling };
    expect(await keptIn(store)).toContainEqual(expect.objectContaining(heired));
  },

  'counts as pending what waits or is handed over, and not what was dropped': async (open) => {
    const store = await open();
    const [waiting, dropped, mixed] = ['a', 'b', 'c'].map(documentNamed) as [
      typeof document,
      typeof document,
      typeof document,
    ];
    await store.commit(waiting, [saveOf(intentOf('o1')), saveOf(intentOf('o2')), claimOf('o2')]);
    await store.commit(dropped, [saveOf(intentOf('o1')), dropOf('o1')]);
    await store.commit(mixed, [
      enqueueOf(changeOf(writer, 1)),
      saveOf(intentOf('o1')),
      ...[saveOf(intentOf('o2')), dropOf('o2'), commitOf(1, 1)],
    ]);
    expect(await store.documents()).toEqual([
      { id: 'a', pending: 2 },
      { id: 'c', pending: 2 },
    ]);
    await store.commit(mixed, [dropOf('o1')]);
    await store.commit(waiting, [enqueueOf(changeOf(writer, 1, 'o2')), dropOf('o1')]);
    expect(await store.documents()).toEqual([
      { id: 'a', pending: 1 },
      { id: 'c', pending: 1 },
    ]);
  },

  'tells other tabs of what is saved, claimed and dropped': async (open) => {
    const [first, second] = [await open(), await open()];
    const [own, other] = [listenTo(first), listenTo(second)];
    await first.commit(document, [saveOf(intentOf('o1'))]);
    await other.until(1);
    expect(await keptIn(second)).toEqual([intentOf('o1')]);
    await first.commit(otherDocument, [saveOf(intentOf('o1'))]);
    await first.commit(document, [claimOf('o1')]);
    await other.until(3);
    expect((await keptIn(second))[0]?.state).toBe('submitting');
    await first.commit(documentNamed('quiet'), [commitOf(1, 1, { effects: [effectOf('o1', 0)] })]);
    await first.commit(otherDocument, [dropOf('o1')]);
    await other.until(4);
    expect(other.heard).toEqual([document, otherDocument, document, otherDocument]);
    expect(own.heard).toEqual([]);
  },

  'shares no part of an intent with who saved it, nor with who reads it': async (open) => {
    const store = await open();
    const args = { list: [1, { deep: ['x'] }] };
    const intent = { ...intentOf('o1', { args }), subjects: ['ann'], dependsOn: [] };
    await store.commit(document, [saveOf(intent)]);
    const kept = structuredClone(await keptIn(store));
    spoil(intent);
    expect(args.list).toEqual([]);
    expect(await keptIn(store)).toEqual(kept);
    spoil((await store.load(document)).intents);
    spoil(await store.intents(document));
    expect(await keptIn(store)).toEqual(kept);
    expect(kept).toEqual([
      intentOf('o1', { ...spoiledNothing, args: { list: [1, { deep: ['x'] }] } }),
    ]);
  },

  'keeps no intent of a commit that fails, and no change to one': async (open) => {
    const store = await open();
    const names = ['o1', 'o2', 'o3'];
    await store.commit(
      document,
      names.map((name) => saveOf(intentOf(name))),
    );
    const before = await store.load(document);
    const unkeepable = { ...effectOf('o9', 0), payload: () => undefined };
    const failing = store.commit(document, [
      ...[saveOf(intentOf('o4')), claimOf('o1'), dropOf('o2')],
      enqueueOf(changeOf(writer, 1, 'o3')),
      { type: 'mark-effect', effect: unkeepable },
    ]);
    await expect(failing).rejects.toMatchObject({ name: 'StoreFailure', code: 'failed' });
    expect(await store.load(document)).toEqual(before);
  },

  'fails on an intent that cannot be read back, and keeps the others': async (open) => {
    const store = await open();
    await store.commit(document, [saveOf(intentOf('o1'))]);
    for (const args of [() => undefined, 1n, undefined, Number.NaN, new Map()]) {
      const broken = { ...intentOf('o2'), args } as unknown as StoredIntent;
      const failing = store.commit(document, [dropOf('o1'), saveOf(broken)]);
      await expect(failing, String(args)).rejects.toMatchObject({ code: 'failed' });
    }
    expect(await keptIn(store)).toEqual([intentOf('o1')]);
  },
};

const spoiledNothing = { subjects: ['ann'], dependsOn: [] };

/** Empties every list and alters every text and number, however deep. */
function spoil(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    if (typeof inner === 'object') spoil(inner);
    else Object.assign(value, { [name]: 'spoilt' });
  }
  if (Array.isArray(value)) value.length = 0;
}
