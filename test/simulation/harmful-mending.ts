// Accounts whose overdraft is taken out of their team's pot; where the pot is empty it is written off. The
// one may break the pot's rule, the other the rule that not too much is written off.
import type { View } from '@causeway/core';
import { defineApp, risk, safe } from '@causeway/core';
import type { ModelOperation, NaiveModel } from '@causeway/testkit';
import { counter, yjs } from '@causeway/yjs';
import * as v from 'valibot';
import { memberOf } from '../scenarios/member-of.ts';
import type { Setting } from '../scenarios/stage.ts';

export const account = 'ann';
export const team = 'red';
/** The rule bears the team's name, its pot another: only what the rule reads tells that it is concerned. */
const potOf = (name: string): string => `${name}/pot`;
const writtenOffMax = 50;

const on = { account: v.string(), cents: v.pipe(v.number(), v.integer(), v.minValue(1)) };
const ofTeam = { team: v.string(), cents: v.pipe(v.number(), v.integer()) };

function teamActs() {
  return defineApp({
    name: 'harmful-mending',
    version: 1,
    document: yjs((doc) => ({
      balance: counter(doc, 'balance'),
      pots: counter(doc, 'pots'),
      lost: counter(doc, 'lost'),
    })),
  }).operations({
    deposit: {
      args: v.object(on),
      subjects: (a) => [a.account],
      run: (doc, a) => doc.balance.add(a.account, a.cents),
    },
    withdraw: {
      args: v.object(on),
      subjects: (a) => [a.account],
      requires: (doc, a) => doc.balance.get(a.account) >= a.cents || 'not-covered',
      whenStale: 'keep',
      run: (doc, a) => doc.balance.add(a.account, -a.cents),
    },
    fill: {
      args: v.object(ofTeam),
      subjects: (a) => [a.team],
      run: (doc, a) => doc.pots.add(potOf(a.team), a.cents),
    },
  });
}

const teamApp = teamActs()
  .invariants({
    covered: {
      keys: (op) => (op.name === 'fill' ? [] : op.subjects),
      holds: (doc, key) => doc.balance.get(key) >= 0,
      deficit: (doc, key) => Math.max(0, -doc.balance.get(key)),
    },
    potFilled: {
      keys: (op) => (op.name === 'fill' ? op.subjects : []),
      holds: (doc, key) => doc.pots.get(potOf(key)) >= 0,
      deficit: (doc, key) => Math.max(0, -doc.pots.get(potOf(key))),
    },
    /** No operation writes off, so that none names a key of it. */
    notLost: {
      keys: () => [],
      holds: (doc, key) => doc.lost.get(key) <= writtenOffMax,
      deficit: (doc, key) => Math.max(0, doc.lost.get(key) - writtenOffMax),
    },
  })
  .compensations({
    covered: {
      on: 'commit',
      restore(doc, found) {
        doc.balance.add(found.key, found.deficit);
        if (doc.pots.get(potOf(team)) > 0) doc.pots.add(potOf(team), -found.deficit);
        else doc.lost.add(found.key, found.deficit);
      },
    },
  })
  .policy({
    deposit: { '*': safe() },
    withdraw: { covered: risk(), potFilled: safe(), notLost: safe() },
    fill: { '*': safe() },
  });
export type TeamApp = typeof teamApp;

interface Books {
  readonly balance: Record<string, number>;
  readonly lost: Record<string, number>;
  pot: number;
}

const centsOf = ({ args }: ModelOperation): number => Number(memberOf(args, 'cents'));
const whoOf = ({ args }: ModelOperation): string => String(memberOf(args, 'account'));
const plus = (sums: Record<string, number>, key: string, by: number): void => {
  sums[key] = (sums[key] ?? 0) + by;
};

const model: NaiveModel<Books> = {
  initial: () => ({ balance: {}, lost: {}, pot: 0 }),
  refusal({ balance }, operation) {
    if (operation.name !== 'withdraw') return undefined;
    return (balance[whoOf(operation)] ?? 0) >= centsOf(operation) ? undefined : 'not-covered';
  },
  isKept: ({ name }) => name === 'withdraw',
  touches: (operation) =>
    operation.name === 'fill'
      ? [{ invariant: 'potFilled', key: team }]
      : [{ invariant: 'covered', key: whoOf(operation) }],
  apply(books, operation) {
    const cents = centsOf(operation);
    if (operation.name === 'fill') books.pot += cents;
    else plus(books.balance, whoOf(operation), operation.name === 'deposit' ? cents : -cents);
  },
  deficits: ({ balance, lost, pot }) =>
    [
      ...Object.entries(balance).map(([key, is]) => ({ invariant: 'covered', key, deficit: -is })),
      ...Object.entries(lost).map(([key, is]) => ({
        ...{ invariant: 'notLost', key },
        deficit: is - writtenOffMax,
      })),
      { invariant: 'potFilled', key: team, deficit: -pot },
    ].filter(({ deficit }) => deficit > 0),
  compensate(books, { key, deficit }) {
    plus(books.balance, key, deficit);
    if (books.pot > 0) books.pot -= deficit;
    else plus(books.lost, key, deficit);
  },
  content: ({ balance, lost, pot }) => ({ balance, lost, pot }),
};

type Sums = ReturnType<typeof counter>;
type Shown = View<{ readonly balance: Sums; readonly pots: Sums; readonly lost: Sums }>;

export function booksOf(view: unknown): Books {
  const { balance, lost, pots } = view as Shown;
  const read = (sums: View<{ readonly sums: Sums }>['sums']): Record<string, number> =>
    Object.fromEntries([...sums.keys()].map((key) => [key, sums.get(key)]));
  return { balance: read(balance), lost: read(lost), pot: pots.get(potOf(team)) };
}

export const teamSetting: Setting<TeamApp> = {
  app: teamApp,
  judge: { model, projection: (view) => ({ ...booksOf(view) }) },
};
