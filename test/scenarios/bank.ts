// The bank of the scenarios, in whole units: one account, cash that leaves the machine, what is
// overdrawn is due, and a fee once per case.

import { defineApp, delay, limit, risk, safe } from '@causeway/core';
import type { SimulatedDevice } from '@causeway/testkit';
import { counter, yjs } from '@causeway/yjs';
import * as v from 'valibot';
import { bankModel } from './bank-model.ts';
import type { Setting } from './stage.ts';

export interface BankTerms {
  /** What is in the account when the document is new. */
  readonly opening: number;
  /** Brewer's k: what one cut-off machine may pay out, net, before the bank hears of it. */
  readonly standIn?: number;
  readonly settleMs?: number;
  readonly whenHealed?: 'amend' | 'forgive';
  /** What the audit reports: what a commit shows, or what some state could have shown. */
  readonly record?: 'commit' | 'possible';
  /** A case with so many violations is for people: no compensation mends it. */
  readonly escalateFrom?: number;
}

export const account = 'ann';
export const fee = 25;

const amount = v.pipe(v.number(), v.integer(), v.minValue(1));
const args = v.object({ account: v.string(), amount });

export type BankApp = ReturnType<typeof bankApp>;

/** What may be done at the bank. */
function bankActs(opening: number) {
  return defineApp({
    name: 'scenario-bank',
    version: 1,
    document: yjs(
      (doc) => ({
        balance: counter(doc, 'balance'),
        due: counter(doc, 'due'),
        cashed: counter(doc, 'cashed'),
      }),
      { initial: (doc) => doc.balance.add(account, opening) },
    ),
    effects: {
      dispense: { payload: v.object({ amount }), runs: 'device', delivery: 'at-most-once' },
    },
  }).operations({
    deposit: {
      args,
      subjects: (a) => [a.account],
      run: (doc, a) => doc.balance.add(a.account, a.amount),
    },
    /** Cash: once out it is out, so that it is kept whatever the audit finds. */
    withdraw: {
      args,
      subjects: (a) => [a.account],
      requires: (doc, a) => doc.balance.get(a.account) >= a.amount || 'insufficient-funds',
      run(doc, a, op) {
        doc.balance.add(a.account, -a.amount);
        op.effect('dispense', { amount: a.amount });
      },
    },
    /** A booking: nothing has left, so that it is void where the audit finds too little. */
    pay: {
      args,
      subjects: (a) => [a.account],
      requires: (doc, a) => doc.balance.get(a.account) >= a.amount || 'insufficient-funds',
      run: (doc, a) => doc.balance.add(a.account, -a.amount),
    },
    /** A payment that only the bank itself makes: while cut off it is noted. */
    order: {
      args,
      subjects: (a) => [a.account],
      requires: (doc, a) => doc.balance.get(a.account) >= a.amount || 'insufficient-funds',
      run: (doc, a) => doc.balance.add(a.account, -a.amount),
    },
    /** What people may decide of an account that is overdrawn. */
    owe: {
      args,
      subjects: (a) => [a.account],
      run: (doc, a) => doc.due.add(a.account, a.amount),
    },
    cheque: {
      args: v.object({ account: v.string(), amount, number: v.string() }),
      subjects: (a) => [a.account],
      requires: (doc, a) => doc.cashed.get(a.number) === 0 || 'cashed-before',
      run(doc, a) {
        doc.balance.add(a.account, a.amount);
        doc.cashed.add(a.number, 1);
      },
    },
  });
}

export function bankApp(terms: BankTerms) {
  const {
    opening,
    standIn = 200,
    settleMs = 60_000,
    whenHealed = 'forgive',
    record = 'commit',
  } = terms;
  const { escalateFrom = Number.POSITIVE_INFINITY } = terms;
  return bankActs(opening)
    .invariants({
      nonNegative: {
        record,
        holds: (doc, key) => doc.balance.get(key) + doc.due.get(key) >= 0,
        deficit: (doc, key) => Math.max(0, -doc.balance.get(key) - doc.due.get(key)),
      },
    })
    .compensations({
      nonNegative: {
        settleMs,
        whenHealed,
        restore(doc, found) {
          if (found.violations.length < escalateFrom) {
            return void doc.due.add(found.key, found.deficit);
          }
          const owed = { account: found.key, amount: found.deficit };
          return {
            question: `${found.key} is ${found.deficit} below zero, by ${found.participants.length} acts`,
            choices: [{ label: 'the customer owes it', run: ['owe', owed] }],
          };
        },
        amend(doc, found) {
          doc.balance.add(found.key, -fee);
          doc.due.add(found.key, fee);
        },
      },
    })
    .policy({
      deposit: { nonNegative: safe({ credits: (a) => a.amount }) },
      withdraw: {
        nonNegative: limit({ of: (a) => a.amount, max: standIn, connected: 'local' }),
      },
      pay: { nonNegative: risk() },
      order: { nonNegative: delay() },
      owe: { nonNegative: safe() },
      cheque: { nonNegative: safe() },
    });
}

/** The bank on these terms, with the model that its history is compared with. */
export function bankOf(terms: BankTerms): Setting<BankApp> {
  const { opening, escalateFrom } = terms;
  return { app: bankApp(terms), judge: bankModel({ opening, account, fee, escalateFrom }) };
}

/** What stands on the account, and what is due, as this device shows it. */
export function fundsAt({ handle }: SimulatedDevice<BankApp>): { balance: number; due: number } {
  const { balance, due } = handle.view;
  return { balance: balance.get(account), due: due.get(account) };
}
