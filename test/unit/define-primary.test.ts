// Who declares effects at the primary has handlers for them: the compiler says so, and so does the start.
import { defineApp, safe } from '@causeway/core';
import { definePrimary } from '@causeway/relay/primary';
import { counter, yjs } from '@causeway/yjs';
import * as v from 'valibot';
import { expect, test } from 'vitest';

const document = yjs((doc) => ({ sums: counter(doc, 'sums') }));
const shop = defineApp({
  name: 'shop',
  version: 1,
  document,
  effects: {
    charge: {
      payload: v.object({ cents: v.number() }),
      ...{ runs: 'primary', delivery: 'at-least-once', attemptsMax: 3, withinMs: 9_000 },
    },
    print: { payload: v.string(), runs: 'device', delivery: 'at-most-once' },
  },
})
  .operations({ buy: { args: v.object({}), run: (doc) => doc.sums.add('x', 1) } })
  .invariants({ sane: { holds: () => true } })
  .policy({ buy: { sane: safe() } });
const plain = defineApp({ name: 'plain', version: 1, document });

test('a handler for each effect of the primary, and for no other', () => {
  const charge = async (payload: { readonly cents: number }) => payload.cents;
  expect(definePrimary(shop, { effects: { charge } })).toMatchObject({ app: shop });
  expect(definePrimary(plain, {})).toMatchObject({ app: plain, effects: {} });
  // @ts-expect-error: charge has no handler.
  expect(() => definePrimary(shop, { effects: {} })).toThrow(/missing-handler|charge/);
  // @ts-expect-error: no handlers at all.
  expect(() => definePrimary(shop, {})).toThrow(/charge/);
  // @ts-expect-error: its payload is not a text.
  definePrimary(shop, { effects: { charge: async (payload: string) => payload } });
  // @ts-expect-error: what runs on devices has no handler here.
  definePrimary(shop, { effects: { charge, print: async () => undefined } });
  // @ts-expect-error: nothing is done outside.
  definePrimary(plain, { effects: { charge } });
});

test.for([
  { attemptsMax: 0 },
  { attemptsMax: 1.5 },
  { withinMs: 0 },
  { withinMs: Number.POSITIVE_INFINITY },
])('a number that cannot be counted is refused at start: %j', (numbers) => {
  const charge = { payload: v.number(), runs: 'primary', delivery: 'at-least-once' } as const;
  const effects = { charge: { ...charge, ...numbers } };
  expect(() => defineApp({ name: 'bad', version: 1, document, effects })).toThrow(
    /effect "charge"/,
  );
});
