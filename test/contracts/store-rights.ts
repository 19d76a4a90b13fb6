// What a store must do with rights: numbers are taken in the transaction of whatever needs them, by one
// tab each, and are never given out twice.
import type { GrantId, RightsAsked, StoreCommand } from '@causeway/core';
import { expect } from 'vitest';
import type { StoreClaim } from './store-claim.ts';
import {
  changeOf,
  commitOf,
  document,
  enqueueOf,
  operationNamed,
  otherDocument,
  rowOf,
  sibling,
  writer,
} from './store-values.ts';

const grant = 'g1' as GrantId;
const held = [{ id: grant, amount: 5 }];

/** Asks for rights of one grant of five. */
function taking(
  operation: string,
  amount: number,
  o: Partial<RightsAsked> & { readonly by?: typeof writer } = {},
): Extract<StoreCommand, { type: 'reserve' }> {
  const { by = writer, ...more } = o;
  const asked = { invariant: 'stocked', root: 'stock', key: 'pen', amount, grants: held, ...more };
  const rights = { operation: operationNamed(operation), writer: by.writer, asked: [asked] };
  return { type: 'reserve', rows: [], rights };
}
const row = (operation: string, from: number, amount: number, state: string, by = writer) => ({
  ...{ grant, from, amount, state, operation: operationNamed(operation), writer: by.writer },
});

export const storeRights: Readonly<Record<string, StoreClaim>> = {
  'gives numbers out in turn, and says what remains where they do not suffice': async (open) => {
    const store = await open();
    expect(
      await store.commit(document, [taking('o1', 2), taking('o2', 4), taking('o3', 3)]),
    ).toEqual([
      { type: 'rights-reserved', rows: [row('o1', 0, 2, 'reserved')] },
      { type: 'rights-refused', invariant: 'stocked', key: 'pen', remaining: 3 },
      { type: 'rights-reserved', rows: [row('o3', 2, 3, 'reserved')] },
    ]);
    const kept = [row('o1', 0, 2, 'reserved'), row('o3', 2, 3, 'reserved')];
    expect(await store.rights(document)).toEqual(kept);
    expect((await (await open()).load(document)).rights).toEqual(kept);
    expect(await store.rights(otherDocument)).toEqual([]);
  },

  'takes rights and limit rows together, or neither': async (open) => {
    const store = await open();
    const short = { ...taking('o1', 9), rows: [{ ...rowOf('o1', 1), max: 5 }] };
    expect(await store.commit(document, [short])).toMatchObject([{ type: 'rights-refused' }]);
    expect(await store.rows(document)).toEqual([]);
    const over = { ...taking('o2', 1), rows: [{ ...rowOf('o2', 9), max: 5 }] };
    expect(await store.commit(document, [over])).toMatchObject([{ type: 'limit-refused' }]);
    expect(await store.rights(document)).toEqual([]);
  },

  'never gives a number out again: not after a release, a commit or a death': async (open) => {
    const store = await open();
    await store.commit(document, [
      taking('o1', 1),
      taking('o2', 1),
      taking('o3', 1, { by: sibling }),
    ]);
    await store.commit(document, [
      { type: 'release', operation: operationNamed('o1') },
      enqueueOf(changeOf(writer, 1, 'o2')),
    ]);
    await store.releaseDead(document, new Set([writer.writer]));
    expect(await store.rights(document)).toEqual([
      row('o1', 0, 1, 'released'),
      row('o2', 1, 1, 'saved'),
      row('o3', 2, 1, 'released', sibling),
    ]);
    await store.commit(document, [commitOf(1, 1, { settled: [operationNamed('o2')] })]);
    expect(await store.rights(document)).toContainEqual(row('o2', 1, 1, 'committed'));
    const [taken] = await store.commit(document, [taking('o4', 2)]);
    expect(taken).toEqual({ type: 'rights-reserved', rows: [row('o4', 3, 2, 'reserved')] });
  },

  'forgets the numbers of grants that are closed, and only those': async (open) => {
    const store = await open();
    const other = 'g2' as GrantId;
    await store.commit(document, [
      taking('o1', 1),
      taking('o2', 1, { grants: [{ id: other, amount: 1 }] }),
      { type: 'forget-grants', grants: [grant] },
    ]);
    expect(await store.rights(document)).toEqual([
      { ...row('o2', 0, 1, 'reserved'), grant: other },
    ]);
  },

  'of two tabs at the last right exactly one has it, 50 times; the other is told': async (open) => {
    const [first, second] = [await open(), await open()];
    const heard: string[] = [];
    second.onSibling((name) => heard.push(name));
    for (let round = 0; round < 50; round++) {
      const grants = [{ id: `round ${round}` as GrantId, amount: 1 }];
      const answers = await Promise.all([
        first.commit(document, [taking(`a${round}`, 1, { grants })]),
        second.commit(document, [taking(`b${round}`, 1, { grants, by: sibling })]),
      ]);
      const types = answers.flat().map(({ type }) => type);
      expect(types.sort()).toEqual(['rights-refused', 'rights-reserved']);
    }
    await expect.poll(() => heard.length).toBeGreaterThanOrEqual(50);
  },
};
