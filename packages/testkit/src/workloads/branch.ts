// A branch of a bank: what only the bank's own computer may decide, what one counter may decide alone
// while it holds the key, and people who wait for so long and no longer.
import type { Share, View } from '@causeway/core';
import { defineApp, delay, home, limit, safe } from '@causeway/core';
import { counter, yjs } from '@causeway/yjs';
import * as v from 'valibot';
import type { Random } from '../random.ts';
import { numberIn, textIn } from './read-args.ts';
import type { Sums } from './sums.ts';
import { addTo, sumOf } from './sums.ts';
import { sumsOf, toRecord, trustView } from './trust-view.ts';
import type { Act, ModelOperation, NaiveModel, Workload } from './workload.ts';

const opening = { ann: 12, bob: 5 } as const;
const accounts = ['ann', 'bob'] as const;
const rates = ['savings', 'loans'] as const;
/** No rule says so, but `reprice` asks. */
const rateMax = 6;

const cents = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000));
const name = v.pipe(v.string(), v.minLength(1), v.maxLength(16));
const args = v.object({ account: name, cents });

const app = defineApp({
  name: 'sim-branch',
  version: 1,
  document: yjs(
    (doc) => ({
      balance: counter(doc, 'balance'),
      owed: counter(doc, 'owed'),
      rate: counter(doc, 'rate'),
    }),
    {
      initial(doc) {
        for (const [account, amount] of Object.entries(opening)) doc.balance.add(account, amount);
        for (const rate of rates) doc.rate.add(rate, 3);
      },
    },
  ),
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
      requires: (doc, a) => doc.balance.get(a.account) >= a.cents || 'insufficient-funds',
      run(doc, a, op) {
        doc.balance.add(a.account, -a.cents);
        op.effect('dispense', { cents: a.cents });
      },
    },
    bill: {
      args,
      subjects: (a) => [a.account],
      requires: (doc, a) => doc.balance.get(a.account) >= a.cents || 'insufficient-funds',
      run: (doc, a) => doc.balance.add(a.account, -a.cents),
      preview: (doc, a) => ({ [a.account]: doc.balance.get(a.account) - a.cents }),
    },
    // Asks nothing before it is run: whether it may is the rule's to say.
    charge: {
      args,
      subjects: (a) => [a.account],
      run: (doc, a) => doc.balance.add(a.account, -a.cents),
    },
    reprice: {
      args: v.object({ rate: v.picklist(rates), by: v.pipe(v.number(), v.integer()) }),
      subjects: (a) => [a.rate],
      requires: (doc, a) => judgeRate(doc.rate.get(a.rate) + a.by) ?? true,
      run: (doc, a) => doc.rate.add(a.rate, a.by),
    },
  })
  .invariants({
    covered: {
      keys: (op) => ('account' in op.args ? [op.args.account] : []),
      holds: (doc, account) => doc.balance.get(account) + doc.owed.get(account) >= 0,
      deficit: (doc, account) => Math.max(0, -doc.balance.get(account) - doc.owed.get(account)),
    },
    positive: {
      keys: (op) => (op.name === 'reprice' ? [op.args.rate] : []),
      holds: (doc, rate) => !rates.includes(rate as never) || doc.rate.get(rate) >= 1,
    },
  })
  .compensations({
    covered: {
      settleMs: 300,
      restore: (doc, found) => doc.owed.add(found.key, found.deficit),
    },
  })
  .policy({
    deposit: { covered: safe({ credits: (a) => a.cents }), positive: safe() },
    withdraw: { covered: limit({ of: (a) => a.cents, max: 8 }), positive: safe() },
    bill: { covered: delay(), positive: safe() },
    charge: { covered: delay(), positive: safe() },
    reprice: {
      covered: safe(),
      positive: home((a) => a.rate, { leaseMs: 20_000, otherwise: delay() }),
    },
  });

function judgeRate(after: number): string | undefined {
  if (after < 1) return 'too-low';
  return after > rateMax ? 'too-high' : undefined;
}

interface BranchState {
  readonly balance: Sums;
  readonly owed: Sums;
  readonly rate: Sums;
}

const accountOf = ({ args }: ModelOperation): string => textIn(args, 'account');

