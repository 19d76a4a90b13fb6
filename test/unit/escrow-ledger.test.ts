// The primary's ledger of rights, case by case. `escrow-runs` plays what nobody thought of.
import {
  assertIdentity,
  charge,
  checkSpend,
  credit,
  draw,
  giveBack,
  grantRights,
  intervalOf,
  type OperationId,
  reclaim,
  rightsFromJson,
  rightsToJson,
  spendRights,
  totalsOf,
} from '@causeway/core';
import { describe, expect, test } from 'vitest';
import { codeOf } from '../contracts/document-subject.ts';
import {
  ann,
  bob,
  bounded,
  expiresMs,
  fork,
  g1,
  g2,
  grant,
  open,
  spend,
  spent,
} from './support/escrow-acts.ts';

describe('rights', () => {
  test('move from the pool to a holder, and are gone when spent', () => {
    const ledger = open(10);
    grant(ledger, g1, 4);
    expect(totalsOf(ledger)).toEqual({ pool: 6, outstanding: 4, suspense: 0, debt: 0 });
    expect(ledger.value).toBe(10);
    expect(spend(ledger, 'a', [0, 3])).toEqual(spent);
    expect(ledger.value).toBe(7);
    expect(totalsOf(ledger)).toEqual({ pool: 6, outstanding: 1, suspense: 0, debt: 0 });
    expect(intervalOf(ledger)).toEqual({ low: 6, high: 7 });
  });

  test('count from the bound, wherever it is', () => {
    expect(totalsOf(open(10, { min: 4, reclaim: 'firm' })).pool).toBe(6);
    expect(totalsOf(open(-2, { min: -5, reclaim: 'firm' })).pool).toBe(3);
    expect(totalsOf(open(1, { min: 4, reclaim: 'firm' }))).toMatchObject({ pool: 0, debt: 3 });
  });

  test('are not given twice, nor where there are none', () => {
    const ledger = open(5);
    grant(ledger, g1, 4);
    expect(grantRights(ledger, { id: g1, holder: ann, amount: 4 })).toBe('repeated');
    expect(grantRights(ledger, { id: g2, holder: bob, amount: 2 })).toBe('no-rights');
    expect(draw(ledger, 2)).toBe('no-rights');
    expect(draw(ledger, 1)).toBe('drawn');
    expect(totalsOf(ledger)).toMatchObject({ pool: 0, outstanding: 4 });
    for (const amount of [0, -1, 0.5, Number.NaN]) {
      expect(codeOf(() => grantRights(ledger, { id: g2, holder: bob, amount }))).toBe('not-whole');
    }
  });

  test('come back to the pool with what nobody spent of them', () => {
    const ledger = open(5);
    grant(ledger, g1, 5);
    spend(ledger, 'a', [0, 2]);
    expect(giveBack(ledger, { id: g1, holder: bob })).toBe('not-held');
    expect(giveBack(ledger, { id: g1, holder: ann })).toBe('returned');
    expect(giveBack(ledger, { id: g1, holder: ann })).toBe('not-held');
    expect(totalsOf(ledger)).toEqual({ pool: 3, outstanding: 0, suspense: 0, debt: 0 });
  });

  test('are spent by their holder only, and as many as there are', () => {
    const ledger = open(9);
    grant(ledger, g1, 3);
    const notGranted = { type: 'void', reason: 'not-granted' };
    expect(spend(ledger, 'a', [0, 1], { replica: bob })).toMatchObject(notGranted);
    expect(spend(ledger, 'a', [0, 1], { id: g2 })).toMatchObject(notGranted);
    const impossible = [
      [2, 2],
      [3, 1],
      [-1, 1],
      [0, 0],
      [0, -1],
      [0.5, 1],
      [0, Number.NaN],
    ] as const;
    for (const row of impossible) expect(spend(ledger, 'a', row)).toMatchObject(notGranted);
    const none = { operation: 'a' as OperationId, replica: ann, rows: [] };
    expect(spendRights(ledger, none)).toMatchObject(notGranted);
    const row = { grant: g1, from: 0, amount: 2 };
    const twice = { ...none, rows: [row, { ...row, from: 1, amount: 1 }] };
    expect(spendRights(ledger, twice)).toMatchObject(notGranted);
    expect(ledger.value).toBe(9);
    expect(ledger.liveById.get(g1)?.isForked).toBe(false);
  });

  test('are spent by an operation as a whole or not at all', () => {
    const ledger = open(9);
    grant(ledger, g1, 3);
    grant(ledger, g2, 3, bob);
    const rows = [
      { grant: g1, from: 0, amount: 3 },
      { grant: g2, from: 0, amount: 1 },
    ];
    const whole = { operation: 'a' as OperationId, replica: ann, rows };
    expect(spendRights(ledger, whole)).toMatchObject({ type: 'void', grant: g2 });
    expect(spend(ledger, 'b', [0, 3])).toEqual(spent);
    expect(ledger.value).toBe(6);
  });

  test('of an operation that is void for another reason go back, and its numbers stay used', () => {
    const ledger = open(3);
    grant(ledger, g1, 3);
    spend(ledger, 'a', [0, 2]);
    credit(ledger, 2);
    expect(ledger.value).toBe(3);
    expect(totalsOf(ledger)).toMatchObject({ pool: 2, outstanding: 1 });
    expect(spend(ledger, 'b', [1, 1])).toEqual(fork);
  });
});

