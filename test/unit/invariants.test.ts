// The ready-made invariants against a naive recount, key by key.
import type { View } from '@causeway/core';
import {
  capacity,
  exclusive,
  membersOf,
  noOverlap,
  oneHolder,
  references,
  resolveAlias,
  stateAfter,
  transitions,
  unique,
} from '@causeway/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { operationId } from '../contracts/document-subject.ts';
import type { Roots, Thing } from './support/broken-document.ts';
import {
  brokenDocument,
  ids,
  keys,
  libraries,
  machine,
  writes,
} from './support/broken-document.ts';

type Seen = View<Roots>;
const by = (value: Thing): string => value.key;
const all = { of: (doc: Seen) => doc.things, by };
const indexed = { ...all, index: (doc: Seen) => doc.index };

/** What stands under a key, by looking at everything. */
function recount(doc: Seen, key: string): readonly Thing[] {
  return [...doc.things.keys()].sort().flatMap((id) => {
    const value = doc.things.get(id);
    return value?.key === key ? [value] : [];
  });
}

function pairs(list: readonly Thing[]): number {
  const moments = (one: Thing) =>
    Array.from({ length: one.end - one.start }, (_, i) => one.start + i);
  const meet = (a: Thing, b: Thing) => moments(a).some((moment) => moments(b).includes(moment));
  return list.flatMap((a, i) => list.slice(i + 1).filter((b) => meet(a, b))).length;
}

function rejected(steps: readonly string[]): number {
  const to: { readonly [state: string]: readonly string[] } = machine.to;
  let state: string = machine.start;
  return steps.filter((next) => {
    const isAllowed = to[state]?.includes(next) === true;
    if (isAllowed) state = next;
    return !isAllowed;
  }).length;
}

const rules = {
  unique: {
    rule: unique(all.of, by),
    naive: (doc: Seen, key: string) => recount(doc, key).length - 1,
  },
  'unique, with an index': {
    rule: unique(indexed.of, by, { index: indexed.index }),
    naive: (doc: Seen, key: string) => recount(doc, key).length - 1,
  },
  'capacity of members': {
    rule: capacity((doc: Seen, key) => membersOf(doc, key, indexed), 2),
    naive: (doc: Seen, key: string) => recount(doc, key).length - 2,
  },
  'capacity that the document says': {
    rule: capacity(
      (doc: Seen, key) => doc.slots.holders(key),
      (doc, key) => doc.sums.get(key),
    ),
    naive: (doc: Seen, key: string) =>
      [...doc.slots.all()].filter(({ slot }) => slot === key).length - doc.sums.get(key),
  },
  oneHolder: {
    rule: oneHolder((doc: Seen) => doc.slots),
    naive: (doc: Seen, key: string) =>
      [...doc.slots.all()].filter(({ slot }) => slot === key).length - 1,
  },
  references: {
    rule: references(
      (doc: Seen, key) => membersOf(doc, key, indexed),
      (doc, key) => doc.things.has(key),
    ),
    naive: (doc: Seen, key: string) =>
      [...doc.things.keys()].includes(key) ? 0 : recount(doc, key).length,
  },
  noOverlap: {
    rule: noOverlap(
      (doc: Seen, key) => membersOf(doc, key, indexed),
      ({ value: { start, end } }) => ({ start, end }),
    ),
    naive: (doc: Seen, key: string) => pairs(recount(doc, key)),
  },
  exclusive: {
    rule: exclusive(
      (doc: Seen, key) => doc.days.has(key),
      (doc, key) => doc.nights.has(key),
    ),
    naive: (doc: Seen, key: string) =>
      [doc.days, doc.nights].filter((flag) => [...flag.keys()].includes(key)).length - 1,
  },
  transitions: {
    rule: transitions((doc: Seen, key) => doc.steps.holders(key), machine),
    naive: (doc: Seen, key: string) => rejected(doc.steps.holders(key).map(({ value }) => value)),
  },
};

describe.each(Object.entries(rules))('%s', (_name, { rule, naive }) => {
  test('has the deficit of a naive recount, for every key of any document', () => {
    const type = libraries['yjs']?.();
    if (!type) throw new Error('no library');
    let broken = 0;
    fc.assert(
      fc.property(writes, (made) => {
        const document = brokenDocument(type, made);
        for (const key of [...keys, ...ids, 'free', 'nowhere']) {
          const deficit = document.read((doc) => rule.deficit?.(doc, key)).value;
          const expected = Math.max(0, naive(document.view, key));
          expect(deficit).toBe(expected);
          expect(document.read((doc) => rule.holds(doc, key)).value).toBe(expected === 0);
          if (expected > 0) broken++;
        }
      }),
      { numRuns: 40, seed: 3 },
    );
    expect(broken).toBeGreaterThan(0);
  });
});

test('intervals are half-open; empty ones, and what is no number, overlap nothing', () => {
  const rule = noOverlap(
    (doc: readonly (readonly [number, number])[]) => doc,
    ([start, end]) => ({ start, end }),
  );
  const pairsOf = (...doc: (readonly [number, number])[]) => rule.deficit?.(doc, 'room');
  expect(pairsOf([1, 2], [2, 3])).toBe(0);
  expect(pairsOf([1, 3], [2, 2])).toBe(0);
  expect(pairsOf([1, 3], [3, 1])).toBe(0);
  expect(pairsOf([1, 3], [Number.NaN, 2])).toBe(0);
  expect(pairsOf([1, 3], [2, 4])).toBe(1);
  expect(pairsOf([1, 9], [1, 9], [1, 9])).toBe(3);
});

test('an index keeps evaluation from looking at anything else', () => {
  const seen: string[] = [];
  const people: { readonly [id: string]: string } = { ann: 'x@', bob: 'y@', eve: 'x@' };
  const doc = {
    people: {
      keys: () => Object.keys(people),
      get: (id: string) => {
        seen.push(id);
        return people[id];
      },
    },
  };
  const holders = (key: string) =>
    ['eve', 'gone', 'bob', 'ann', 'eve'].map((value) => ({
      ...{ id: operationId(1), verdict: 'ok' as const, slot: key },
      value,
    }));
  const members = membersOf(doc, 'x@', {
    of: (at: typeof doc) => at.people,
    by: (mail) => mail,
    index: () => ({ holders }),
  });
  expect(members.map(({ id }) => id)).toEqual(['eve', 'ann']); // In the order of the index.
  expect(seen.sort()).toEqual(['ann', 'bob', 'eve', 'gone']);
});

test('a state is what the allowed steps lead to; names of the prototype are no states', () => {
  expect(stateAfter(machine, ['sent', 'paid', 'paid', 'sent'])).toBe('sent');
  expect(stateAfter({ start: 'constructor', to: {} }, ['x'])).toBe('constructor');
});

test('aliases are followed to the end, and a circle has one', () => {
  const aliases = new Map([
    ['a', 'b'],
    ['b', 'c'],
    ['x', 'y'],
    ['y', 'x'],
  ]);
  expect(['a', 'b', 'c', 'd'].map((id) => resolveAlias(aliases, id))).toEqual(['c', 'c', 'c', 'd']);
  expect(resolveAlias(aliases, 'x')).toBe('y');
});
