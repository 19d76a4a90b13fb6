// Seats that are taken once each: overbooked while cut off, settled afterwards (scenario S6's cousin).
import type { Claims, Counter, View } from '@causeway/core';
import { defineApp, prohibit, risk, safe } from '@causeway/core';
import { claims, counter, yjs } from '@causeway/yjs';
import * as v from 'valibot';
import type { Random } from '../random.ts';
import { drawNonsense } from './draw-nonsense.ts';
import type { ModelClaim } from './model-claims.ts';
import {
  crowded,
  holdersOf,
  modelHolders,
  rejudge,
  settleClaims,
  shownHolders,
} from './model-claims.ts';
import { textIn } from './read-args.ts';
import type { Sums } from './sums.ts';
import { addTo } from './sums.ts';
import { sumsOf, toRecord, trustView } from './trust-view.ts';
import type { Act, NaiveModel, Workload } from './workload.ts';

const seatNames = ['1a', '1b', '2a'] as const;
const people = ['ann', 'bob', 'eve'] as const;
/** Whoever paid for this one is not moved by a rule. */
const forPeople = '2a';
const isForPeople = ({ key }: { readonly key: string }): boolean => key === forPeople;

interface Passenger {
  readonly who: string;
}
const args = v.object({ seat: v.picklist(seatNames), who: v.string() });

const app = defineApp({
  name: 'sim-seats',
  version: 1,
  document: yjs((doc) => ({
    seats: claims<Passenger>(doc, 'seats'),
    apologies: counter(doc, 'apologies'),
  })),
  effects: {
    ticket: { payload: args, runs: 'device', delivery: 'at-least-once' },
  },
})
  .operations({
    take: {
      args,
      subjects: (a) => [a.seat],
      run: (doc, a) => doc.seats.claim([a.seat], { who: a.who }),
    },
    sell: {
      args,
      subjects: (a) => [a.seat],
      requires: (doc, a) => doc.seats.at(a.seat) === undefined || 'sold',
      run(doc, a, op) {
        doc.seats.claim([a.seat], { who: a.who });
        op.effect('ticket', a);
      },
    },
    ask: {
      args,
      subjects: (a) => [a.seat],
      requires: (doc, a) => doc.seats.at(a.seat) === undefined || 'sold',
      run: (doc, a) => doc.seats.claim([a.seat], { who: a.who }),
    },
    release: {
      args: v.object({ claim: v.string(), seat: v.picklist(seatNames) }),
      subjects: (a) => [a.seat],
      requires: (doc, a) => doc.seats.get(a.claim)?.slot === a.seat || 'not-there',
      run: (doc, a) => doc.seats.release(a.claim),
    },
  })
  .invariants({
    exclusive: {
      holds: (doc, seat) => doc.seats.holders(seat).length <= 1,
      deficit: (doc, seat) => Math.max(0, doc.seats.holders(seat).length - 1),
    },
  })
  .compensations({
    exclusive: {
      settleMs: 200,
      whenHealed: 'amend',
      restore(doc, found) {
        if (!isForPeople(found)) return void doc.seats.settle(found.key);
        return {
          question: `Who sits in ${found.key}?`,
          resolvers: ['agent'],
          choices: doc.seats.holders(found.key).map(({ id, value }, index) => ({
            label: `${index + 1}: not ${value.who}`,
            run: ['release', { claim: id, seat: found.key as typeof forPeople }],
          })),
        };
      },
      amend: (doc, found) => doc.apologies.add(found.key, 1),
    },
  })
  .policy({
    take: { exclusive: risk() },
    sell: { exclusive: risk() },
    ask: { exclusive: prohibit({ connected: 'local' }) },
    release: { exclusive: safe() },
  });

interface SeatsState {
  claims: ModelClaim[];
  readonly apologies: Sums;
}

const model: NaiveModel<SeatsState> = {
  initial: () => ({ claims: [], apologies: new Map() }),
  refusal({ claims }, { name, args }) {
    if (name === 'take') return undefined;
    const seat = textIn(args, 'seat');
    if (name !== 'release') return holdersOf(claims, seat).length === 0 ? undefined : 'sold';
    const named = claims.find(({ id }) => id === textIn(args, 'claim'));
    return named?.slot === seat ? undefined : 'not-there';
  },
  isKept: ({ name }) => name === 'sell',
  touches: ({ args }) => [{ invariant: 'exclusive', key: textIn(args, 'seat') }],
  apply(state, { id, name, args }) {
    const seat = textIn(args, 'seat');
    if (name === 'release') {
      state.claims = state.claims.filter((claim) => claim.id !== textIn(args, 'claim'));
    } else {
      const who = textIn(args, 'who');
      state.claims.push({ id, who, wanted: [seat], slot: seat, isMoved: false });
    }
  },
  isForPeople: (_state, broken) => isForPeople(broken),
  deficits: ({ claims }) => crowded(claims, seatNames, 'exclusive'),
  compensate({ claims, apologies }, { key, deficit }) {
    if (deficit > 0) settleClaims(claims, key);
    addTo(apologies, key, 1);
  },
  mended: (before, after, { key }) => ({
    redo: ({ apologies }) => addTo(apologies, key, 1),
    judge: ({ claims }) => rejudge(claims, { before: before.claims, after: after.claims }),
  }),
  content: ({ claims, apologies }) => ({
    seats: modelHolders(claims, seatNames),
    apologies: toRecord(apologies),
  }),
};

type SeatsView = View<{ readonly seats: Claims<Passenger>; readonly apologies: Counter }>;

/** Three seats, and always somebody who wants one. */
export const seats: Workload<typeof app, SeatsState> = {
  name: 'seats',
  app,
  people: {
    userOf: (device) => (/^[AB]/.test(device) ? 'desk' : 'anonymous'),
    rolesOf: (user) => (user === 'desk' ? ['agent'] : []),
  },
  draw(random, view) {
    if (random.chance(0.04)) return drawNonsense(random, ['take', 'sell', 'release']);
    return drawBooking(random, trustView<SeatsView>(view));
  },
  projection(view) {
    const { seats, apologies } = trustView<SeatsView>(view);
    return { seats: shownHolders(seats, seatNames), apologies: sumsOf(apologies) };
  },
  model,
};

function drawBooking(random: Random, { seats }: SeatsView): Act {
  const seat = random.pick(seatNames);
  const holder = seats.at(seat);
  const isLeaving = holder !== undefined && random.chance(0.5);
  if (isLeaving) return { type: 'run', name: 'release', args: { claim: holder.id, seat } };
  const name = random.pick(['take', 'sell', 'sell', 'ask']);
  return { type: 'run', name, args: { seat, who: random.pick(people) } };
}
