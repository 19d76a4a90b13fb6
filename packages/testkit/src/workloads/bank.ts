// A bank with cash machines: what was paid out cannot be taken back, what was only booked can. After
// Brewer's cash machine, with the cheque of scenario S18, which the audit voids.
import type { View } from '@causeway/core';
import { defineApp, limit, prohibit, risk, safe } from '@causeway/core';
import { counter, yjs } from '@causeway/yjs';
import * as v from 'valibot';
import type { Random } from '../random.ts';
import { drawTextEdit } from './draw-edit.ts';
import { drawNonsense } from './draw-nonsense.ts';
import { numberIn, textIn } from './read-args.ts';
import type { Sums } from './sums.ts';
import { addTo, sumOf } from './sums.ts';
import { sumsOf, toRecord, trustView } from './trust-view.ts';
import type { Act, NaiveModel, Workload } from './workload.ts';

const opening = { ann: 10, bob: 4 } as const;
const accounts = ['ann', 'bob', 'eve'] as const;
const cheques = ['c1', 'c2', 'c3'] as const;
const fee = 3;

const cents = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000));
const name = v.pipe(v.string(), v.minLength(1), v.maxLength(16));
const args = v.object({ account: name, cents });

const base = defineApp({
  name: 'sim-bank',
  version: 1,
  document: yjs(
    (doc) => ({
      balance: counter(doc, 'balance'),
      owed: counter(doc, 'owed'),
      cashed: counter(doc, 'cashed'),
    }),
    {
      initial(doc) {
        for (const [account, amount] of Object.entries(opening)) doc.balance.add(account, amount);
      },
    },
  ),
  effects: {
    dispense: { payload: v.object({ cents }), runs: 'device', delivery: 'at-most-once' },
  },
}).operations({
  deposit: {
    args,
    subjects: (a) => [a.account],
    run: (doc, a) => doc.balance.add(a.account, a.cents),
  },
  withdraw: {
    args,
    subjects: (a) => [a.account],
    bound: { withinMs: 2_000, onTimeout: 'proceed' },
    requires: (doc, a) => doc.balance.get(a.account) >= a.cents || 'insufficient-funds',
    run(doc, a, op) {
      doc.balance.add(a.account, -a.cents);
      op.effect('dispense', { cents: a.cents });
    },
  },
  cheque: {
    args: v.object({ account: name, cents, number: name }),
    subjects: (a) => [a.account],
    requires: (doc, a) => doc.cashed.get(a.number) === 0 || 'cashed-before',
    run(doc, a) {
      doc.balance.add(a.account, a.cents);
      doc.cashed.add(a.number, 1);
    },
  },
  transfer: {
    args: v.object({ from: name, to: name, cents }),
    subjects: (a) => [a.from, a.to],
    requires: (doc, a) => doc.balance.get(a.from) >= a.cents || 'insufficient-funds',
    run(doc, a) {
      doc.balance.add(a.from, -a.cents);
      doc.balance.add(a.to, a.cents);
    },
  },
});

const app = base
  .invariants({
    covered: {
      record: 'possible',
      margin: (doc, account) => doc.balance.get(account) + doc.owed.get(account),
      holds: (doc, account) => doc.balance.get(account) + doc.owed.get(account) >= 0,
      deficit: (doc, account) => Math.max(0, -doc.balance.get(account) - doc.owed.get(account)),
    },
    cashedOnce: {
      keys: (op) => (op.name === 'cheque' ? [op.args.number] : []),
      holds: (doc, number) => doc.cashed.get(number) <= 1,
    },
  })
  .compensations({
    covered: {
      settleMs: 500,
      restore: (doc, found) => doc.owed.add(found.key, found.deficit),
      amend(doc, found) {
        doc.balance.add(found.key, -fee);
        doc.owed.add(found.key, fee);
      },
    },
  })
  .policy({
    deposit: { covered: safe({ credits: (a) => a.cents }), '*': safe() },
    withdraw: {
      covered: limit({ of: (a) => a.cents, max: 12, connected: 'local' }),
      '*': safe(),
    },
    cheque: { covered: safe({ credits: (a) => a.cents }), '*': safe() },
    transfer: {
      covered: (a, known) =>
        known.mode === 'partitioned' && a.cents > 5 ? prohibit({ connected: 'local' }) : risk(),
      '*': safe(),
    },
  });

