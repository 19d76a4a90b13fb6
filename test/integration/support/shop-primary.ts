// A shop whose primary does things outside, as an owner of a relay would write it: handlers in a module
// of their own, beside the application.
import { defineApp, risk, safe } from '@causeway/core';
import { definePrimary } from '@causeway/relay/primary';
import { counter, yjs } from '@causeway/yjs';
import * as v from 'valibot';

const args = v.object({ how: v.picklist(['well', 'large', 'function', 'second-time', 'hangs']) });

export const app = defineApp({
  name: 'shop',
  version: 1,
  document: yjs((doc) => ({ bought: counter(doc, 'bought') })),
  effects: {
    charge: {
      payload: args,
      ...{ runs: 'primary', delivery: 'at-least-once', attemptsMax: 2, withinMs: 300 },
    },
    parcel: { payload: args, runs: 'primary', delivery: 'at-most-once', withinMs: 300 },
  },
})
  .operations({
    buy: {
      args,
      run(doc, a, op) {
        doc.bought.add('all', 1);
        op.effect('charge', a);
        op.effect('parcel', a);
      },
    },
    /** No compensation helps: people must decide. */
    spill: { args: v.object({}), run: (doc) => doc.bought.add('spilt', 1) },
  })
  .invariants({
    whole: {
      keys: (op) => (op.name === 'spill' ? ['all'] : []),
      holds: (doc) => doc.bought.get('spilt') === 0,
    },
  })
  .compensations({
    whole: {
      on: 'commit',
      restore() {
        throw new Error('nothing mends that');
      },
    },
  })
  .policy({ buy: { whole: safe() }, spill: { whole: risk({ connected: 'local' }) } });

async function act(
  { how }: { readonly how: string },
  { attempt, key }: { readonly attempt: number; readonly key: string },
): Promise<unknown> {
  if (how === 'large') return 'x'.repeat(5_000);
  if (how === 'function') return { paid: () => undefined };
  if (how === 'second-time' && attempt === 1) throw new Error('busy');
  if (how === 'hangs') await new Promise(() => undefined);
  return { key };
}

export const primary = definePrimary(app, {
  effects: { charge: act, parcel: act },
  async onEscalation(found, document) {
    throw new Error(`nobody answers the phone for ${found.invariant} at ${document}`);
  },
});
