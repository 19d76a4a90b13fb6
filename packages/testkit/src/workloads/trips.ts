// Trips of several bookings that are wanted together or not at all, of things of which there are few.
// After the hotel, car and flight of scenario S12.
import type { Counter, Json, View } from '@causeway/core';
import { defineApp, delay, safe } from '@causeway/core';
import { counter, yjs } from '@causeway/yjs';
import * as v from 'valibot';
import type { Random } from '../random.ts';
import { drawNonsense } from './draw-nonsense.ts';
import { numberIn, textIn, textsIn } from './read-args.ts';
import type { Sums } from './sums.ts';
import { addTo, sumOf } from './sums.ts';
import { sumsOf, toRecord, trustView } from './trust-view.ts';
import type { Act, ModelStep, NaiveModel, Workload } from './workload.ts';

const opening = { hotel: 3, car: 2, flight: 1 } as const;
const kinds = ['hotel', 'car', 'flight'] as const;
const people = ['ann', 'bob', 'eve'] as const;

const kind = v.picklist(kinds);
const who = v.picklist(people);
const booking = v.object({ kind, who });
const amount = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(9));

interface TripRoots {
  readonly free: Counter;
  readonly booked: Counter;
  readonly notes: Counter;
}
interface Booking {
  readonly kind: string;
  readonly who: string;
}
const nameOf = (a: Booking): string => `${a.kind}/${a.who}`;
const subjects = (a: Booking): readonly string[] => [a.kind, nameOf(a)];

const base = defineApp({
  name: 'sim-trips',
  version: 1,
  document: yjs(
    (doc): TripRoots => ({
      free: counter(doc, 'free'),
      booked: counter(doc, 'booked'),
      notes: counter(doc, 'notes'),
    }),
    {
      initial(doc) {
        for (const [name, count] of Object.entries(opening)) doc.free.add(name, count);
      },
    },
  ),
  effects: {
    letter: { payload: booking, runs: 'primary', delivery: 'at-least-once' },
  },
});

function take(doc: TripRoots, a: Booking): void {
  doc.free.add(a.kind, -1);
  doc.booked.add(nameOf(a), 1);
}

const withOperations = base.operations({
  book: {
    args: booking,
    subjects,
    requires: (doc, a) => doc.free.get(a.kind) > 0 || 'sold-out',
    run(doc, a, op) {
      take(doc, a);
      op.effect('letter', a);
    },
  },
  /** As `book`, but that the rule alone keeps it from what there is not. */
  seize: { args: booking, subjects, run: take },
  cancel: {
    args: booking,
    subjects,
    requires: (doc, a) => doc.booked.get(nameOf(a)) > 0 || 'not-booked',
    run(doc, a) {
      doc.free.add(a.kind, 1);
      doc.booked.add(nameOf(a), -1);
    },
  },
  /** What was used cannot be cancelled any more. */
  use: {
    args: booking,
    subjects,
    requires: (doc, a) => doc.booked.get(nameOf(a)) > 0 || 'not-booked',
    run: (doc, a) => doc.booked.add(nameOf(a), -1),
  },
  note: {
    args: booking,
    subjects: (a) => [nameOf(a)],
    run: (doc, a) => doc.notes.add(nameOf(a), 1),
  },
  supply: {
    args: v.object({ kind, amount }),
    subjects: (a) => [a.kind],
    run: (doc, a) => doc.free.add(a.kind, a.amount),
  },
});

const app = withOperations
  .sagas({
    trip: {
      args: v.object({ who }),
      steps: (a) => [
        {
          run: ['book', { kind: 'hotel', who: a.who }],
          undo: ['cancel', { kind: 'hotel', who: a.who }],
        },
        { run: ['note', { kind: 'hotel', who: a.who }] },
        {
          run: ['book', { kind: 'car', who: a.who }],
          undo: ['cancel', { kind: 'car', who: a.who }],
          retriesMax: 2,
        },
        {
          run: ['seize', { kind: 'flight', who: a.who }],
          undo: ['cancel', { kind: 'flight', who: a.who }],
        },
      ],
    },
    tour: {
      args: v.object({ who, kinds: v.pipe(v.array(kind), v.maxLength(6)) }),
      steps: (a) =>
        a.kinds.map((one) => ({
          run: ['book', { kind: one, who: a.who }] as const,
          undo: ['cancel', { kind: one, who: a.who }] as const,
        })),
    },
  })
  .invariants({
    stocked: {
      holds: (doc, key) => doc.free.get(key) >= 0,
      deficit: (doc, key) => Math.max(0, -doc.free.get(key)),
    },
  })
  .policy({
    book: { stocked: delay() },
    seize: { stocked: delay() },
    cancel: { stocked: delay() },
    use: { stocked: safe() },
    note: { stocked: safe() },
    supply: { stocked: safe() },
  });

