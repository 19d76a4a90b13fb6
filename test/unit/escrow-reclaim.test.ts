// A holder that is silent may have spent or not. What each policy makes of that, and what it costs.
import {
  charge,
  credit,
  draw,
  type GrantId,
  giveBack,
  grantRights,
  intervalOf,
  type RightsLedger,
  reclaim,
  totalsOf,
} from '@causeway/core';
import { describe, expect, test } from 'vitest';
import {
  ann,
  bob,
  bounded,
  expiresMs,
  fork,
  g1,
  g2,
  grant,
  late,
  open,
  spend,
  spent,
} from './support/escrow-acts.ts';

describe('a silent holder', () => {
  const nowMs = expiresMs;

  test('keeps its rights for ever under firm, and may promise what it likes', () => {
    const ledger = open(5);
    grant(ledger, g1, 5);
    expect(reclaim(ledger, { id: g1, nowMs: nowMs * 1_000 })).toBe('firm');
    expect(spend(ledger, 'a', [0, 5])).toEqual(spent);
    expect(ledger.value).toBe(0);
  });

  test.each(['hard', { bounded: 12 }] as const)('keeps them until they expire: %j', (policy) => {
    const ledger = open(5, { min: 0, reclaim: policy });
    grant(ledger, g1, 5);
    expect(reclaim(ledger, { id: g1, nowMs: nowMs - 1 })).toBe('not-expired');
    expect(reclaim(ledger, { id: g2, nowMs })).toBe('not-open');
    expect(reclaim(ledger, { id: g1, nowMs })).toBe('reclaimed');
    expect(reclaim(ledger, { id: g1, nowMs })).toBe('not-open');
    expect(totalsOf(ledger)).toMatchObject({ pool: 5, outstanding: 0 });
    grantRights(ledger, { id: g2, holder: bob, amount: 5 });
    expect(reclaim(ledger, { id: g2, nowMs: 1e15 })).toBe('not-expired');
  });

  test('is too late under hard: only what was committed before counts', () => {
    const ledger = open(5, { min: 0, reclaim: 'hard' });
    grant(ledger, g1, 5);
    spend(ledger, 'a', [0, 2]);
    reclaim(ledger, { id: g1, nowMs });
    expect(spend(ledger, 'b', [2, 1])).toMatchObject({ type: 'void', reason: 'too-late' });
    expect(spend(ledger, 'a', [0, 2])).toEqual({ type: 'duplicate' });
    expect(ledger.value).toBe(3);
    expect(intervalOf(ledger)).toEqual({ low: 3, high: 3 });
    expect(giveBack(ledger, { id: g1, holder: ann })).toBe('returned');
    expect(totalsOf(ledger)).toEqual({ pool: 3, outstanding: 0, suspense: 0, debt: 0 });
  });

  test('is believed under bounded, at the price of the pool and then of debt', () => {
    const ledger = open(12, bounded);
    grant(ledger, g1, 12);
    reclaim(ledger, { id: g1, nowMs });
    expect(totalsOf(ledger)).toEqual({ pool: 12, outstanding: 0, suspense: 12, debt: 0 });
    expect(intervalOf(ledger)).toEqual({ low: 0, high: 12 });
    draw(ledger, 10);
    expect(spend(ledger, 'late', [0, 5])).toEqual(late);
    expect(totalsOf(ledger)).toEqual({ pool: 0, outstanding: 0, suspense: 7, debt: 3 });
    expect(spend(ledger, 'later', [5, 7])).toEqual(late);
    expect(ledger.value).toBe(-10);
    expect(totalsOf(ledger)).toEqual({ pool: 0, outstanding: 0, suspense: 0, debt: 10 });
  });

  test('costs exactly the bound at worst', () => {
    const ledger = open(12, bounded);
    grant(ledger, g1, 12);
    reclaim(ledger, { id: g1, nowMs });
    draw(ledger, 12);
    spend(ledger, 'late', [0, 12]);
    expect(ledger.value).toBe(-12);
  });

  test('is not reclaimed where suspense, debt and its rights could exceed the bound', () => {
    const ledger = open(30, bounded);
    grant(ledger, g1, 8);
    grant(ledger, g2, 5, bob);
    expect(reclaim(ledger, { id: g1, nowMs })).toBe('reclaimed');
    expect(reclaim(ledger, { id: g2, nowMs })).toBe('beyond-bound');
    draw(ledger, ledger.pool);
    spend(ledger, 'late', [0, 8]);
    expect(totalsOf(ledger)).toMatchObject({ suspense: 0, debt: 8 });
    expect(reclaim(ledger, { id: g2, nowMs })).toBe('beyond-bound');
    credit(ledger, 1);
    expect(reclaim(ledger, { id: g2, nowMs })).toBe('reclaimed');
  });

  test('that comes back and spent nothing ends the suspense', () => {
    const ledger = open(12, bounded);
    grant(ledger, g1, 12);
    reclaim(ledger, { id: g1, nowMs });
    expect(giveBack(ledger, { id: g1, holder: ann })).toBe('returned');
    expect(totalsOf(ledger)).toEqual({ pool: 12, outstanding: 0, suspense: 0, debt: 0 });
  });

  test('whose grant was copied is found out after the reclaim, too', () => {
    const ledger = open(12, bounded);
    grant(ledger, g1, 12);
    reclaim(ledger, { id: g1, nowMs });
    spend(ledger, 'late', [0, 2]);
    expect(spend(ledger, 'clone', [1, 1])).toEqual(fork);
    expect(ledger.value).toBe(10);
  });
});

describe('debt', () => {
  function inDebt(): RightsLedger {
    const ledger = open(12, bounded);
    grant(ledger, g1, 12);
    reclaim(ledger, { id: g1, nowMs: expiresMs });
    grant(ledger, g2, 12, bob);
    spend(ledger, 'late', [0, 5]);
    return ledger;
  }

  test('is paid by an increment before the pool gets anything', () => {
    const ledger = inDebt();
    expect(totalsOf(ledger)).toMatchObject({ pool: 0, debt: 5 });
    credit(ledger, 3);
    expect(totalsOf(ledger)).toMatchObject({ pool: 0, debt: 2 });
    expect(grantRights(ledger, { id: 'g3' as GrantId, holder: bob, amount: 1 })).toBe('no-rights');
    credit(ledger, 3);
    expect(totalsOf(ledger)).toMatchObject({ pool: 1, debt: 0 });
  });

  test('is paid by rights that come back, too', () => {
    const ledger = inDebt();
    giveBack(ledger, { id: g2, holder: bob });
    expect(totalsOf(ledger)).toMatchObject({ pool: 7, debt: 0 });
    expect(ledger.value).toBe(7);
  });

  test('is what a decrement without rights makes when the pool is empty', () => {
    const ledger = open(5);
    grant(ledger, g1, 3);
    expect(charge(ledger, 4)).toBe('charged');
    expect(ledger.value).toBe(1);
    expect(totalsOf(ledger)).toMatchObject({ pool: 0, outstanding: 3, debt: 2 });
  });
});
