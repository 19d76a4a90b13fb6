// Saving: what comes back, in which order, and that a commit is kept as a whole or not at all.
import { expect } from 'vitest';
import type { StoreClaim } from './store-claim.ts';
import {
  changeOf,
  commitOf,
  document,
  documentNamed,
  effectOf,
  enqueueOf,
  entriesFrom,
  episodeOf,
  headAt,
  intentOf,
  merged,
  otherDocument,
  replica,
  replicaNamed,
  reserveOf,
  rowOf,
  saveOf,
  sibling,
  snapshotAt,
  writer,
} from './store-values.ts';

const nothing = {
  head: undefined,
  snapshot: undefined,
  tail: [],
  queue: [],
  rows: [],
  effects: [],
  episodes: [],
  intents: [],
  rights: [],
  damaged: [],
};

export const storeSaving: Readonly<Record<string, StoreClaim>> = {
  'keeps the identity of its first opening, in every tab and after a reload': async (open) => {
    const first = await open();
    const tab = await open();
    expect(await tab.open({ fresh: replicaNamed('d') })).toEqual({ replica });
    for (const store of [first, tab]) await store.close();
    expect(await (await open()).open({ fresh: replicaNamed('e') })).toEqual({ replica });
  },

  'has nothing of a document never written, and asking writes nothing': async (open) => {
    const store = await open();
    expect(await store.load(document)).toEqual({ document, ...nothing });
    expect(await store.rows(document)).toEqual([]);
    expect(await store.queueAfter(document, 0)).toEqual([]);
    expect(await store.intents(document)).toEqual([]);
    await store.releaseDead(document, new Set());
    expect(await store.commit(document, [])).toEqual([]);
    expect(await store.documents()).toEqual([]);
  },

  'gives back after a reload what was saved, byte for byte': async (open) => {
    const before = await open();
    const effects = [effectOf('o1', 0), effectOf('o1', 1, 'done')];
    const bare = { ...effectOf('o2', 0), payload: undefined };
    const episode = episodeOf('e1', { endedWallMs: 2_000.25 });
    await before.commit(document, [
      reserveOf(rowOf('o1', -2.5, { key: 'Ägypten/1' })),
      enqueueOf(changeOf(writer, 1, 'o1'), effects),
      enqueueOf(changeOf(writer, 2)),
      commitOf(1, 3),
      commitOf(4, 4),
      snapshotAt(2),
      { type: 'mark-effect', effect: bare },
      { type: 'save-episode', episode },
      saveOf(intentOf('o3')),
    ]);
    await before.close();
    const { queue, ...kept } = await (await open()).load(document);
    expect(kept).toEqual({
      document,
      head: headAt(4),
      snapshot: { position: 2, bytes: snapshotAt(2).bytes },
      tail: entriesFrom(3, 4),
      rows: [rowOf('o1', -2.5, { key: 'Ägypten/1', state: 'spent' })],
      effects: [...effects, bare],
      episodes: [episode],
      intents: [intentOf('o3')],
      rights: [],
      damaged: [],
    });
    expect(queue.map(({ change }) => change)).toEqual([
      changeOf(writer, 1, 'o1'),
      changeOf(writer, 2),
    ]);
  },

  'keeps documents apart, also those whose names begin alike': async (open) => {
    const store = await open();
    const names = ['a', 'a/b', 'a/b/c', 'a0'].map(documentNamed);
    for (const [index, name] of names.entries()) {
      await store.commit(name, [
        reserveOf(rowOf('o1', index)),
        enqueueOf(changeOf(writer, index + 1, 'o1'), [effectOf('o1', index)]),
        commitOf(1, index + 1),
        { type: 'save-episode', episode: episodeOf('e1', { beganWallMs: index }) },
        saveOf(intentOf('o2', { wallMs: index })),
      ]);
    }
    await store.commit(documentNamed('a/b'), [
      snapshotAt(2),
      commitOf(3, 3, {
        dequeued: [{ writer: writer.writer, seq: 2 }],
        settled: [rowOf('o1', 0).operation],
      }),
    ]);
    for (const [index, name] of names.entries()) {
      const isMoved = index === 1;
      const { rows, queue, tail, effects, episodes, intents } = await store.load(name);
      expect(rows).toEqual(isMoved ? [] : [rowOf('o1', index, { state: 'spent' })]);
      expect(queue.map(({ change }) => change.seq)).toEqual(isMoved ? [] : [index + 1]);
      expect(tail).toEqual(isMoved ? entriesFrom(3, 3) : entriesFrom(1, index + 1));
      expect(effects).toEqual([effectOf('o1', index)]);
      expect(episodes).toEqual([episodeOf('e1', { beganWallMs: index })]);
      expect(intents).toEqual([intentOf('o2', { wallMs: index })]);
      expect(await store.intents(name)).toEqual(intents);
    }
  },

  'keeps nothing of a commit that fails, and says so as a StoreFailure': async (open) => {
    const store = await open();
    await store.commit(document, [enqueueOf(changeOf(writer, 1)), commitOf(1, 2)]);
    const before = await store.load(document);
    const unkeepable = { ...effectOf('o2', 0), payload: () => undefined };
    const failing = store.commit(document, [
      reserveOf(rowOf('o2', 5)),
      enqueueOf(changeOf(writer, 2, 'o2'), [effectOf('o2', 1)]),
      commitOf(3, 4, { dequeued: [{ writer: writer.writer, seq: 1 }] }),
      snapshotAt(3),
      { type: 'save-episode', episode: episodeOf('e1') },
      saveOf(intentOf('o3')),
      { type: 'mark-effect', effect: unkeepable },
    ]);
    await expect(failing).rejects.toMatchObject({ name: 'StoreFailure', code: 'failed' });
    expect(await store.load(document)).toEqual(before);
    await store.commit(document, [enqueueOf(changeOf(writer, 2))]);
    const orders = (await store.queueAfter(document, 0)).map(({ order }) => order);
    expect(orders).toEqual([1, 2]); // A failed one leaves no hole either.
  },

  'answers each command in order; a refused reservation stops only itself': async (open) => {
    const store = await open();
    const results = await store.commit(document, [
      reserveOf(rowOf('o1', 6), 10),
      reserveOf(rowOf('o2', 6), 10),
      enqueueOf(changeOf(writer, 1)),
      reserveOf(rowOf('o3', 4), 10),
    ]);
    expect(results.map(({ type }) => type)).toEqual(['done', 'limit-refused', 'done', 'done']);
    const { rows, queue } = await store.load(document);
    expect(rows).toEqual([rowOf('o1', 6), rowOf('o3', 4)]);
    expect(queue).toHaveLength(1);
  },

  'gives changes one rising order over tabs and documents': async (open) => {
    const tabs = [await open(), await open()] as const;
    const [first, second] = tabs;
    await first.commit(document, [enqueueOf(changeOf(writer, 1)), enqueueOf(changeOf(writer, 2))]);
    await second.commit(otherDocument, [enqueueOf(changeOf(sibling, 1))]);
    await second.commit(document, [enqueueOf(changeOf(sibling, 1))]);
    await first.commit(document, [enqueueOf(changeOf(writer, 3))]);
    for (const tab of tabs) {
      const { queue } = await tab.load(document);
      expect(queue.map(({ order, change }) => [order, change.author, change.seq])).toEqual([
        [1, writer, 1],
        [2, writer, 2],
        [4, sibling, 1],
        [5, writer, 3],
      ]);
      expect(await tab.queueAfter(document, 0)).toEqual(queue);
      expect(await tab.queueAfter(document, 2)).toEqual(queue.slice(2));
      expect(await tab.queueAfter(document, 4)).toEqual(queue.slice(3));
      expect(await tab.queueAfter(document, 5)).toEqual([]);
    }
  },

  'queues a change told twice once, and does not wind its effects back': async (open) => {
    const store = await open();
    const told = [
      reserveOf(rowOf('o1', 5)),
      enqueueOf(changeOf(writer, 1, 'o1'), [effectOf('o1', 0)]),
    ] as const;
    await store.commit(document, told);
    await store.commit(document, [{ type: 'mark-effect', effect: effectOf('o1', 0, 'released') }]);
    await store.commit(document, told);
    const { queue, rows, effects } = await store.load(document);
    expect(queue).toHaveLength(1);
    expect(rows).toEqual([rowOf('o1', 5, { state: 'spent' })]);
    expect(effects).toEqual([effectOf('o1', 0, 'released')]);
  },

  'keeps one effect per operation and index, one episode per id: the last told': async (open) => {
    const store = await open();
    const effects = [effectOf('o1', 2), effectOf('o1', 10), effectOf('o2', 0)];
    const long = episodeOf('a', { beganWallMs: 2_000 });
    await store.commit(document, [
      enqueueOf(changeOf(writer, 1), effects), // A change without an operation carries them, too.
      { type: 'save-episode', episode: long },
      { type: 'save-episode', episode: episodeOf('b', { beganWallMs: 900 }) },
    ]);
    const done = effectOf('o1', 10, 'done');
    const ended = { ...long, operations: [], endedWallMs: 3_000, merged };
    const goesOn = episodeOf('c', { beganWallMs: 4_000, merged });
    await store.commit(document, [
      { type: 'mark-effect', effect: done },
      { type: 'save-episode', episode: ended },
      { type: 'save-episode', episode: goesOn },
    ]);
    const kept = await store.load(document);
    expect(kept.effects).toEqual([effectOf('o1', 2), done, effectOf('o2', 0)]);
    expect(kept.episodes).toEqual([episodeOf('b', { beganWallMs: 900 }), ended, goesOn]);
  },

  'lists what is committed or queued, by name, with what is pending': async (open) => {
    const store = await open();
    const names = ['c', 'a', 'b', 'd'].map(documentNamed);
    for (const name of names) await store.commit(name, [reserveOf(rowOf('o1', 1))]);
    await store.commit(documentNamed('c'), [
      enqueueOf(changeOf(writer, 1)),
      enqueueOf(changeOf(writer, 2)),
      commitOf(1, 1),
    ]);
    await store.commit(documentNamed('a'), [enqueueOf(changeOf(sibling, 1))]);
    await store.commit(documentNamed('b'), [commitOf(1, 1)]);
    expect(await store.documents()).toEqual([
      { id: 'a', pending: 1 },
      { id: 'b', pending: 0 },
      { id: 'c', pending: 2 },
    ]);
  },

  'shares no bytes with what it was handed, nor with what it hands out': async (open) => {
    const store = await open();
    const change = changeOf(writer, 1, 'o1');
    const payload = { cents: 1, list: [1, 2] };
    const effect = { ...effectOf('o1', 0), payload };
    const [commit, snapshot, episode] = [
      commitOf(1, 3),
      snapshotAt(1),
      episodeOf('e1', { merged: structuredClone(merged) }),
    ];
    const row = rowOf('o1', 5);
    await store.commit(document, [
      reserveOf(row),
      enqueueOf(change, [effect]),
      commit,
      snapshot,
      { type: 'save-episode', episode },
    ]);
    const kept = structuredClone(await store.load(document));
    payload.list.push(3);
    Object.assign(row, { amount: 0 });
    spoil([change, commit, snapshot, episode]);
    expect(await store.load(document)).toEqual(kept);
    expect(kept.queue[0]?.change).toEqual(changeOf(writer, 1, 'o1'));
    spoil([await store.load(document), await store.rows(document)]);
    spoil(await store.queueAfter(document, 0));
    expect(await store.load(document)).toEqual(kept);
  },
};

/** Overwrites every byte and number, and empties every list, however deep. */
function spoil(value: unknown): void {
  if (value instanceof Uint8Array) value.fill(238);
  else if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) {
      if (typeof inner === 'number') Object.assign(value, { [name]: -1 });
      else spoil(inner);
    }
    if (Array.isArray(value)) value.length = 0;
  }
}
