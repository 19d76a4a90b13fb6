// What the log says of rights is folded alike everywhere, and older snapshots say nothing of them.
import type { Fact, GrantFact, GrantId, Json, ReplicaId } from '@causeway/core';
import {
  decodeFacts,
  emptyFold,
  encodeFacts,
  escrowTotals,
  foldFact,
  foldFromJson,
  foldToJson,
  grantsHeld,
  jsonToBytes,
} from '@causeway/core';
import { expect, test } from 'vitest';

const [ann, bob] = ['a'.repeat(32) as ReplicaId, 'b'.repeat(32) as ReplicaId] as const;
const place = { root: 'stock', key: 'seats' };
const grant = (id: string, holder = ann, key = 'seats'): GrantFact => ({
  fact: 'grant',
  grant: id as GrantId,
  root: 'stock',
  key,
  holder,
  amount: 5,
  lastsMs: 60_000,
});
const facts: readonly Fact[] = [
  grant('g1'),
  grant('g2', bob),
  grant('g3', ann, 'rows'),
  grant('g4'),
  grant('g1', bob),
  { fact: 'escrow', ...place, pool: 3, outstanding: 15, suspense: 0, debt: 0 },
  { fact: 'grant-closed', grant: 'g1' as GrantId, why: 'returned' },
  { fact: 'grant-closed', grant: 'g2' as GrantId, why: 'reclaimed' },
  { fact: 'grant-closed', grant: 'g9' as GrantId, why: 'forked' },
  { fact: 'escrow', ...place, pool: 8, outstanding: 10, suspense: 5, debt: 1 },
];

test('a replica finds its own open grants, and the totals of each key', () => {
  const fold = emptyFold();
  for (const fact of facts.slice(0, 6)) foldFact(fold, fact);
  const idsOf = (holder: ReplicaId, key = 'seats'): unknown =>
    grantsHeld(fold.escrow, { holder, root: 'stock', key }).map((one) => one.grant);
  expect([idsOf(ann), idsOf(bob), idsOf(ann, 'rows')]).toEqual([['g1', 'g4'], ['g2'], ['g3']]);
  for (const fact of facts.slice(6)) foldFact(fold, fact);
  expect([idsOf(ann), idsOf(bob), idsOf(ann, 'rows')]).toEqual([['g4'], [], ['g3']]);
  const totals = { pool: 8, outstanding: 10, suspense: 5, debt: 1 };
  expect(escrowTotals(fold.escrow, place)).toMatchObject(totals);
  expect(escrowTotals(fold.escrow, { ...place, key: 'rows' })).toBeUndefined();
});

test('a snapshot at any fact goes on as if there had been none', () => {
  const whole = emptyFold();
  for (const fact of facts) foldFact(whole, fact);
  for (let at = 0; at <= facts.length; at++) {
    const before = emptyFold();
    for (const fact of facts.slice(0, at)) foldFact(before, fact);
    const after = foldFromJson(JSON.parse(JSON.stringify(foldToJson(before))));
    expect(after).toEqual(before);
    for (const fact of facts.slice(at)) foldFact(after, fact);
    expect(foldToJson(after)).toEqual(foldToJson(whole));
  }
});

test('a snapshot of before there was escrow is read', () => {
  const { escrow: _none, ...older } = foldToJson(emptyFold()) as { [name: string]: Json };
  expect(foldFromJson(older)).toEqual(emptyFold());
});

test('facts on rights are read back', () => {
  const payload = encodeFacts([{ fact: 'audited', upTo: 4 }, ...facts]);
  expect(decodeFacts(payload)).toEqual([{ fact: 'audited', upTo: 4 }, ...facts]);
});

test('what has another shape is kept out', () => {
  const totals = { fact: 'escrow', ...place, pool: 3, outstanding: 15, suspense: 0, debt: 0 };
  const bad = [
    { ...grant('g1'), amount: -1 },
    { ...grant('g1'), amount: 0.5 },
    { ...grant('g1'), holder: 7 },
    { ...grant('g1'), lastsMs: 'long' },
    { fact: 'grant-closed', grant: 'g1', why: 'bored' },
    { fact: 'grant-closed', why: 'returned' },
    { ...totals, debt: -1 },
    { ...totals, key: null },
  ];
  expect(decodeFacts(jsonToBytes(bad))).toEqual([]);
});
