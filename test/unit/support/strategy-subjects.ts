// Each ready-made strategy with the rule that it mends, what it may write, and what must be so after it.
import type { Escalation, Restore, RestoreOrAsk, StateInvariant, View } from '@causeway/core';
import {
  atLeast,
  atMost,
  cascade,
  clamp,
  exclusive,
  firstCommittedWins,
  keepPreferred,
  lastWriterWins,
  membersOf,
  mergeDuplicates,
  moveOverlapping,
  nextAlternative,
  noOverlap,
  oneHolder,
  references,
  rejectSteps,
  renameDuplicates,
  resolveAlias,
  restoreReferenced,
  transitions,
  unique,
} from '@causeway/core';
import { expect } from 'vitest';
import { operationId } from '../../contracts/document-subject.ts';
import type { Roots, Thing } from './broken-document.ts';
import { machine, thingsUnder } from './broken-document.ts';

/** The operation that mends. */
export const mendingId = operationId(999);

export type Asking = { readonly pick: never };
export interface Subject {
  readonly invariant: StateInvariant<Seen>;
  readonly restore: Restore<Roots> | RestoreOrAsk<Roots, Asking>;
  /** Roots that it may write; of `things` only what stands under the key. */
  readonly writes: readonly (keyof Roots)[];
  /** Where it may look besides for what was under the key: renamed and moved ones. */
  readonly after?: (before: Seen, roots: Seen, key: string) => void;
}

export type Seen = View<Roots>;

/** What a thing stands under. */
export const by = (value: Thing): string => value.key;
/** The same grouping for readers and for writers. */
const indexed = { of: (doc: Seen) => doc.things, by, index: (doc: Seen) => doc.index };
const ordered = { of: (doc: Roots) => doc.things, by, index: (doc: Roots) => doc.index };
const uniqueKey = unique(indexed.of, by, { index: indexed.index });
const question = { question: 'which?', choices: [] } as Escalation<Asking>;
const interval = ({ start, end }: Thing) => ({ start, end });
/** Things refer by their key to another thing. */
const parents: StateInvariant<Seen> = references(
  (doc, key) => membersOf(doc, key, indexed),
  (doc, key) => doc.things.has(key),
);