const model: NaiveModel<BranchState> = {
  initial: () => ({
    balance: new Map(Object.entries(opening)),
    owed: new Map(),
    rate: new Map(rates.map((rate) => [rate, 3])),
  }),
  refusal(state, operation) {
    const { name, args } = operation;
    if (name === 'deposit' || name === 'charge') return undefined;
    if (name === 'reprice') {
      const after = sumOf(state.rate, textIn(args, 'rate')) + numberIn(args, 'by');
      if (after > rateMax) return 'too-high';
      return after >= 1 ? undefined : 'too-low';
    }
    const isEnough = sumOf(state.balance, accountOf(operation)) >= numberIn(args, 'cents');
    return isEnough ? undefined : 'insufficient-funds';
  },
  isKept: ({ name }) => name === 'withdraw',
  homeOf: ({ name, args }) => (name === 'reprice' ? textIn(args, 'rate') : undefined),
  touches(operation) {
    const { name, args } = operation;
    if (name === 'reprice') return [{ invariant: 'positive', key: textIn(args, 'rate') }];
    return [{ invariant: 'covered', key: accountOf(operation) }];
  },
  apply(state, operation) {
    const { name, args } = operation;
    if (name === 'reprice') {
      addTo(state.rate, textIn(args, 'rate'), numberIn(args, 'by'));
      return;
    }
    const amount = numberIn(args, 'cents');
    addTo(state.balance, accountOf(operation), name === 'deposit' ? amount : -amount);
  },
  deficits(state) {
    const overdrawn = [...state.balance.keys()].map((key) => {
      const covered = sumOf(state.balance, key) + sumOf(state.owed, key);
      return { invariant: 'covered', key, deficit: -covered };
    });
    const tooLow = rates.map((key) => {
      return { invariant: 'positive', key, deficit: sumOf(state.rate, key) >= 1 ? 0 : 1 };
    });
    return [...overdrawn, ...tooLow].filter(({ deficit }) => deficit > 0);
  },
  compensate: (state, { key, deficit }) => addTo(state.owed, key, deficit),
  content: ({ balance, owed, rate }) => ({
    balance: toRecord(balance),
    owed: toRecord(owed),
    rate: toRecord(rate),
  }),
};

type BranchView = View<{
  readonly balance: ReturnType<typeof counter>;
  readonly owed: ReturnType<typeof counter>;
  readonly rate: ReturnType<typeof counter>;
}>;

/** Deposits, cash, bills and rates, and keys that are held and given back. */
export const branch: Workload<typeof app, BranchState> = {
  name: 'branch',
  app,
  addsUp: true,
  neverBroken: ['positive'],
  draw(random, view) {
    if (random.chance(0.12)) return drawKey(random);
    const { balance, rate } = trustView<BranchView>(view);
    const how = random.chance(0.5) ? { how: drawHow(random) } : {};
    if (random.chance(0.25)) {
      const name = random.pick(rates);
      const by = random.pick([1, 3, -1, -rate.get(name) + 1]);
      return { type: 'run', name: 'reprice', args: { rate: name, by }, ...how };
    }
    const account = random.pick(accounts);
    const held = Math.max(1, balance.get(account));
    const cents = Math.min(1_000, random.pick([1, random.between(1, 6), held, held + 1]));
    const name = random.pick([
      'deposit',
      'deposit',
      'withdraw',
      'withdraw',
      'bill',
      'charge',
    ] as const);
    return { type: 'run', name, args: { account, cents }, ...how };
  },
  projection(view) {
    const { balance, owed, rate } = trustView<BranchView>(view);
    return { balance: sumsOf(balance), owed: sumsOf(owed), rate: sumsOf(rate) };
  },
  model,
};

function drawKey(random: Random): Act {
  const share: Share = random.chance(0.7) ? 'exclusive' : 'shared';
  const what = random.chance(0.7) ? 'reserve' : 'release';
  return { type: 'key', what, key: random.pick(rates), share };
}

/** People who wait for so long only, and people who think better of it. */
function drawHow(random: Random): NonNullable<Extract<Act, { type: 'run' }>['how']> {
  const onTimeout = random.pick(['cancel', 'proceed', 'delay'] as const);
  const bound = { withinMs: random.pick([50, 500, 3_000]), onTimeout };
  return {
    ...(random.chance(0.6) && { bound }),
    ...(random.chance(0.25) && { expiresInMs: random.pick([100, 2_000, 10_000]) }),
    ...(random.chance(0.15) && { isRegretted: true }),
  };
}
