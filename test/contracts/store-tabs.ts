// Several tabs on one database: they take turns, hear of each other, and outlive each other.
import { expect } from 'vitest';
import { listenTo } from './listen-to.ts';
import type { StoreClaim } from './store-claim.ts';
import {
  changeOf,
  commitOf,
  document,
  documentNamed,
  effectOf,
  enqueueOf,
  episodeOf,
  intentOf,
  otherDocument,
  replicaNamed,
  reserveOf,
  rowOf,
  saveOf,
  sibling,
  writer,
} from './store-values.ts';

const closed = { name: 'StoreFailure', code: 'closed', retry: false };

export const storeTabs: Readonly<Record<string, StoreClaim>> = {
  'lets one tab alone take an effect, and marks from elsewhere change nothing': async (open) => {
    const [one, other] = [await open(), await open()];
    await one.commit(document, [enqueueOf(changeOf(writer, 1, 'o1'), [effectOf('o1', 0)])]);
    const take = {
      type: 'mark-effect',
      effect: effectOf('o1', 0, 'released'),
      from: 'recorded',
    } as const;
    const answers = await Promise.all([
      one.commit(document, [take]),
      other.commit(document, [take]),
    ]);
    expect(
      answers
        .flat()
        .map(({ type }) => type)
        .sort(),
    ).toEqual(['done', 'effect-taken']);
    const done = { type: 'mark-effect', effect: effectOf('o1', 0, 'done') } as const;
    await one.commit(document, [done]);
    const late = { ...take, effect: effectOf('o1', 0, 'unknown'), from: 'released' } as const;
    expect(await other.commit(document, [late])).toEqual([{ type: 'effect-taken' }]);
    const unheard = { ...take, effect: effectOf('o9', 0, 'released') };
    expect(await other.commit(document, [unheard])).toEqual([{ type: 'effect-taken' }]);
    expect((await one.load(document)).effects).toEqual([effectOf('o1', 0, 'done')]);
  },

  'tells other tabs, and only them, of which document something was queued': async (open) => {
    const [first, second, third] = [await open(), await open(), await open()];
    const own = listenTo(first);
    const others = [listenTo(second), listenTo(third)];
    await first.commit(document, [enqueueOf(changeOf(writer, 1)), enqueueOf(changeOf(writer, 2))]);
    await first.commit(documentNamed('quiet'), [reserveOf(rowOf('o1', 1)), commitOf(1, 1)]);
    await first.commit(otherDocument, [enqueueOf(changeOf(writer, 1))]);
    for (const { heard, until } of others) {
      await until(2);
      expect(heard).toEqual([document, otherDocument]);
    }
    expect((await second.queueAfter(document, 0)).map(({ change }) => change.seq)).toEqual([1, 2]);
    await second.commit(otherDocument, [enqueueOf(changeOf(sibling, 1))]);
    await own.until(1);
    expect(own.heard).toEqual([otherDocument]); // Never of what it did itself.
  },

  'tells nobody of a commit that failed, nor those who stopped listening': async (open) => {
    const [first, second] = [await open(), await open()];
    const [stopped, listening] = [listenTo(second), listenTo(second)];
    stopped.stop();
    const effect = { ...effectOf('o1', 0), payload: () => undefined };
    const failing = first.commit(document, [enqueueOf(changeOf(writer, 1, 'o1'), [effect])]);
    await expect(failing).rejects.toMatchObject({ code: 'failed' });
    await first.commit(otherDocument, [enqueueOf(changeOf(writer, 1))]);
    await listening.until(1);
    expect(listening.heard).toEqual([otherDocument]);
    expect(stopped.heard).toEqual([]);
  },

  'commits of two tabs at once take turns: nothing of either is lost': async (open) => {
    const [first, second] = [await open(), await open()];
    const rounds = Array.from({ length: 25 }, (_, index) => index + 1);
    await Promise.all(
      rounds.flatMap((seq) => [
        first.commit(document, [
          enqueueOf(changeOf(writer, seq, `a${seq}`), [effectOf(`a${seq}`, 0)]),
          enqueueOf(changeOf(writer, seq + 100)),
        ]),
        second.commit(document, [
          enqueueOf(changeOf(sibling, seq, `b${seq}`)),
          { type: 'save-episode', episode: episodeOf(`e${seq}`) },
          commitOf(seq, seq),
        ]),
        first.commit(document, [commitOf(seq, seq)]),
      ]),
    );
    const { queue, effects, episodes, tail } = await second.load(document);
    expect(queue.map(({ order }) => order)).toEqual(
      Array.from({ length: 75 }, (_, index) => index + 1),
    );
    const seqsOf = (author: typeof writer) =>
      queue.flatMap(({ change }) => (change.author.writer === author.writer ? change.seq : []));
    expect(seqsOf(writer)).toEqual(rounds.flatMap((seq) => [seq, seq + 100]));
    expect(seqsOf(sibling)).toEqual(rounds);
    expect([effects.length, episodes.length, tail.length]).toEqual([25, 25, 25]);
  },

  'finishes what was asked before closing, and nothing after': async (open) => {
    const [store, tab] = [await open(), await open()];
    const hearing = listenTo(tab);
    const asked = store.commit(document, [enqueueOf(changeOf(writer, 1))]);
    await store.close();
    expect(await asked).toEqual([{ type: 'done' }]);
    await hearing.until(1);
    for (const ask of [
      () => store.open({ fresh: replicaNamed('d') }),
      () => store.load(document),
      () => store.commit(document, [enqueueOf(changeOf(writer, 2))]),
      () => store.rows(document),
      () => store.queueAfter(document, 0),
      () => store.intents(document),
      () => store.releaseDead(document, new Set()),
      () => store.documents(),
    ]) {
      await expect(ask()).rejects.toMatchObject(closed);
    }
    await store.close();
    expect(await tab.queueAfter(document, 0)).toHaveLength(1);
  },

  'hears nothing once it is closed': async (open) => {
    const [store, tab, third] = [await open(), await open(), await open()];
    const [closedOne, openOne] = [listenTo(store), listenTo(third)];
    await store.close();
    await tab.commit(document, [enqueueOf(changeOf(writer, 1))]);
    await tab.commit(otherDocument, [enqueueOf(changeOf(writer, 1))]);
    await openOne.until(2);
    expect(closedOne.heard).toEqual([]);
  },

  'destroys everything of every document; other tabs are told and go on empty': async (open) => {
    const [store, tab] = [await open(), await open()];
    for (const id of [document, otherDocument]) {
      await store.commit(id, [
        reserveOf(rowOf('o1', 1)),
        enqueueOf(changeOf(writer, 1, 'o1'), [effectOf('o1', 0)]),
        commitOf(1, 2),
        { type: 'save-episode', episode: episodeOf('e1') },
        saveOf(intentOf('o2')),
      ]);
    }
    const lost: string[] = [];
    tab.onLost(({ code }) => lost.push(code));
    const stop = tab.onLost(({ code }) => lost.push(`stopped: ${code}`));
    stop();
    await store.destroy();
    expect(lost).toEqual(['closed']);
    await expect(store.load(document)).rejects.toMatchObject(closed);
    expect(await tab.open({ fresh: replicaNamed('d') })).toEqual({ replica: replicaNamed('d') });
    expect(await tab.documents()).toEqual([]);
    const { rows, effects, episodes, intents } = await tab.load(document);
    expect([rows, effects, episodes, intents]).toEqual([[], [], [], []]);
    await tab.commit(document, [enqueueOf(changeOf(sibling, 1))]);
    expect((await tab.queueAfter(document, 0)).map(({ order }) => order)).toEqual([1]);
  },
};
