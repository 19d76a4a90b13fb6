// With rights, no state that anybody could see breaks the bound, so no commit order can: the test of
// escrow that needs no order. Without them, the same wishes break it in a good part of all histories.
import { expect, test } from 'vitest';
import { playHistories } from './support/escrow-history.ts';

const histories = 1_500;

test('no causally closed cut violates the bound with escrow, in 1,500 histories', () => {
  const found = playHistories(histories, { hasEscrow: true });
  expect(found).toMatchObject({ histories, violated: 0, violatingCuts: 0 });
  // Not for want of spending.
  expect(found.withOfflineSpends).toBeGreaterThan(histories * 0.5);
});

test('without escrow the same wishes violate it in 30 % of the histories and more', () => {
  const found = playHistories(histories, { hasEscrow: false });
  expect(found.violated).toBeGreaterThanOrEqual(histories * 0.3);
});