interface BankState {
  readonly balance: Sums;
  readonly owed: Sums;
  readonly cashed: Sums;
}

const model: NaiveModel<BankState> = {
  initial: () => ({
    balance: new Map(Object.entries(opening)),
    owed: new Map(),
    cashed: new Map(),
  }),
  refusal(state, { name, args }) {
    if (name === 'deposit') return undefined;
    if (name === 'cheque') {
      return sumOf(state.cashed, textIn(args, 'number')) === 0 ? undefined : 'cashed-before';
    }
    const payer = textIn(args, name === 'withdraw' ? 'account' : 'from');
    const isEnough = sumOf(state.balance, payer) >= numberIn(args, 'cents');
    return isEnough ? undefined : 'insufficient-funds';
  },
  isKept: ({ name }) => name === 'withdraw',
  touches({ name, args }) {
    const members = name === 'transfer' ? ['from', 'to'] : ['account'];
    const covered = members.map((member) => ({
      invariant: 'covered',
      key: textIn(args, member),
    }));
    if (name !== 'cheque') return covered;
    return [...covered, { invariant: 'cashedOnce', key: textIn(args, 'number') }];
  },
  apply(state, { name, args }) {
    const amount = numberIn(args, 'cents');
    if (name === 'transfer') {
      addTo(state.balance, textIn(args, 'from'), -amount);
      addTo(state.balance, textIn(args, 'to'), amount);
      return;
    }
    addTo(state.balance, textIn(args, 'account'), name === 'withdraw' ? -amount : amount);
    if (name === 'cheque') addTo(state.cashed, textIn(args, 'number'), 1);
  },
  deficits(state) {
    const overdrawn = [...state.balance.keys()].map((key) => {
      const covered = sumOf(state.balance, key) + sumOf(state.owed, key);
      return { invariant: 'covered', key, deficit: -covered };
    });
    const doubled = [...state.cashed].map(([key, times]) => {
      return { invariant: 'cashedOnce', key, deficit: times > 1 ? 1 : 0 };
    });
    return [...overdrawn, ...doubled].filter(({ deficit }) => deficit > 0);
  },
  compensate(state, { key, deficit }) {
    if (deficit > 0) addTo(state.owed, key, deficit);
    addTo(state.balance, key, -fee);
    addTo(state.owed, key, fee);
  },
  content: ({ balance, owed, cashed }) => ({
    balance: toRecord(balance),
    owed: toRecord(owed),
    cashed: toRecord(cashed),
  }),
};

type BankView = View<{
  readonly balance: ReturnType<typeof counter>;
  readonly owed: ReturnType<typeof counter>;
  readonly cashed: ReturnType<typeof counter>;
}>;

/** Deposits, withdrawals, cheques and transfers between few accounts with little in them. */
export const bank: Workload<typeof app, BankState> = {
  name: 'bank',
  app,
  addsUp: true,
  draw(random, view) {
    if (random.chance(0.04)) return drawNonsense(random, ['deposit', 'withdraw', 'cheque']);
    if (random.chance(0.08)) return drawTextEdit(random, 'memo');
    return drawPayment(random, trustView<BankView>(view));
  },
  projection(view) {
    const { balance, owed, cashed } = trustView<BankView>(view);
    return { balance: sumsOf(balance), owed: sumsOf(owed), cashed: sumsOf(cashed) };
  },
  model,
};

function drawPayment(random: Random, { balance }: BankView): Act {
  const account = random.pick(accounts);
  const held = Math.max(1, balance.get(account));
  const cents = Math.min(1_000, random.pick([1, random.between(1, 6), held, held + 1]));
  const name = random.pick(['deposit', 'withdraw', 'withdraw', 'cheque', 'transfer'] as const);
  if (name === 'deposit') {
    return { type: 'run', name, args: { account, cents: random.between(1, 4) } };
  }
  if (name === 'cheque') {
    return { type: 'run', name, args: { account, cents, number: random.pick(cheques) } };
  }
  if (name === 'transfer') {
    return { type: 'run', name, args: { from: account, to: random.pick(accounts), cents } };
  }
  return { type: 'run', name, args: { account, cents } };
}
