// Random commands on two tabs of a store and, one by one, on a model of it: they must answer the same
// and keep the same. Values are drawn from few names, so that they meet.
import type { ReplicaStore } from '@causeway/client';
import type { DocumentId, StoreCommand, WriterId } from '@causeway/core';
import fc from 'fast-check';
import { expect } from 'vitest';
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
  operationNamed,
  otherDocument,
  replica,
  rowOf,
  saveOf,
  sibling,
  snapshotAt,
  writer,
} from './store-values.ts';

type Step =
  | {
      readonly type: 'commit';
      readonly tab: number;
      readonly document: DocumentId;
      readonly commands: readonly StoreCommand[];
    }
  | {
      readonly type: 'release-dead';
      readonly tab: number;
      readonly document: DocumentId;
      readonly alive: readonly WriterId[];
    }
  | { readonly type: 'reload'; readonly tab: number };

const documents = [document, otherDocument];
const authors = [writer, sibling];
const operation = fc.constantFrom('o1', 'o2', 'o3', 'o4');
const author = fc.constantFrom(...authors);
const seq = fc.integer({ min: 1, max: 4 });

const row = fc
  .record({
    operation,
    amount: fc.oneof(
      { weight: 8, arbitrary: fc.integer({ min: -4, max: 8 }) },
      { weight: 1, arbitrary: fc.constantFrom(0.5, Number.NaN, Number.POSITIVE_INFINITY) },
    ),
    invariant: fc.constantFrom('covered', 'audited'),
    key: fc.constantFrom('ann', 'an', ''),
    by: author,
    max: fc.option(fc.integer({ min: 0, max: 12 }), { nil: undefined, freq: 3 }),
  })
  .map(({ operation: id, amount, invariant, key, by, max }) => ({
    ...rowOf(id, amount, { invariant, key, writer: by.writer }),
    max,
  }));

const effect = fc
  .record({
    operation,
    index: fc.constantFrom(0, 1, 10),
    state: fc.constantFrom('recorded', 'released', 'done', 'unknown'),
    isBare: fc.boolean(),
  })
  .map(({ operation: id, index, state, isBare }) => {
    const made = effectOf(id, index, state);
    return isBare ? { ...made, payload: undefined } : made;
  });

const reserve = fc
  .array(row, { minLength: 1, maxLength: 3 })
  .map((rows) => ({ type: 'reserve', rows }) as const);

const enqueue = fc
  .record({
    by: author,
    seq,
    operation: fc.option(operation, { nil: undefined }),
    effects: fc.array(effect, { maxLength: 2 }),
  })
  .map((o) => enqueueOf(changeOf(o.by, o.seq, o.operation), o.effects));

const commit = fc
  .record({
    first: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 14 })),
    count: fc.integer({ min: 0, max: 5 }),
    dequeued: fc.array(fc.record({ writer: author.map((one) => one.writer), seq }), {
      maxLength: 3,
    }),
    settled: fc.array(operation.map(operationNamed), { maxLength: 2 }),
    effects: fc.array(effect, { maxLength: 2 }),
  })
  .map(({ first, count, ...rest }) => commitOf(first, first + count - 1, rest));

/** One that no store can keep, so that the whole commit fails. */
const impossible = { type: 'mark-effect', effect: { ...effectOf('o1', 0), payload: 1n } } as const;

const release = operation.map(
  (id) => ({ type: 'release', operation: operationNamed(id) }) as const,
);
const markEffect = effect.map((one) => ({ type: 'mark-effect', effect: one }) as const);
const saveEpisode = fc
  .tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 1, max: 3 }))
  .map(([id, beganWallMs]) => {
    return { type: 'save-episode', episode: episodeOf(id, { beganWallMs }) } as const;
  });

const saveIntent = fc
  .record({
    operation,
    by: author,
    wallMs: fc.integer({ min: 1, max: 3 }),
    expiresWallMs: fc.constantFrom(undefined, 9, 9.5, Number.NaN, Number.POSITIVE_INFINITY),
    state: fc.constantFrom('waiting', 'waiting', 'submitting', 'dropped'),
  })
  .map(({ operation: id, by, ...rest }) => saveOf(intentOf(id, { ...rest, writer: by.writer })));
const claimIntent = fc.tuple(operation, author).map(([id, by]) => claimOf(id, by));
const dropIntent = operation.map(dropOf);

const command: fc.Arbitrary<StoreCommand> = fc.oneof(
  { weight: 5, arbitrary: reserve },
  { weight: 5, arbitrary: enqueue },
  { weight: 6, arbitrary: commit },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 16 }).map(snapshotAt) },
  { weight: 1, arbitrary: release },
  { weight: 1, arbitrary: markEffect },
  { weight: 1, arbitrary: saveEpisode },
  { weight: 4, arbitrary: saveIntent },
  { weight: 3, arbitrary: claimIntent },
  { weight: 2, arbitrary: dropIntent },
  { weight: 1, arbitrary: fc.constant(impossible) },
);

const tab = fc.nat(1);
const anyDocument = fc.constantFrom(...documents);
const alive = fc.subarray(authors.map((one) => one.writer));
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      type: fc.constant('commit' as const),
      tab,
      document: anyDocument,
      commands: fc.array(command, { minLength: 1, maxLength: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('release-dead' as const),
      tab,
      document: anyDocument,
      alive,
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('reload' as const), tab }) },
);

/** Two tabs on one database. */
class Tabs {
  private readonly makeStore: () => ReplicaStore;
  private readonly stores: ReplicaStore[];

  constructor(makeStore: () => ReplicaStore) {
    this.makeStore = makeStore;
    this.stores = [makeStore(), makeStore()];
  }

  at(index: number): ReplicaStore {
    const store = this.stores[index];
    if (!store) throw new RangeError(`there is no tab ${index}`);
    return store;
  }

  /** What the step answers, or the code of its failure. */
  async take(one: Step): Promise<unknown> {
    const store = this.at(one.tab);
    try {
      if (one.type === 'commit') return await store.commit(one.document, one.commands);
      if (one.type === 'release-dead') {
        return await store.releaseDead(one.document, new Set(one.alive));
      }
      await store.close();
      this.stores[one.tab] = this.makeStore();
      return await this.at(one.tab).open({ fresh: replica });
    } catch (error) {
      return error instanceof Error && 'code' in error ? error.code : error;
    }
  }

  /** All that can be asked, through the other tab than the one that acted. */
  async everything(index: number): Promise<unknown> {
    const store = this.at(index);
    return await Promise.all([
      store.documents(),
      ...documents.flatMap((id) => [
        store.load(id),
        store.rows(id),
        store.queueAfter(id, 2),
        store.intents(id),
      ]),
    ]);
  }

  async destroy(): Promise<void> {
    await this.at(1).close();
    await this.at(0).destroy();
  }
}

/** Each maker makes stores on one new database. Prints seed and path of what it finds. */
export async function compareWithModel(
  makeDatabase: () => () => ReplicaStore,
  makeModel: () => () => ReplicaStore,
  o: { readonly seed: number; readonly numRuns: number },
): Promise<void> {
  const steps = fc.array(step, { minLength: 5, maxLength: 30, size: 'max' });
  const property = fc.asyncProperty(steps, async (taken) => {
    const [real, model] = [new Tabs(makeDatabase()), new Tabs(makeModel())];
    try {
      for (const one of taken) {
        expect(await real.take(one)).toEqual(await model.take(one));
        const seen = await real.everything(1 - one.tab);
        expect(seen).toEqual(await model.everything(1 - one.tab));
      }
    } finally {
      await real.destroy();
    }
  });
  await fc.assert(property, o);
}
