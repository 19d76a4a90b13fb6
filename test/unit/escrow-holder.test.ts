// What a device may spend of what it holds, and under which numbers.
import {
  allotRights,
  canGiveBack,
  type GrantId,
  type HeldRow,
  type Holding,
  holderTermMs,
  refillAmount,
  remainingRights,
} from '@causeway/core';
import { describe, expect, test } from 'vitest';
import { codeOf } from '../contracts/document-subject.ts';

const [g1, g2] = ['g1' as GrantId, 'g2' as GrantId] as const;
const row = (
  grant: GrantId,
  [from, amount]: readonly [number, number],
  state: HeldRow['state'] = 'saved',
): HeldRow => ({ grant, from, amount, state });
const holding = (...rows: readonly HeldRow[]): Holding => ({
  grants: [
    { id: g1, amount: 3 },
    { id: g2, amount: 4 },
  ],
  rows,
});

describe('a spend', () => {
  test('takes the next numbers, oldest grants first', () => {
    expect(allotRights(holding(), 2)).toEqual({
      type: 'allotted',
      rows: [{ grant: g1, from: 0, amount: 2 }],
      remaining: 5,
    });
    expect(allotRights(holding(row(g1, [0, 2])), 3)).toEqual({
      type: 'allotted',
      rows: [
        { grant: g1, from: 2, amount: 1 },
        { grant: g2, from: 0, amount: 2 },
      ],
      remaining: 2,
    });
  });

  test('takes nothing when there is not enough', () => {
    expect(allotRights(holding(row(g2, [0, 4])), 4)).toEqual({ type: 'short', remaining: 3 });
    expect(allotRights({ grants: [], rows: [] }, 1)).toEqual({ type: 'short', remaining: 0 });
  });

  test('needs no rights for what takes nothing, and whole numbers', () => {
    for (const amount of [0, -5]) {
      expect(allotRights(holding(), amount)).toEqual({ type: 'allotted', rows: [], remaining: 7 });
    }
    expect(codeOf(() => allotRights(holding(), 0.5))).toBe('not-whole');
  });

  test('never uses a number again: not after a release, nor before what came out of order', () => {
    const released = holding(row(g1, [0, 1], 'committed'), row(g1, [1, 1], 'released'));
    expect(allotRights(released, 1)).toMatchObject({ rows: [{ grant: g1, from: 2, amount: 1 }] });
    const gap = holding(row(g1, [2, 1]), row(g2, [3, 1], 'reserved'));
    expect(remainingRights(gap)).toBe(0);
  });

  test('takes nothing from grants that are held no more', () => {
    const { rows } = holding(row(g1, [0, 1]));
    expect(allotRights({ grants: [{ id: g2, amount: 4 }], rows }, 5)).toEqual({
      type: 'short',
      remaining: 4,
    });
  });
});

test('more is asked for at low water, or when somebody needed more', () => {
  const rule = { lowWater: 2, target: 10 };
  expect(refillAmount(holding(), rule)).toBe(0);
  expect(refillAmount(holding(row(g2, [0, 4])), rule)).toBe(0);
  expect(refillAmount(holding(row(g1, [0, 1]), row(g2, [0, 4])), rule)).toBe(8);
  expect(refillAmount({ grants: [], rows: [] }, rule)).toBe(10);
  expect(refillAmount(holding(), { ...rule, wanted: 7 })).toBe(0);
  expect(refillAmount(holding(), { ...rule, wanted: 8 })).toBe(3);
  expect(refillAmount(holding(), { ...rule, wanted: 20 })).toBe(13);
  expect(refillAmount(holding(), { lowWater: 7, target: 5 })).toBe(0);
});

test('a grant goes back only when all that was spent of it is in the log', () => {
  const settled = [row(g1, [0, 1], 'committed'), row(g1, [1, 1], 'released'), row(g2, [0, 1])];
  expect(canGiveBack(g1, settled)).toBe(true);
  expect(canGiveBack(g2, settled)).toBe(false);
  expect(canGiveBack(g1, [...settled, row(g1, [2, 1], 'reserved')])).toBe(false);
});

test('a holder relies on its rights for less long than the primary waits', () => {
  expect(holderTermMs(100_000, 5_000)).toBe(94_000);
  expect(holderTermMs(1_000, 5_000)).toBe(0);
});
