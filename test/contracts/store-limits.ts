// Stand-in limits: what own operations take until they are confirmed, counted over all tabs.
import type { LimitRow, StoreResult } from '@causeway/core';
import { expect } from 'vitest';
import type { OpenTab, StoreClaim } from './store-claim.ts';
import {
  changeOf,
  commitOf,
  document,
  enqueueOf,
  operationNamed,
  otherDocument,
  reserveOf,
  rowOf,
  sibling,
  writer,
} from './store-values.ts';

const max = 10;

/** A store, and how to reserve one row on it in a commit of its own. */
async function openReserving(open: OpenTab) {
  const store = await open();
  const reserve = async (row: LimitRow) => {
    const [result] = await store.commit(document, [reserveOf(row, max)]);
    return result;
  };
  return { store, reserve };
}
function refused(remaining: number, limit = { invariant: 'covered', key: 'ann' }): StoreResult {
  return { type: 'limit-refused', ...limit, remaining };
}
const done: StoreResult = { type: 'done' };

export const storeLimits: Readonly<Record<string, StoreClaim>> = {
  'refuses what would pass the limit, says what is left, and keeps nothing of it': async (open) => {
    const { store, reserve } = await openReserving(open);
    expect(await reserve(rowOf('o1', 4))).toEqual(done);
    expect(await reserve(rowOf('o2', 7))).toEqual(refused(6));
    expect(await reserve(rowOf('o2', 6))).toEqual(done);
    expect(await reserve(rowOf('o3', 0.5))).toEqual(refused(0));
    expect(await store.rows(document)).toEqual([rowOf('o1', 4), rowOf('o2', 6)]);
  },

  'counts each invariant, key and document for itself': async (open) => {
    const { store, reserve } = await openReserving(open);
    await reserve(rowOf('o1', max));
    const others = [
      rowOf('x1', max, { key: 'an' }),
      rowOf('x2', max, { key: 'ann ' }),
      rowOf('x3', max, { key: '' }),
      rowOf('x4', max, { invariant: 'covere', key: 'dann' }),
      rowOf('x5', max, { invariant: 'audited' }),
    ];
    for (const row of others) expect(await reserve(row)).toEqual(done);
    expect(await store.commit(otherDocument, [reserveOf(rowOf('o9', max), max)])).toEqual([done]);
    for (const { invariant, key } of others) {
      const asked = await reserve(rowOf('o2', 1, { invariant, key }));
      expect(asked).toEqual(refused(0, { invariant, key }));
    }
  },

  'counts net of credits, which are never refused': async (open) => {
    const { reserve } = await openReserving(open);
    await reserve(rowOf('o1', max));
    expect(await reserve(rowOf('o2', -3))).toEqual(done);
    expect(await reserve(rowOf('o3', 4))).toEqual(refused(3));
    expect(await reserve(rowOf('o3', 3))).toEqual(done);
    expect(await reserve(rowOf('o4', 0))).toEqual(done);
  },

  'counts what no limit was enforced on, and says 0 where more than all is used': async (open) => {
    const { store, reserve } = await openReserving(open);
    await store.commit(document, [reserveOf(rowOf('o1', 25))]);
    expect(await reserve(rowOf('o2', 1))).toEqual(refused(0));
    expect(await reserve(rowOf('o3', -3))).toEqual(done); // Less is never too much.
    expect(await reserve(rowOf('o4', 0))).toEqual(done);
  },

  'does not count a retry of the same operation twice': async (open) => {
    const { store, reserve } = await openReserving(open);
    for (let told = 0; told < 3; told++) expect(await reserve(rowOf('o1', 8))).toEqual(done);
    expect(await store.rows(document)).toEqual([rowOf('o1', 8)]);
    expect(await reserve(rowOf('o1', 9))).toEqual(done);
    expect(await reserve(rowOf('o2', 2))).toEqual(refused(1));
  },

  'refuses several rows as a whole, each counted for those after it': async (open) => {
    const store = await open();
    const rows = [
      { ...rowOf('o1', 6), max },
      { ...rowOf('o1', 3, { key: 'ben' }), max },
      { ...rowOf('o2', 6), max },
    ];
    expect(await store.commit(document, [{ type: 'reserve', rows }])).toEqual([refused(4)]);
    expect(await store.rows(document)).toEqual([]);
    const fitting = rows.slice(0, 2);
    expect(await store.commit(document, [{ type: 'reserve', rows: fitting }])).toEqual([done]);
    expect(await store.rows(document)).toHaveLength(2);
  },

  'gives out nothing against a number that is none': async (open) => {
    const { store, reserve } = await openReserving(open);
    expect(await reserve(rowOf('o1', Number.NaN))).toEqual(refused(max));
    await store.commit(document, [reserveOf(rowOf('o2', Number.NaN))]);
    expect(await reserve(rowOf('o3', 1))).toEqual(refused(0));
  },

  'turns exactly the rows of an enqueued operation from reserved into spent': async (open) => {
    const { store, reserve } = await openReserving(open);
    await reserve(rowOf('o1', 1));
    await reserve(rowOf('o1', 2, { invariant: 'audited', key: 'ben' }));
    await reserve(rowOf('o10', 3));
    await store.commit(document, [
      enqueueOf(changeOf(writer, 1, 'o1')),
      enqueueOf(changeOf(writer, 2)),
    ]);
    expect(await store.rows(document)).toEqual([
      rowOf('o1', 2, { invariant: 'audited', key: 'ben', state: 'spent' }),
      rowOf('o1', 1, { state: 'spent' }),
      rowOf('o10', 3),
    ]);
    expect(await reserve(rowOf('o3', 7))).toEqual(refused(6)); // Spent counts as reserved did.
  },

  'releases an operation’s rows, whatever their state': async (open) => {
    const { store, reserve } = await openReserving(open);
    await reserve(rowOf('o1', 1));
    await reserve(rowOf('o1', 1, { key: 'ben' }));
    await reserve(rowOf('o2', 1));
    await store.commit(document, [enqueueOf(changeOf(writer, 1, 'o1'))]);
    await store.commit(document, [
      { type: 'release', operation: operationNamed('o1') },
      { type: 'release', operation: operationNamed('o7') },
    ]);
    expect(await store.rows(document)).toEqual([rowOf('o2', 1)]);
  },

  'drops the rows of settled operations with the commit that settles them': async (open) => {
    const { store, reserve } = await openReserving(open);
    for (const name of ['o1', 'o2', 'o3']) await reserve(rowOf(name, 1));
    const settled = [operationNamed('o1'), operationNamed('o3'), operationNamed('o7')];
    await store.commit(document, [commitOf(1, 1, { settled })]);
    expect(await store.rows(document)).toEqual([rowOf('o2', 1)]);
  },

  'releases only what dead writers had reserved, never what was spent': async (open) => {
    const { store, reserve } = await openReserving(open);
    await store.commit(otherDocument, [reserveOf(rowOf('o1', 1))]);
    await reserve(rowOf('o1', 1));
    await reserve(rowOf('o2', 1));
    await reserve(rowOf('o3', 1, { writer: sibling.writer }));
    await store.commit(document, [enqueueOf(changeOf(writer, 1, 'o2'))]);
    await store.releaseDead(document, new Set([writer.writer, sibling.writer]));
    expect(await store.rows(document)).toHaveLength(3);
    await store.releaseDead(document, new Set([sibling.writer]));
    expect(await store.rows(document)).toEqual([
      rowOf('o2', 1, { state: 'spent' }),
      rowOf('o3', 1, { writer: sibling.writer }),
    ]);
    await store.releaseDead(document, new Set());
    expect(await store.rows(document)).toEqual([rowOf('o2', 1, { state: 'spent' })]);
    expect(await store.rows(otherDocument)).toEqual([rowOf('o1', 1)]);
  },

  'two tabs that reserve the same remainder at once: exactly one wins, 50 times': async (open) => {
    const tabs = [await open(), await open()];
    for (let round = 0; round < 50; round++) {
      const names = tabs.map((_, at) => `r${round}-${at}`);
      const answers = await Promise.all(
        tabs.map((tab, at) => tab.commit(document, [reserveOf(rowOf(names[at] ?? '', max), max)])),
      );
      const types = answers.flat().map(({ type }) => type);
      expect(types.sort()).toEqual(['done', 'limit-refused']);
      const release = names.map(
        (name) => ({ type: 'release', operation: operationNamed(name) }) as const,
      );
      await tabs[round % 2]?.commit(document, release);
    }
  },
};