export type TripApp = typeof app;

interface TripState {
  readonly free: Sums;
  readonly booked: Sums;
  readonly notes: Sums;
}

const bookingIn = (args: Json): string => `${textIn(args, 'kind')}/${textIn(args, 'who')}`;

function modelSteps(name: string, args: Json): readonly ModelStep[] {
  const person = textIn(args, 'who');
  const step = (run: string, one: string, more: Partial<ModelStep> = {}): ModelStep => {
    const about = { kind: one, who: person };
    return { run: [run, about], undo: ['cancel', about], retriesMax: 0, ...more };
  };
  if (name === 'tour') return textsIn(args, 'kinds').map((one) => step('book', one));
  return [
    step('book', 'hotel'),
    step('note', 'hotel', { undo: undefined }),
    step('book', 'car', { retriesMax: 2 }),
    step('seize', 'flight'),
  ];
}

const model: NaiveModel<TripState> = {
  initial: () => ({ free: new Map(Object.entries(opening)), booked: new Map(), notes: new Map() }),
  refusal({ free, booked }, { name, args }) {
    if (name === 'book') return sumOf(free, textIn(args, 'kind')) > 0 ? undefined : 'sold-out';
    if (name !== 'cancel' && name !== 'use') return undefined;
    return sumOf(booked, bookingIn(args)) > 0 ? undefined : 'not-booked';
  },
  isKept: ({ name }) => name === 'book',
  touches({ name, args }) {
    // A note is about a booking, of which there is no rule; yet the engine asks all the same.
    const key = name === 'note' ? bookingIn(args) : textIn(args, 'kind');
    const stocked = { invariant: 'stocked', key };
    if (name === 'note' || name === 'supply') return [stocked];
    return [stocked, { invariant: 'stocked', key: bookingIn(args) }];
  },
  apply({ free, booked, notes }, { name, args }) {
    if (name === 'note') return addTo(notes, bookingIn(args), 1);
    if (name === 'supply') return addTo(free, textIn(args, 'kind'), numberIn(args, 'amount'));
    const isTaken = name === 'book' || name === 'seize';
    if (name !== 'use') addTo(free, textIn(args, 'kind'), isTaken ? -1 : 1);
    addTo(booked, bookingIn(args), isTaken ? 1 : -1);
  },
  stepsOf: modelSteps,
  deficits: ({ free }) =>
    [...free]
      .map(([key, count]) => ({ invariant: 'stocked', key, deficit: -count }))
      .filter(({ deficit }) => deficit > 0),
  compensate: () => undefined,
  content: ({ free, booked, notes }) => ({
    free: toRecord(free),
    booked: toRecord(booked),
    notes: toRecord(notes),
  }),
};

type TripView = View<TripRoots>;

/** Sagas beside single bookings, supplies, and people who use what a saga would take back. */
export const trips: Workload<TripApp, TripState> = {
  name: 'trips',
  app,
  addsUp: true,
  neverBroken: ['stocked'],
  draw(random, view) {
    if (random.chance(0.03)) return drawNonsense(random, ['book', 'cancel']);
    return random.chance(0.4) ? drawSaga(random) : drawOne(random, trustView<TripView>(view));
  },
  projection(view) {
    const { free, booked, notes } = trustView<TripView>(view);
    return { free: sumsOf(free), booked: sumsOf(booked), notes: sumsOf(notes) };
  },
  model,
};

function drawSaga(random: Random): Act {
  if (random.chance(0.3)) return { type: 'abort-saga', which: random.below(64) };
  const person = random.pick(people);
  const isRegretted = random.chance(0.1);
  if (random.chance(0.5)) {
    return { type: 'saga', name: 'trip', args: { who: person }, isRegretted };
  }
  const wanted = Array.from({ length: random.below(5) }, () => random.pick(kinds));
  return { type: 'saga', name: 'tour', args: { who: person, kinds: wanted }, isRegretted };
}

function drawOne(random: Random, { booked }: TripView): Act {
  const about = { kind: random.pick(kinds), who: random.pick(people) };
  if (booked.get(nameOf(about)) > 0 && random.chance(0.3)) {
    return { type: 'run', name: random.pick(['cancel', 'use']), args: about };
  }
  const name = random.pick(['book', 'seize', 'note', 'note', 'supply', 'supply', 'cancel']);
  if (name !== 'supply') return { type: 'run', name, args: about };
  return { type: 'run', name, args: { kind: about.kind, amount: random.between(1, 2) } };
}
