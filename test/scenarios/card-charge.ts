// An order that is a draft, is placed and then paid for; its charge waits where it cannot be decided.
// Who cancels wins in the state machine, whatever came first.
import type { Json, View } from '@causeway/core';
import { defineApp, delay, safe } from '@causeway/core';
import type { NaiveModel } from '@causeway/testkit';
import { counter, yjs } from '@causeway/yjs';
import * as v from 'valibot';
import { memberOf } from './member-of.ts';
import type { Setting } from './stage.ts';

export const order = 'o-1';
export const cents = 4_200;

const app = defineApp({
  name: 'scenario-charge',
  version: 1,
  document: yjs((doc) => ({
    placed: counter(doc, 'placed'),
    cancelled: counter(doc, 'cancelled'),
    paid: counter(doc, 'paid'),
  })),
  effects: {
    chargeCard: {
      payload: v.object({ order: v.string(), cents: v.number() }),
      ...{ runs: 'primary', delivery: 'at-least-once', withinMs: 5_000 },
    },
  },
})
  .operations({
    place: {
      args: v.object({ order: v.string() }),
      subjects: (a) => [a.order],
      run: (doc, a) => doc.placed.add(a.order, 1),
    },
    cancel: {
      args: v.object({ order: v.string() }),
      subjects: (a) => [a.order],
      run: (doc, a) => doc.cancelled.add(a.order, 1),
    },
    charge: {
      args: v.object({ order: v.string(), cents: v.number() }),
      subjects: (a) => [a.order],
      requires: (doc, a) => stateOf(doc, a.order) === 'placed' || stateOf(doc, a.order),
      run(doc, a, op) {
        doc.paid.add(a.order, 1);
        op.effect('chargeCard', { order: a.order, cents: a.cents });
      },
      preview: (_, a) => ({ [a.order]: 'placed, will be processed' }),
    },
  })
  .invariants({ paidOnce: { holds: (doc, key) => doc.paid.get(key) <= 1 } })
  .policy({
    place: { paidOnce: safe() },
    cancel: { paidOnce: safe() },
    charge: { paidOnce: delay() },
  });
export type ChargeApp = typeof app;
type Shown = View<{
  readonly [root in 'placed' | 'cancelled' | 'paid']: ReturnType<typeof counter>;
}>;

/** The state machine of an order: who cancels wins, whatever came first. */
export function stateOf({ placed, cancelled, paid }: Shown, key: string): string {
  if (cancelled.get(key) > 0) return 'cancelled';
  if (paid.get(key) > 0) return 'paid';
  return placed.get(key) > 0 ? 'placed' : 'draft';
}

interface Books {
  readonly placed: Set<string>;
  readonly cancelled: Set<string>;
  readonly paid: Map<string, number>;
}
const model: NaiveModel<Books> = {
  initial: () => ({ placed: new Set(), cancelled: new Set(), paid: new Map() }),
  refusal({ placed, cancelled, paid }, { name, args }) {
    const key = String(memberOf(args, 'order'));
    if (name !== 'charge') return undefined;
    if (cancelled.has(key)) return 'cancelled';
    if (paid.has(key)) return 'paid';
    return placed.has(key) ? undefined : 'draft';
  },
  isKept: ({ name }) => name === 'charge',
  effects: ({ name, args }) => (name === 'charge' ? [{ name: 'chargeCard', payload: args }] : []),
  touches: ({ args }) => [{ invariant: 'paidOnce', key: String(memberOf(args, 'order')) }],
  apply({ placed, cancelled, paid }, { name, args }) {
    const key = String(memberOf(args, 'order'));
    if (name === 'place') placed.add(key);
    else if (name === 'cancel') cancelled.add(key);
    else paid.set(key, (paid.get(key) ?? 0) + 1);
  },
  deficits: ({ paid }) =>
    [...paid]
      .filter(([, times]) => times > 1)
      .map(([key]) => ({ invariant: 'paidOnce', key, deficit: 1 })),
  compensate: () => undefined,
  content: ({ placed, cancelled, paid }): Json => ({
    placed: placed.has(order),
    cancelled: cancelled.has(order),
    paid: paid.get(order) ?? 0,
  }),
};

export const cardCharge: Setting<ChargeApp> = {
  app,
  judge: {
    model,
    projection(view: unknown): Json {
      const { placed, cancelled, paid } = view as Shown;
      const [isPlaced, isCancelled] = [placed.get(order) > 0, cancelled.get(order) > 0];
      return { placed: isPlaced, cancelled: isCancelled, paid: paid.get(order) };
    },
  },
};
