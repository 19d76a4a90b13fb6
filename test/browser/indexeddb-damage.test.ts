// Damaged records of a client's store: what is left is loaded, the damage is named, and nothing that
// only this device has is deleted.
import { indexedDbStore, type ReplicaStore } from '@causeway/client';
import {
  type LimitRow,
  type StoreCommand,
  type StoredDocument,
  type StoreResult,
  sealRecord,
} from '@causeway/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  changeOf,
  claimOf,
  commitOf,
  document,
  dropOf,
  effectOf,
  enqueueOf,
  episodeOf,
  intentOf,
  must,
  operationNamed,
  otherDocument,
  replica,
  reserveOf,
  rowOf,
  saveOf,
  sibling,
  snapshotAt,
  writer,
} from '../contracts/store-values.ts';
import { alterRecord, dumpOf, flipBit } from './support/raw-database.ts';

let databases = 0;
let database = '';
let store: ReplicaStore;
beforeEach(async () => {
  database = `damage-${databases++}-${crypto.randomUUID()}`;
  store = indexedDbStore({ database });
  await store.open({ fresh: replica });
});
afterEach(() => store.close());

const commit = (...commands: readonly StoreCommand[]): Promise<readonly StoreResult[]> =>
  store.commit(document, commands);
const flip = (name: string, at = 0): Promise<void> =>
  alterRecord(database, { store: name, at }, flipBit);

describe('loading', () => {
  /** One document with two records or more wherever there can be several. */
  async function fill(): Promise<StoredDocument> {
    await commit(commitOf(1, 2), snapshotAt(2), commitOf(3, 4), commitOf(5, 7), commitOf(8, 8));
    await commit(
      reserveOf(rowOf('o1', 6)),
      reserveOf(rowOf('o2', -2.5)),
      enqueueOf(changeOf(writer, 1, 'o1'), [effectOf('o1', 0), effectOf('o1', 1)]),
      enqueueOf(changeOf(writer, 2)),
      enqueueOf(changeOf(sibling, 1)),
      { type: 'save-episode', episode: episodeOf('e1') },
      { type: 'save-episode', episode: episodeOf('e2', { beganWallMs: 5_000 }) },
      ...['o3', 'o4', 'o5'].map((name) => saveOf(intentOf(name))),
      ...[claimOf('o4'), dropOf('o5')],
    );
    const others = [reserveOf(rowOf('o1', 1)), commitOf(1, 1), saveOf(intentOf('o3'))];
    await store.commit(otherDocument, others);
    return await store.load(document);
  }
  const without = <T>(list: readonly T[], at: number): T[] =>
    list.filter((_, index) => index !== at);
  /** What is left when the record `at` of a store is damaged. */
  const left: Record<string, (whole: StoredDocument, at: number) => Partial<StoredDocument>> = {
    heads: () => ({ head: undefined }),
    snapshots: () => ({ snapshot: undefined, tail: [] }),
    tail: ({ tail }, at) => ({ tail: tail.slice(0, must([0, 2, 5][at])) }),
    queue: ({ queue }, at) => ({ queue: without(queue, at) }),
    limits: ({ rows }, at) => ({ rows: without(rows, at) }),
    effects: ({ effects }, at) => {
      const unknown = { name: '', payload: undefined, state: 'unknown' } as const;
      return {
        effects: effects.map((one, index) => (index === at ? { ...one, ...unknown } : one)),
      };
    },
    episodes: ({ episodes }, at) => ({ episodes: without(episodes, at) }),
    intents: ({ intents }, at) => ({ intents: without(intents, at) }),
  };
  const harms: Record<string, (bytes: Uint8Array) => unknown> = {
    'first byte': (bytes) => flipBit(bytes, 0),
    'middle byte': (bytes) => flipBit(bytes),
    'last byte': (bytes) => flipBit(bytes, bytes.length - 1),
    'a torn end': (bytes) => bytes.subarray(0, bytes.length >> 1),
    'a later format': (bytes) => sealRecord(Uint8Array.of(2, ...bytes.subarray(1, -4))),
    'no bytes at all': () => new Uint8Array(0),
    'something else': () => ({ not: 'bytes' }),
    nothing: () => undefined,
  };

  test.for([
    ['heads', 1],
    ['snapshots', 1],
    ['tail', 3],
    ['queue', 3],
    ['limits', 2],
    ['effects', 2],
    ['episodes', 2],
    ['intents', 3],
  ] as const)(
    'gives all that is left when a record of %s is damaged, and names that one',
    async ([name, count]) => {
      const whole = await fill();
      for (let at = 0; at < count; at++) {
        for (const harm of Object.values(harms)) {
          let original: Uint8Array | undefined;
          await alterRecord(database, { store: name, at }, (bytes) => {
            original = bytes;
            return harm(bytes) ?? null;
          });
          const damaged = [expect.objectContaining({ store: name, what: expect.any(String) })];
          const expected = { ...whole, ...must(left[name])(whole, at), damaged };
          expect(await store.load(document)).toEqual(expected);
          expect((await store.load(otherDocument)).damaged).toEqual([]);
          await alterRecord(database, { store: name, at }, () => must(original));
        }
      }
      expect(await store.load(document)).toEqual(whole);
    },
  );

  test('names everything when everything is damaged', async () => {
    await fill();
    for (const { store: name, count } of [
      { store: 'heads', count: 1 },
      { store: 'snapshots', count: 1 },
      { store: 'tail', count: 3 },
      { store: 'queue', count: 3 },
      { store: 'limits', count: 2 },
      { store: 'effects', count: 2 },
      { store: 'episodes', count: 2 },
      { store: 'intents', count: 3 },
    ]) {
      for (let at = 0; at < count; at++) await flip(name, at);
    }
    const { damaged = [], effects, ...rest } = await store.load(document);
    expect(damaged.map(({ store: name }) => name)).toEqual(
      [
        'heads',
        'snapshots',
        'tail',
        'tail',
        'tail',
        'queue',
        'queue',
        'queue',
        'limits',
        'limits',
      ].concat(['effects', 'effects', 'episodes', 'episodes'], ['intents', 'intents', 'intents']),
    );
    expect(new Set(damaged.map((one) => JSON.stringify(one))).size).toBe(17);
    expect(effects.map(({ state }) => state)).toEqual(['unknown', 'unknown']);
    const [head, snapshot] = [undefined, undefined];
    const none = { tail: [], queue: [], rows: [], episodes: [], intents: [], rights: [] };
    expect(rest).toEqual({ document, head, snapshot, ...none });
  });
});

