// How rules and strategies are declared: types are inferred; and what each of them refuses.
import type { Json } from '@causeway/core';
import {
  Bug,
  capacity,
  clamp,
  defineApp,
  escalate,
  every,
  firstCommittedWins,
  membersOf,
  mergeDuplicates,
  moveOverlapping,
  nextAlternative,
  oneHolder,
  references,
  renameDuplicates,
  resolveAlias,
  restoreReferenced,
  safe,
  unique,
} from '@causeway/core';
import { addWinsSet, claims, counter, yjs } from '@causeway/yjs';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { operationId } from '../contracts/document-subject.ts';
import type { Roots, Thing } from './support/broken-document.ts';
import { libraries } from './support/broken-document.ts';
import { by } from './support/strategy-subjects.ts';

const person = v.object({ id: v.string(), mail: v.string() });
/** As an application declares them: no type is written anywhere below. */
const app = defineApp({
  name: 'inferred',
  version: 1,
  document: yjs((doc) => ({
    people: addWinsSet<{ mail: string; names: readonly string[] }>(doc, 'people'),
    mails: claims<string>(doc, 'mails'),
    aliases: addWinsSet<string>(doc, 'aliases'),
    rooms: claims<string>(doc, 'rooms'),
    sums: counter(doc, 'sums'),
    record: addWinsSet<{ key: string; by: number; was: number }>(doc, 'record'),
  })),
  effects: { mail: { payload: v.string(), runs: 'primary', delivery: 'at-least-once' } },
})
  .operations({
    join: { args: person, subjects: (a) => [a.mail], run: () => undefined },
    pick: { args: v.object({ id: v.string() }), run: () => undefined },
  })
  .invariants({
    uniqueMail: unique(
      (doc) => doc.people,
      (one) => one.mail,
      { index: (doc) => doc.mails },
    ),
    room: oneHolder((doc) => doc.rooms),
    known: {
      ...references(
        (doc, key) => doc.rooms.holders(key),
        (doc, key) => doc.people.has(resolveAlias(doc.aliases, key)),
      ),
      keys: (op) => (op.name === 'join' ? [op.args.id] : []),
    },
    seats: capacity(
      (doc, key) =>
        membersOf(doc, key, {
          of: ({ people }) => people,
          by: ({ mail }) => mail,
          index: ({ mails }) => mails,
        }),
      2,
    ),
    full: capacity((doc, key) => doc.rooms.holders(key), 3),
    positive: { holds: (doc, key) => doc.sums.get(key) >= 0 },
  })
  .compensations({
    uniqueMail: {
      restore: mergeDuplicates({
        of: (doc) => doc.people,
        by: (one) => one.mail,
        index: (doc) => doc.mails,
        merge: (a, b) =>
          a.names[0] === b.names[0] ? undefined : { ...a, names: [...a.names, ...b.names] },
        aliases: (doc) => doc.aliases,
        ask: (found, members) => ({
          question: `who has ${found.key}?`,
          choices: members.map(({ id, value }) => ({
            label: value.mail,
            run: ['pick', { id }],
          })),
        }),
      }),
    },
    room: { restore: nextAlternative((doc) => doc.rooms) },
    seats: {
      restore: firstCommittedWins({
        of: (doc) => doc.people,
        by: (one) => one.mail,
        index: (doc) => doc.mails,
        most: 2,
        lost: (_doc, { id, value }, op) => op.effect('mail', `${value.names[0]}, ${id} is out`),
      }),
    },
    full: {
      restore: escalate((doc, { key }) => ({
        question: `${[...doc.people.keys()].length} for ${key}`,
        choices: [],
      })),
    },
    positive: {
      restore: clamp({ of: (doc) => doc.sums, least: 0, record: (doc) => doc.record }),
    },
  })
  .policy({ join: every(safe()), pick: every(safe()) });

const { document: type, compensations } = app.definition;
type People = { people: { put(id: string, value: Json): void } };

test('what the compiler inferred is what runs', () => {
  const document = type.open({ clientId: 1 });
  const found = { ...{ id: 'k:1', invariant: 'uniqueMail', key: 'x@', deficit: 1 } };
  let asked: unknown;
  document.run({ operation: operationId(1) }, (roots) => {
    const { people, mails } = roots as People & { mails: { claim(s: [string], v: string): void } };
    for (const id of ['b', 'a']) {
      people.put(id, { mail: 'x@', names: ['same'] });
      mails.claim(['x@'], id);
    }
    asked = compensations['uniqueMail']?.restore(roots, found as never, undefined as never);
  });
  expect(asked).toEqual({
    question: 'who has x@?',
    choices: [
      { label: 'x@', run: ['pick', { id: 'b' }] },
      { label: 'x@', run: ['pick', { id: 'a' }] },
    ],
  });
});

