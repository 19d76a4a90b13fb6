// One flight with two seats, and the people who sell them: who is confirmed has a promise in the mail,
// so that no rule bumps anybody. An agent decides.
import type { Json, View } from '@causeway/core';
import { defineApp, delay, risk, safe } from '@causeway/core';
import type { ModelOperation, NaiveModel, SimulatedDevice } from '@causeway/testkit';
import { claims, counter, yjs } from '@causeway/yjs';
import * as v from 'valibot';
import { memberOf } from './member-of.ts';
import type { Setting } from './stage.ts';

export const flight = 'LH1';
const seats = 2;
const passenger = v.string();

/** What may be done about seats. */
function airlineActs() {
  return defineApp({
    name: 'scenario-airline',
    version: 1,
    document: yjs((doc) => ({
      seats: claims<string>(doc, 'seats'),
      vouchers: counter(doc, 'vouchers'),
    })),
    effects: {
      confirmation: { payload: passenger, runs: 'primary', delivery: 'at-least-once' },
      voucher: { payload: passenger, runs: 'primary', delivery: 'at-least-once' },
      message: { payload: v.string(), runs: 'primary', delivery: 'at-least-once' },
    },
  }).operations({
    confirm: {
      args: v.object({ passenger }),
      subjects: () => [flight],
      requires: (doc) => doc.seats.holders(flight).length < seats || 'full',
      run(doc, a, op) {
        doc.seats.claim([flight], a.passenger);
        op.effect('confirmation', a.passenger);
      },
    },
    /** The passenger's own wish. */
    cancel: {
      args: v.object({ claim: v.string(), passenger }),
      subjects: () => [flight],
      run: (doc, a) => doc.seats.release(a.claim),
    },
    bump: {
      args: v.object({ claim: v.string(), passenger }),
      subjects: () => [flight],
      requires: (doc, a) => doc.seats.get(a.claim)?.slot === flight || 'not-seated',
      run(doc, a, op) {
        doc.seats.release(a.claim);
        doc.vouchers.add(a.passenger, 1);
        op.effect('voucher', a.passenger);
        op.effect('message', `${a.passenger} cannot fly with ${flight}`);
      },
    },
  });
}

/** Without `resolvers` everybody may decide. */
function airlineApp(confirm: 'risk' | 'delay', resolvers?: readonly string[]) {
  return airlineActs()
    .invariants({
      seated: {
        holds: (doc, key) => doc.seats.holders(key).length <= seats,
        deficit: (doc, key) => Math.max(0, doc.seats.holders(key).length - seats),
      },
    })
    .compensations({
      seated: {
        settleMs: 1_000,
        restore: (doc, found) => ({
          question: `${found.key} is overbooked by ${found.deficit}: who gives up the seat?`,
          ...(resolvers && { resolvers }),
          choices: doc.seats.holders(found.key).map(({ id, value }) => ({
            label: value,
            run: ['bump', { claim: id, passenger: value }],
          })),
        }),
      },
    })
    .policy({
      confirm: { seated: confirm === 'risk' ? risk() : delay() },
      cancel: { seated: safe() },
      bump: { seated: safe() },
    });
}
export type AirlineApp = ReturnType<typeof airlineApp>;

/** For a relay that knows nobody's roles: whoever is asked may decide. */
export const everybodysAirline = airlineApp('risk');

interface Cabin {
  seated: { readonly claim: string; readonly who: string }[];
  readonly vouchers: Record<string, number>;
}

const whoOf = ({ args }: ModelOperation): string => String(memberOf(args, 'passenger'));

const model: NaiveModel<Cabin> = {
  initial: () => ({ seated: [], vouchers: {} }),
  refusal({ seated }, operation) {
    if (operation.name === 'confirm') return seated.length < seats ? undefined : 'full';
    if (operation.name === 'cancel') return undefined;
    return seated.some(({ who }) => who === whoOf(operation)) ? undefined : 'not-seated';
  },
  isKept: ({ name }) => name !== 'cancel',
  touches: () => [{ invariant: 'seated', key: flight }],
  isForPeople: () => true,
  apply(cabin, operation) {
    const who = whoOf(operation);
    if (operation.name === 'confirm') cabin.seated.push({ claim: operation.id, who });
    else cabin.seated = cabin.seated.filter((one) => one.who !== who);
    if (operation.name === 'bump') cabin.vouchers[who] = (cabin.vouchers[who] ?? 0) + 1;
  },
  deficits: ({ seated }) =>
    seated.length > seats
      ? [{ invariant: 'seated', key: flight, deficit: seated.length - seats }]
      : [],
  compensate() {
    throw new Error('nobody is bumped by a rule');
  },
  content: ({ seated, vouchers }) => ({ seated: seated.map(({ who }) => who), vouchers }),
};

type Shown = View<{
  readonly seats: ReturnType<typeof claims<string>>;
  readonly vouchers: ReturnType<typeof counter>;
}>;

function project({ seats, vouchers }: Shown): Json {
  const given = [...vouchers.keys()].map((who) => [who, vouchers.get(who)] as const);
  return {
    seated: seats.holders(flight).map(({ value }) => value),
    vouchers: Object.fromEntries(given),
  };
}

/** A and B are counters; at C and D sit agents, dora and emil. */
export function airlineOf(confirm: 'risk' | 'delay'): Setting<AirlineApp> {
  return {
    app: airlineApp(confirm, ['agent']),
    devices: ['A', 'B', 'C', 'D'],
    people: {
      userOf: (device) => ({ C: 'dora', D: 'emil' })[device] ?? `counter-${device}`,
      rolesOf: (user) => (user === 'dora' || user === 'emil' ? ['agent'] : []),
    },
    judge: { model, projection: (view) => project(view as Shown) },
  };
}

export function seatedAt({ handle }: SimulatedDevice<AirlineApp>): Json {
  return project(handle.view);
}