export const subjects: { readonly [name: string]: Subject } = {
  mergeDuplicates: {
    invariant: uniqueKey,
    restore: mergeDuplicates({
      ...ordered,
      merge: (a, b) =>
        a.note === b.note ? { ...a, others: [...a.others, ...b.others] } : undefined,
      aliases: (doc) => doc.aliases,
      ask: () => question,
    }),
    writes: ['things', 'aliases'],
    after(before, after, key) {
      const members = thingsUnder(before, key);
      expect(after.things.get(members[0]?.id ?? '')?.others).toEqual(
        members.flatMap(({ value }) => value.others),
      );
      for (const { id } of members) expect(resolveAlias(after.aliases, id)).toBe(members[0]?.id);
    },
  },
  renameDuplicates: {
    invariant: uniqueKey,
    restore: renameDuplicates({
      ...ordered,
      rename: (value, attempt) => ({ ...value, key: `${value.key} (${attempt})` }),
    }),
    writes: ['things', 'index'],
    after(before, after, key) {
      const members = thingsUnder(before, key);
      expect(members.map(({ id }) => after.things.get(id)?.key)).toEqual(
        members.map((_, index) => (index === 0 ? key : `${key} (${index + 1})`)),
      );
      for (const { id, value } of members) {
        const { key: name, ...rest } = after.things.get(id) ?? value;
        expect({ key, ...rest }).toEqual(value);
        expect(membersOf(after, name, indexed)).toHaveLength(1);
      }
    },
  },
  firstCommittedWins: {
    invariant: uniqueKey,
    restore: firstCommittedWins({
      ...ordered,
      lost: (doc, { id, value }) => doc.refunds.put(id, value.note),
    }),
    writes: ['things', 'refunds'],
    after(before, after, key) {
      const [first, ...losers] = thingsUnder(before, key);
      expect(thingsUnder(after, key)).toEqual([first]);
      expect([...after.refunds.keys()].sort()).toEqual(losers.map(({ id }) => id).sort());
    },
  },
  lastWriterWins: {
    invariant: uniqueKey,
    restore: lastWriterWins({ ...ordered, dropped: (doc) => doc.dropped }),
    writes: ['things', 'dropped'],
    after(before, after, key) {
      const members = thingsUnder(before, key);
      expect(thingsUnder(after, key)).toEqual(members.slice(-1));
      expect(after.dropped.get(key)).toBe(members.length - 1);
    },
  },
  moveOverlapping: {
    invariant: noOverlap(
      (doc, key) => membersOf(doc, key, indexed),
      ({ value }) => interval(value),
    ),
    restore: moveOverlapping({
      ...ordered,
      interval,
      alternatives: (value) =>
        value.others.map((start) => ({ ...value, start, end: start + value.end - value.start })),
      lost: (doc, { id, value }) => doc.refunds.put(id, value.note),
    }),
    writes: ['things', 'refunds'],
    after(before, after, key) {
      const members = thingsUnder(before, key);
      expect(after.things.get(members[0]?.id ?? '')).toEqual(members[0]?.value);
      for (const { id, value } of members) {
        const now = after.things.get(id);
        expect(now ? [value.start, ...value.others] : [undefined]).toContain(now?.start);
        expect(after.refunds.has(id)).toBe(now === undefined);
      }
    },
  },
  nextAlternative: {
    invariant: oneHolder((doc) => doc.slots),
    restore: nextAlternative((doc) => doc.slots),
    writes: ['slots'],
    after(before, after, key) {
      const [first, ...losers] = before.slots.holders(key);
      expect(after.slots.holders(key).map(({ id }) => id)).toEqual([first?.id]);
      for (const { id } of losers) {
        const now = after.slots.get(id);
        expect(now?.verdict).toBe(now?.slot === undefined ? 'void' : 'moved');
        if (now?.slot !== undefined) expect(after.slots.holders(now.slot)).toHaveLength(1);
      }
    },
  },
  restoreReferenced: {
    invariant: parents,
    restore: restoreReferenced({
      to: (doc) => doc.things,
      was: (doc, id) => doc.bin.get(id),
      refersTo: by,
      ask: () => question,
    }),
    writes: ['things'],
    after(before, after, key) {
      expect(after.things.get(key)).toEqual(before.bin.get(key));
    },
  },
  cascade: {
    invariant: parents,
    restore: cascade({ ...ordered, isTree: true }),
    writes: ['things'],
    after(_before, after, key) {
      expect(thingsUnder(after, key)).toEqual([]);
    },
  },
  'clamp at least': {
    invariant: atLeast((doc) => doc.sums, -2),
    restore: clamp({ of: (doc) => doc.sums, least: -2, record: (doc) => doc.record }),
    writes: ['sums', 'record'],
    after(before, after, key) {
      const was = before.sums.get(key);
      expect(after.sums.get(key)).toBe(-2);
      expect([...after.record.keys()].map((id) => after.record.get(id))).toEqual([
        { key, was, by: -2 - was },
      ]);
    },
  },
  'clamp at most': {
    invariant: atMost((doc) => doc.sums, 3),
    restore: clamp({ of: (doc) => doc.sums, most: 3, record: (doc) => doc.record }),
    writes: ['sums', 'record'],
    after(before, after, key) {
      expect(after.record.get(mendingId)).toMatchObject({ by: 3 - before.sums.get(key) });
    },
  },
  keepPreferred: {
    invariant: exclusive(
      (doc, key) => doc.days.has(key),
      (doc, key) => doc.nights.has(key),
    ),
    restore: keepPreferred(
      (doc) => doc.nights,
      (doc) => doc.days,
    ),
    writes: ['days'],
    after(_before, after, key) {
      expect([after.nights.has(key), after.days.has(key)]).toEqual([true, false]);
    },
  },
  rejectSteps: {
    invariant: transitions((doc, key) => doc.steps.holders(key), machine),
    restore: rejectSteps((doc) => doc.steps, machine),
    writes: ['steps'],
    after(before, after, key) {
      const kept = after.steps.holders(key).map(({ id }) => id);
      const all = before.steps.holders(key).map(({ id }) => id);
      expect(all.filter((id) => kept.includes(id))).toEqual(kept);
    },
  },
};