describe('a queued change', () => {
  const own = { writer: writer.writer, seq: 2 };

  test('that is damaged is named and stays as it is; later ones are loaded', async () => {
    await commit(...[1, 2, 3].map((seq) => enqueueOf(changeOf(writer, seq, `o${seq}`))));
    await flip('queue', 1);
    const kept = (await dumpOf(database))['queue'];
    await commit(enqueueOf(changeOf(writer, 4)), enqueueOf(changeOf(sibling, 1)), commitOf(1, 2));
    await commit(enqueueOf(changeOf(writer, 2, 'o2'))); // Not even by itself, told again.
    await store.releaseDead(document, new Set());
    await store.close();
    store = indexedDbStore({ database });
    const { queue, damaged } = await store.load(document);
    expect(queue.map(({ change }) => change.seq)).toEqual([1, 3, 4, 1]);
    expect(damaged).toEqual([expect.objectContaining({ store: 'queue', key: '2', change: own })]);
    expect((await store.queueAfter(document, 0)).map(({ order }) => order)).toEqual([1, 3, 4, 5]);
    expect(await store.documents()).toEqual([{ id: document, pending: 5 }]);
    expect((await dumpOf(database))['queue']?.slice(0, 3)).toEqual(kept);
  });

  test('that is damaged goes when it turns out to be in the log', async () => {
    await commit(...[1, 2, 3].map((seq) => enqueueOf(changeOf(writer, seq))));
    await flip('queue', 1);
    await commit(commitOf(1, 2, { dequeued: [own] }));
    const { queue, damaged } = await store.load(document);
    expect(queue.map(({ change }) => change.seq)).toEqual([1, 3]);
    expect(damaged).toEqual([]);
  });
});

