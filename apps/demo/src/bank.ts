// The demonstration's bank: what cash machines may do, what must hold, how a broken rule is mended and
// what is allowed meanwhile. Loaded by the page and by the relay's primary: no browser, no Node.
import { defineApp, limit, safe } from '@causeway/core';
import { counter, yjs } from '@causeway/yjs';
import * as v from 'valibot';

/** Every new document opens with this much in Ann's account; all other accounts are empty. */
export const openingCents = 100_00;
export const openingAccount = 'ann';
/** What one cut-off machine may pay out, net of deposits, before the bank hears of it. */
export const limitCents = 200_00;
/** What an overdraft costs, once per case. */
export const feeCents = 25_00;
/** How long a broken rule may heal by itself. Short, because somebody is watching. */
const settleMs = 1_500;

const cents = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000_000_00));
const args = v.object({
  account: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  cents,
  /** Which machine, as a statement would print it. */
  at: v.optional(v.pipe(v.string(), v.maxLength(64))),
});

/** The bank. `withdraw` hands out cash, which no merge can take back: hence limit and fee. */
export const app = defineApp({
  name: 'bank',
  version: 1,
  document: yjs((doc) => ({ balance: counter(doc, 'balance'), owed: counter(doc, 'owed') }), {
    initial: (doc) => doc.balance.add(openingAccount, openingCents),
  }),
  effects: {
    dispense: { payload: v.object({ cents }), runs: 'device', delivery: 'at-most-once' },
  },
})
  .operations({
    deposit: {
      args,
      subjects: (a) => [a.account],
      run: (doc, a) => doc.balance.add(a.account, a.cents),
    },
    withdraw: {
      args,
      subjects: (a) => [a.account],
      bound: { withinMs: 2_000, onTimeout: 'proceed' }, // A slow bank is a partition.
      requires: (doc, a) => doc.balance.get(a.account) >= a.cents || 'insufficient-funds',
      run(doc, a, op) {
        doc.balance.add(a.account, -a.cents);
        op.effect('dispense', { cents: a.cents });
      },
    },
  })
  .invariants({
    // What is overdrawn is owed.
    covered: {
      holds: (doc, account) => doc.balance.get(account) + doc.owed.get(account) >= 0,
      deficit: (doc, account) => Math.max(0, -doc.balance.get(account) - doc.owed.get(account)),
    },
  })
  .compensations({
    covered: {
      settleMs,
      restore: (doc, found) => doc.owed.add(found.key, found.deficit),
      amend(doc, found) {
        doc.balance.add(found.key, -feeCents);
        doc.owed.add(found.key, feeCents);
      },
    },
  })
  .policy({
    deposit: { covered: safe({ credits: (a) => a.cents }) },
    // While connected, too, a machine pays at once: the bank's answer would cost a round trip.
    withdraw: { covered: limit({ of: (a) => a.cents, max: limitCents, connected: 'local' }) },
  });