test('losers are made up to, the last committed first, by effects of the compensation', () => {
  const document = type.open({ clientId: 1 });
  const found = { ...{ id: 'k:1', invariant: 'seats', key: 'x@', deficit: 2 } };
  const mails: unknown[] = [];
  const op = { effect: (name: string, payload: unknown) => mails.push([name, payload]) };
  document.run({ operation: operationId(1) }, (roots) => {
    const { people, mails } = roots as People & { mails: { claim(s: [string], v: string): void } };
    for (const id of ['d', 'c', 'b', 'a']) {
      people.put(id, { mail: 'x@', names: [id.toUpperCase()] });
      mails.claim(['x@'], id);
    }
    compensations['seats']?.restore(roots, found as never, op as never);
  });
  expect(mails).toEqual([
    ['mail', 'A, a is out'],
    ['mail', 'B, b is out'],
  ]);
});

/** Runs a strategy for the key `x` on a document of things. */
function restoreThings(
  restore: (doc: Roots, found: never, op: never) => unknown,
  put: readonly (readonly [id: string, note: string])[],
): unknown {
  const document = libraries['yjs']?.().open({ clientId: 1 });
  const ran = document?.run({ operation: operationId(1) }, (roots) => {
    for (const [id, note] of put) {
      roots.things.put(id, { key: 'x', note, start: 0, end: 0, others: [] });
      roots.index.claim(['x'], id);
    }
    restore(roots, { key: 'x' } as never, undefined as never);
  });
  return ran?.type === 'threw' ? ran.error : document?.content();
}

const writable = { of: (doc: Roots) => doc.things, by, index: (doc: Roots) => doc.index };

test('a merge that changes the key, and names without end, are for people', () => {
  const moving = mergeDuplicates({
    ...writable,
    merge: (a: Thing) => ({ ...a, key: 'y' }),
    aliases: (doc) => doc.aliases,
    ask: () => ({ question: '', choices: [] }),
  });
  const two = [
    ['a', 'x'],
    ['b', 'x'],
  ] as const;
  expect(restoreThings(moving, two)).toMatchObject({ code: 'merge-moved-key' });
  const stubborn = renameDuplicates({ ...writable, rename: (value: Thing) => value });
  const error = restoreThings(stubborn, two);
  expect(error).toBeInstanceOf(Bug);
  expect(error).toMatchObject({ code: 'no-free-name' });
});

test('a duplicate that is put again survives, without its alias: none goes in a circle', () => {
  const merge = mergeDuplicates({
    ...writable,
    merge: (a: Thing) => a,
    aliases: (doc) => doc.aliases,
    ask: () => ({ question: '', choices: [] }),
  });
  const content = restoreThings(
    (doc, found, op) => {
      doc.aliases.put('a', 'b'); // As an earlier merge left it.
      return merge(doc, found, op);
    },
    [
      ['a', 'x'],
      ['b', 'x'],
    ],
  );
  expect(content).toMatchObject({ aliases: { b: 'a' } });
  expect(content).not.toHaveProperty('aliases.a');
});

const thing = (key: string, others: readonly number[] = []): Thing => {
  return { key, note: '', start: 0, end: 2, others };
};

test('who was moved holds the new time against whoever comes next', () => {
  const move = moveOverlapping({
    ...writable,
    interval: ({ start, end }: Thing) => ({ start, end }),
    alternatives: (value) => value.others.map((start) => ({ ...value, start, end: start + 2 })),
    lost: (doc, { id }) => doc.refunds.put(id, 'lost'),
  });
  const content = restoreThings((doc, found, op) => {
    for (const id of ['c', 'b', 'a']) {
      doc.things.put(id, thing('x', [5]));
      doc.index.claim(['x'], id);
    }
    move(doc, found, op);
  }, []);
  expect(content).toMatchObject({
    things: { c: { start: 0 }, b: { start: 5 } },
    refunds: { a: 'lost' },
  });
  expect(content).not.toHaveProperty('things.a');
});

test('of a tree what comes back brings what it refers to, or nothing comes back', () => {
  const restore = restoreReferenced({
    to: (doc: Roots) => doc.things,
    was: (doc, id) => doc.bin.get(id),
    refersTo: by,
    ask: () => ({ question: '', choices: [] }),
  });
  const restored = (known: readonly (readonly [id: string, parent: string])[]) =>
    restoreThings((doc, found, op) => {
      doc.things.put('top', thing('top'));
      for (const [id, parent] of known) doc.bin.put(id, thing(parent));
      restore(doc, found, op);
    }, []);
  const chain = [
    ['x', 'y'],
    ['y', 'top'],
  ] as const;
  expect(restored(chain)).toMatchObject({
    things: { x: { key: 'y' }, y: { key: 'top' } },
  });
  expect(restored(chain.slice(0, 1))).not.toHaveProperty('things.x');
});
