// The presets: what each row decides.
import { expect, test } from 'vitest';
import { catalogue, collaborative, money, reservation } from './policy-table.ts';

test('collaborative: every cell is safe, and runs here', () => {
  expect(collaborative()).toEqual({ row: { kind: 'safe' } });
});

test('catalogue: every cell is delayed, and asks the primary', () => {
  expect(catalogue()).toEqual({ row: { kind: 'delay', connected: 'primary' } });
});

test('reservation: every cell is a risk, and asks the primary', () => {
  expect(reservation()).toEqual({ row: { kind: 'risk', connected: 'primary' } });
});

test('money: every cell is a stand-in limit of this amount, and asks the primary', () => {
  const of = (a: { readonly cents: number }): number => a.cents;
  const per = (): string => 'ann';
  expect(money({ of, per, max: 200 })).toEqual({
    row: { kind: 'limit', max: 200, connected: 'primary', amount: { of, per } },
  });
  expect(money({ of, max: 200 }).row.amount).toEqual({ of });
});
