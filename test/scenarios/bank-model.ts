// The bank once more, so naive that one sees it is right: plain numbers, operations in commit order.
import type { Json, View } from '@causeway/core';
import type { ModelOperation, NaiveModel } from '@causeway/testkit';
import type { counter } from '@causeway/yjs';
import { memberOf } from './member-of.ts';
import type { Setting } from './stage.ts';

interface Books {
  readonly balance: Map<string, number>;
  readonly due: Map<string, number>;
  readonly cashed: Map<string, number>;
}
type Shown = View<{ readonly [root in keyof Books]: ReturnType<typeof counter> }>;

const none = 'insufficient-funds';
const accountOf = ({ args }: ModelOperation): string => String(memberOf(args, 'account'));
const amountOf = ({ args }: ModelOperation): number => Number(memberOf(args, 'amount'));
const numberOf = ({ args }: ModelOperation): string => String(memberOf(args, 'number'));
const add = (sums: Map<string, number>, key: string, by: number): void => {
  sums.set(key, (sums.get(key) ?? 0) + by);
};

export function bankModel(o: {
  readonly opening: number;
  readonly account: string;
  readonly fee: number;
  /** A case with so many violations is for people. */
  readonly escalateFrom?: number | undefined;
}): Setting<never>['judge'] {
  const model: NaiveModel<Books> = {
    initial: () => ({
      balance: new Map([[o.account, o.opening]]),
      due: new Map(),
      cashed: new Map(),
    }),
    refusal({ balance, cashed }, operation) {
      if (operation.name === 'deposit' || operation.name === 'owe') return undefined;
      if (operation.name === 'cheque') {
        return cashed.has(numberOf(operation)) ? 'cashed-before' : undefined;
      }
      return (balance.get(accountOf(operation)) ?? 0) < amountOf(operation) ? none : undefined;
    },
    isKept: ({ name }) => name === 'withdraw',
    touches: (operation) => [{ invariant: 'nonNegative', key: accountOf(operation) }],
    apply({ balance, due, cashed }, operation) {
      const { name } = operation;
      if (name === 'owe') return add(due, accountOf(operation), amountOf(operation));
      const sign = name === 'deposit' || name === 'cheque' ? 1 : -1;
      add(balance, accountOf(operation), sign * amountOf(operation));
      if (name === 'cheque') add(cashed, numberOf(operation), 1);
    },
    deficits: ({ balance, due }) =>
      [...balance]
        .map(([key, held]) => ({
          ...{ invariant: 'nonNegative', key },
          deficit: -held - (due.get(key) ?? 0),
        }))
        .filter(({ deficit }) => deficit > 0),
    isForPeople: (_books, { violations }) => violations >= (o.escalateFrom ?? Infinity),
    compensate({ balance, due }, { key, deficit }) {
      add(due, key, deficit + o.fee);
      add(balance, key, -o.fee);
    },
    content: ({ balance, due, cashed }) => ({
      balance: sorted(balance),
      due: sorted(due),
      cashed: sorted(cashed),
    }),
  };
  return { model, projection: (view) => project(view as Shown) };
}

function project({ balance, due, cashed }: Shown): Json {
  const read = (sums: Shown['due']): Json =>
    sorted([...sums.keys()].map((key) => [key, sums.get(key)] as const));
  return { balance: read(balance), due: read(due), cashed: read(cashed) };
}

function sorted(sums: Iterable<readonly [string, number]>): Json {
  return Object.fromEntries([...sums].sort(([a], [b]) => (a < b ? -1 : 1)));
}
