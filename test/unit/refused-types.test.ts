// What the compiler refuses in a declaration, the start-up check refuses too, naming the cell: for
// authors without types. Each `@ts-expect-error` fails the type check when it is not needed.

import { connect } from '@causeway/client';
import {
  atLeast,
  catalogue,
  collaborative,
  defineApp,
  every,
  money,
  prohibit,
  reservation,
  risk,
  safe,
} from '@causeway/core';
import { app as bank } from '@causeway/demo/bank';
import { counter, yjs } from '@causeway/yjs';
import * as v from 'valibot';
import { expect, test } from 'vitest';

const start = defineApp({
  name: 'd',
  version: 1,
  document: yjs((doc) => ({ n: counter(doc, 'n') })),
});
const draft = start
  .operations({
    add: { args: v.object({ by: v.number() }), run: (doc, a) => doc.n.add('k', a.by) },
  })
  .invariants({ low: atLeast((doc) => doc.n, 0), high: atLeast((doc) => doc.n, 1) });
const mended = draft.compensations({
  low: { restore: (doc, found) => doc.n.add(found.key, found.deficit) },
});

test('a complete table is an app', () => {
  expect(mended.policy({ add: { low: risk(), high: prohibit() } }).name).toBe('d');
});

test('a missing cell', () => {
  // @ts-expect-error Property 'high' is missing.
  expect(() => mended.policy({ add: { low: risk() } })).toThrow(
    'policy.add.high: the cell is missing',
  );
});

test('a missing row', () => {
  // @ts-expect-error Property 'add' is missing.
  expect(() => mended.policy({})).toThrow('policy.add: the row is missing');
});

test('a cell that needs a compensation which is not there', () => {
  // @ts-expect-error 'risk' is not assignable to … 'risk needs compensations.high'.
  expect(() => mended.policy({ add: { low: risk(), high: risk() } })).toThrow(
    'policy.add.high: risk needs compensations.high',
  );
  // @ts-expect-error The same for a whole row.
  expect(() => mended.policy({ add: every(risk()) })).toThrow('risk needs compensations.high');
});

test('a preset whose compensations are not all there', () => {
  // @ts-expect-error 'limit' is not assignable to … 'limit needs compensations.high'.
  expect(() => mended.policy({ add: money({ of: () => 1, max: 9 }) })).toThrow(
    'policy.add.high: limit needs compensations.high',
  );
  // @ts-expect-error 'risk' is not assignable to … 'risk needs compensations.high'.
  expect(() => mended.policy({ add: reservation() })).toThrow(
    'policy.add.high: risk needs compensations.high',
  );
  // @ts-expect-error The same where there is no compensation at all.
  expect(() => draft.policy({ add: reservation() })).toThrow(
    'policy.add.low: risk needs compensations.low',
  );
});

test('presets are complete rows; their callbacks know the arguments', () => {
  expect(draft.policy({ add: collaborative() }).name).toBe('d');
  expect(draft.policy({ add: catalogue() }).name).toBe('d');
  const restore = (): void => undefined;
  const all = draft.compensations({ low: { restore }, high: { restore } });
  expect(all.policy({ add: reservation() }).name).toBe('d');
  expect(all.policy({ add: money({ of: (a) => a.by, max: 9 }) }).name).toBe('d');
  // @ts-expect-error Property 'bye' does not exist.
  expect(all.policy({ add: money({ of: (a) => a.bye, max: 9 }) }).name).toBe('d');
});

test('an invariant or an operation that does not exist', () => {
  // @ts-expect-error 'hihg' does not exist.
  expect(() => mended.policy({ add: { low: risk(), high: safe(), hihg: safe() } })).toThrow(
    'there is no invariant "hihg"',
  );
  // @ts-expect-error 'ad' does not exist.
  expect(() => mended.policy({ add: every(safe()), ad: every(safe()) })).toThrow(
    'there is no operation "ad"',
  );
});

test('what only types can refuse', () => {
  const never = (): void => {
    // @ts-expect-error An invariant cannot write: 'add' does not exist on 'CounterView'.
    start.operations({}).invariants({ i: { holds: (doc) => doc.n.add('k', 1) } });
    // @ts-expect-error Not an app: it has no policy yet.
    connect({ app: mended, url: 'ws://localhost:8787' });
    // @ts-expect-error Property 'effects' is missing: this app dispenses cash on the device.
    connect({ app: bank, url: 'ws://localhost:8787' });
  };
  const wrongArguments = async (): Promise<void> => {
    const effects = { dispense: async () => undefined };
    const at = await connect({ app: bank, url: 'ws://localhost:8787', effects }).open('b');
    // @ts-expect-error Type 'string' is not assignable to type 'number'.
    at.run('withdraw', { account: 'ann', cents: '5' });
    // @ts-expect-error Property 'position' does not exist on a refusal: look at `type` first.
    (await at.run('deposit', { account: 'ann', cents: 5 }).committed).position;
  };
  expect([typeof never, typeof wrongArguments]).toEqual(['function', 'function']);
});