describe('numbers', () => {
  test('a spend whose acknowledgement was lost comes again and counts once', () => {
    const ledger = open(5);
    grant(ledger, g1, 5);
    spend(ledger, 'a', [0, 2]);
    expect(spend(ledger, 'a', [0, 2])).toEqual({ type: 'duplicate' });
    giveBack(ledger, { id: g1, holder: ann });
    expect(spend(ledger, 'a', [0, 2])).toEqual({ type: 'duplicate' });
    expect(ledger.value).toBe(3);
    expect(ledger.closedById.get(g1)?.isForked).toBe(false);
  });

  test('a gap leaks, and spends may come in any order', () => {
    const ledger = open(6);
    grant(ledger, g1, 6);
    expect(spend(ledger, 'c', [4, 2])).toEqual(spent);
    expect(spend(ledger, 'a', [0, 1])).toEqual(spent);
    expect(spend(ledger, 'b', [2, 1])).toEqual(spent);
    expect(totalsOf(ledger)).toMatchObject({ pool: 0, outstanding: 2 });
    expect(spend(ledger, 'd', [1, 1])).toEqual(spent);
    expect(giveBack(ledger, { id: g1, holder: ann })).toBe('returned');
    expect(totalsOf(ledger)).toMatchObject({ pool: 1, outstanding: 0 });
  });

  test.each([
    ['the same', 0, 2],
    ['some', 1, 2],
    ['all and more', 0, 5],
  ])('two operations under %s numbers expose a copied profile', (_what, from, amount) => {
    const ledger = open(5);
    grant(ledger, g1, 5);
    spend(ledger, 'a', [0, 2]);
    const other = spend(ledger, 'b', [from, amount]);
    expect(other).toEqual(fork);
    expect(ledger.value).toBe(3);
    expect(spend(ledger, 'b', [from, amount])).toEqual({ ...fork, isNewFork: false });
    expect(spend(ledger, 'a', [0, 2])).toEqual({ type: 'duplicate' });
  });

  test('one operation under other numbers than before is a fork, too', () => {
    const ledger = open(5);
    grant(ledger, g1, 5);
    spend(ledger, 'a', [0, 2]);
    expect(spend(ledger, 'a', [0, 3])).toEqual(fork);
    const rows = [
      { grant: g1, from: 0, amount: 2 },
      { grant: g1, from: 3, amount: 1 },
    ];
    const more = { operation: 'a' as OperationId, replica: ann, rows };
    expect(checkSpend(ledger, more)).toMatchObject({ reason: 'fork' });
    expect(ledger.value).toBe(3);
  });

  test('what was promised from a forked grant counts while there are numbers; no more is given', () => {
    const ledger = open(9);
    grant(ledger, g1, 4);
    spend(ledger, 'a', [0, 2]);
    spend(ledger, 'clone', [0, 1]);
    expect(giveBack(ledger, { id: g1, holder: ann })).toBe('forked');
    expect(grantRights(ledger, { id: g2, holder: ann, amount: 1 })).toBe('forked-holder');
    expect(grantRights(ledger, { id: g2, holder: bob, amount: 1 })).toBe('granted');
    expect(spend(ledger, 'clone2', [2, 2])).toEqual(spent);
    expect(ledger.value).toBe(5);
  });

  test('what is spent from a grant that was given back exposes a copy', () => {
    const ledger = open(5);
    grant(ledger, g1, 5);
    giveBack(ledger, { id: g1, holder: ann });
    expect(spend(ledger, 'b', [0, 1])).toEqual(fork);
    expect(ledger.value).toBe(5);
    expect(grantRights(ledger, { id: g2, holder: ann, amount: 1 })).toBe('forked-holder');
  });

  test('checking changes nothing', () => {
    const ledger = open(5);
    grant(ledger, g1, 5);
    spend(ledger, 'a', [0, 2]);
    const before = rightsToJson(ledger);
    for (const [operation, from] of [
      ['a', 0],
      ['b', 0],
      ['b', 2],
    ] as const) {
      const rows = [{ grant: g1, from, amount: 2 }];
      checkSpend(ledger, { operation: operation as OperationId, replica: ann, rows });
    }
    expect(rightsToJson(ledger)).toEqual(before);
  });
});

describe('the ledger', () => {
  test('refuses sums that would not be exact, whoever asks', () => {
    const max = Number.MAX_SAFE_INTEGER;
    const ledger = open(5, { min: -10, reclaim: 'firm' });
    expect(credit(ledger, max)).toBe('too-large');
    expect(credit(ledger, max - 10)).toBe('too-large');
    expect(charge(ledger, max)).toBe('charged');
    expect(charge(ledger, max)).toBe('too-large');
    expect(ledger.value).toBe(5 - max);
  });

  test('tells when it does not add up, or when the document says another value', () => {
    const ledger = open(5);
    expect(codeOf(() => assertIdentity(ledger, 5))).toBeUndefined();
    expect(codeOf(() => assertIdentity(ledger, 4))).toBe('rights-identity');
    ledger.pool -= 1;
    expect(codeOf(() => credit(ledger, 1))).toBe('rights-identity');
    ledger.value -= 7;
    ledger.pool -= 6;
    expect(codeOf(() => assertIdentity(ledger))).toBe('rights-identity');
  });

  test('goes on from its checkpoint as if nothing had happened', () => {
    const ledger = open(20, bounded);
    grant(ledger, g1, 8);
    grant(ledger, g2, 4, bob);
    spend(ledger, 'a', [0, 2]);
    reclaim(ledger, { id: g1, nowMs: expiresMs });
    giveBack(ledger, { id: g2, holder: bob });
    const again = rightsFromJson(JSON.parse(JSON.stringify(rightsToJson(ledger))));
    expect(again).toEqual(ledger);
    spend(again, 'b', [2, 2]);
    expect(ledger.value).toBe(18);
    for (const one of [ledger, again]) {
      expect(spend(one, 'a', [0, 2])).toEqual({ type: 'duplicate' });
      expect(spend(one, 'c', [0, 2], { id: g2, replica: bob })).toMatchObject({ reason: 'fork' });
    }
  });
});
