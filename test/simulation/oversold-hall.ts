// A hall that is sold too often, and whose compensation asks people: what it asks is up to the test.
import { defineApp, risk, safe } from '@causeway/core';
import type { SimulatedDevice, World } from '@causeway/testkit';
import { counter, yjs } from '@causeway/yjs';
import * as v from 'valibot';

const pieces = v.pipe(v.number(), v.integer(), v.minValue(1));
const args = v.object({ pieces });
export const hall = 'hall';

export interface Terms {
  readonly limit?: number;
  readonly version?: number;
  readonly settleMs?: number;
  /** What `restore` returns, if it is not one choice for each number of pieces to give back. */
  readonly asks?: () => unknown;
}

/** What may be done in the hall. */
function hallActs() {
  return defineApp({
    name: 'people-hall',
    version: 1,
    document: yjs((doc) => ({ sold: counter(doc, 'sold'), given: counter(doc, 'given') })),
    effects: { print: { payload: v.null(), runs: 'device', delivery: 'at-least-once' } },
  }).operations({
    sell: { args, subjects: () => [hall], run: (doc, a) => doc.sold.add(hall, a.pieces) },
    refund: {
      args,
      subjects: () => [hall],
      requires: (doc, a) => doc.sold.get(hall) >= a.pieces || 'not-sold',
      run: (doc, a) => doc.sold.add(hall, -a.pieces),
    },
    refundInCash: {
      args,
      subjects: () => [hall],
      run(doc, a, op) {
        doc.sold.add(hall, -a.pieces);
        op.effect('print', null);
      },
    },
    /** Frees seats by taking the staff's own, of which there are two. */
    give: {
      args,
      subjects: () => [hall],
      run(doc, a) {
        doc.sold.add(hall, -a.pieces);
        doc.given.add(hall, a.pieces);
      },
    },
  });
}

/** A hall where more may be sold than there are seats: people decide what is done about it. */
export function hallOf({ limit = 10, version = 1, settleMs = 0, asks }: Terms = {}) {
  return hallActs()
    .invariants({
      notOversold: {
        version,
        holds: (doc, key) => doc.sold.get(key) <= limit,
        deficit: (doc, key) => Math.max(0, doc.sold.get(key) - limit),
      },
      staffSits: { holds: (doc, key) => doc.given.get(key) <= 2 },
    })
    .compensations({
      notOversold: {
        settleMs,
        restore(_, found) {
          if (asks) return asks() as undefined;
          return {
            question: `${found.deficit} too many`,
            choices: [
              { label: 'two back', run: ['refund', { pieces: 2 }] },
              { label: 'all back', run: ['refund', { pieces: found.deficit }] },
              { label: 'from the staff', run: ['give', { pieces: found.deficit }] },
              { label: 'in cash', run: ['refundInCash', { pieces: found.deficit }] },
            ],
          };
        },
      },
    })
    .policy({
      sell: { notOversold: risk(), staffSits: safe() },
      refund: { '*': safe() },
      refundInCash: { '*': safe() },
      give: { '*': safe() },
    });
}
export type HallApp = ReturnType<typeof hallOf>;
export type Device = SimulatedDevice<HallApp>;

export interface Hall {
  readonly world: World<HallApp>;
  readonly a: Device;
  readonly b: Device;
}