describe('a limit row', () => {
  const max = 100;
  const reserve = (row: LimitRow) => commit(reserveOf(row, max));
  const refused = { type: 'limit-refused', invariant: 'covered', key: 'ann', remaining: 0 };
  const operation = operationNamed('o1');
  beforeEach(async () => {
    await commit(reserveOf(rowOf('o1', 1)), reserveOf(rowOf('o2', -50)));
    await flip('limits', 0);
  });

  test('that is damaged counts as all of its limit, and of no other', async () => {
    expect(await reserve(rowOf('o3', 1))).toEqual([refused]);
    expect(await reserve(rowOf('o3', -1))).toEqual([{ type: 'done' }]);
    expect(await reserve(rowOf('o4', 1, { key: 'ben' }))).toEqual([{ type: 'done' }]);
    const { damaged, rows } = await store.load(document);
    expect(damaged).toEqual([expect.objectContaining({ store: 'limits', operation })]);
    expect(rows.map((row) => row.operation)).toEqual(['o2', 'o3', 'o4']);
    expect(await store.rows(document)).toEqual(rows);
  });

  test('that is damaged outlives dead writers and its own change', async () => {
    await store.releaseDead(document, new Set());
    await commit(enqueueOf(changeOf(writer, 1, 'o1')));
    expect(await store.rows(document)).toEqual([]);
    expect(await reserve(rowOf('o3', 1))).toEqual([refused]);
  });

  test.for([
    ['is released', { type: 'release', operation }],
    ['is settled', commitOf(1, 1, { settled: [operation] })],
    ['reserves again', reserveOf(rowOf('o1', 1))],
  ] as const)('that is damaged counts no more when its operation %s', async ([, told]) => {
    await commit(told);
    expect(await reserve(rowOf('o3', 99))).toEqual([{ type: 'done' }]);
    expect((await store.load(document)).damaged).toEqual([]);
  });
});

test('an effect that is damaged is unknown, until it is told again', async () => {
  await commit(enqueueOf(changeOf(writer, 1, 'o1'), [effectOf('o1', 0), effectOf('o1', 10)]));
  await flip('effects', 1);
  const { effects, damaged } = await store.load(document);
  const unknown = { ...effectOf('o1', 10, 'unknown'), name: '', payload: undefined };
  expect(effects).toEqual([effectOf('o1', 0), unknown]);
  const operation = operationNamed('o1');
  expect(damaged).toEqual([expect.objectContaining({ store: 'effects', operation })]);
  await commit({ type: 'mark-effect', effect: effectOf('o1', 10, 'unknown') });
  const mended = await store.load(document);
  expect(mended.effects[1]).toEqual(effectOf('o1', 10, 'unknown'));
  expect(mended).toMatchObject({ head: undefined, damaged: [] });
});

describe('an intent', () => {
  const operation = operationNamed('o1');
  const taken = { type: 'intent-taken' };
  const named = [expect.objectContaining({ store: 'intents', operation })];

  test.for([
    ['waits', []],
    ['is handed over', [claimOf('o1')]],
    ['was dropped', [dropOf('o1')]],
  ] as const)('that is damaged while it %s is named, and nobody has it', async ([, told]) => {
    await commit(saveOf(intentOf('o1')), saveOf(intentOf('o2')), ...told);
    const pending = (await store.documents())[0]?.pending;
    await flip('intents', 0);
    const kept = (await dumpOf(database))['intents'];
    expect(await commit(claimOf('o1', sibling), dropOf('o1'))).toEqual([taken, taken]);
    // Its writer may live, and hand it over from memory: not even of the dead it is let go.
    await store.releaseDead(document, new Set());
    await store.close();
    store = indexedDbStore({ database });
    const { intents, damaged } = await store.load(document);
    expect([intents, damaged]).toEqual([[intentOf('o2')], named]);
    expect(await store.intents(document)).toEqual(intents);
    expect(await store.documents()).toEqual([{ id: document, pending }]);
    expect((await dumpOf(database))['intents']).toEqual(kept);
  });

  test('that is damaged goes with the change that hands it over', async () => {
    await commit(saveOf(intentOf('o1')), claimOf('o1'));
    await flip('intents', 0);
    await commit(enqueueOf(changeOf(writer, 1, 'o1')));
    expect(await store.load(document)).toMatchObject({ intents: [], damaged: [] });
    expect(await store.documents()).toEqual([{ id: document, pending: 1 }]);
  });

  test('that is damaged makes room when it is said again', async () => {
    await commit(saveOf(intentOf('o1')), dropOf('o1'));
    await flip('intents', 0);
    await commit(saveOf(intentOf('o1')));
    const { intents, damaged } = await store.load(document);
    expect([intents, damaged]).toEqual([[intentOf('o1')], []]);
    expect(await commit(claimOf('o1'))).toEqual([{ type: 'done' }]);
  });
});
