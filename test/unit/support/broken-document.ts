// A small document in which every ready-made rule can be broken, on either library, and acts that break
// them. Few ids and keys, so that random acts meet.
import * as onAutomerge from '@causeway/automerge';
import type {
  AddWinsSet,
  Claims,
  Clamped,
  Contended,
  Counter,
  DocumentReplica,
  DocumentType,
  Member,
  View,
} from '@causeway/core';
import * as onYjs from '@causeway/yjs';
import fc from 'fast-check';
import { operationId } from '../../contracts/document-subject.ts';

export interface Thing {
  readonly key: string;
  readonly note: string;
  readonly start: number;
  readonly end: number;
  /** Other starts that would do. */
  readonly others: readonly number[];
}

export interface Roots {
  readonly things: AddWinsSet<Thing>;
  /** Ids of things by their key. */
  readonly index: Claims<string>;
  readonly aliases: AddWinsSet<string>;
  readonly bin: AddWinsSet<Thing>;
  readonly sums: Counter;
  readonly dropped: Counter;
  readonly record: AddWinsSet<Clamped>;
  readonly refunds: AddWinsSet<string>;
  readonly slots: Claims<string>;
  readonly steps: Claims<string>;
  readonly days: AddWinsSet<boolean>;
  readonly nights: AddWinsSet<boolean>;
}

function rootsOn<D>({ counter, addWinsSet, claims }: Contended<D>): (doc: D) => Roots {
  return (doc) => ({
    things: addWinsSet(doc, 'things'),
    index: claims(doc, 'index'),
    aliases: addWinsSet(doc, 'aliases'),
    bin: addWinsSet(doc, 'bin'),
    sums: counter(doc, 'sums'),
    dropped: counter(doc, 'dropped'),
    record: addWinsSet(doc, 'record'),
    refunds: addWinsSet(doc, 'refunds'),
    slots: claims(doc, 'slots'),
    steps: claims(doc, 'steps'),
    days: addWinsSet(doc, 'days'),
    nights: addWinsSet(doc, 'nights'),
  });
}

export const libraries: {
  readonly [library: string]: () => DocumentType<unknown, Roots>;
} = {
  yjs: () => onYjs.yjs(rootsOn(onYjs)),
  automerge: () => onAutomerge.automerge<object, Roots>({}, rootsOn(onAutomerge)),
};

export const keys = ['a', 'b', '__proto__'] as const;
export const ids = ['a', 'b', 'c', 'd'] as const;
export const machine = {
  start: 'new',
  to: { new: ['paid', 'gone'], paid: ['sent'], sent: ['new'] },
} as const;

export type Write = (roots: Roots) => void;

const key = fc.constantFrom(...keys);
const id = fc.constantFrom(...ids);
const thing = fc
  .record({
    key,
    note: fc.constantFrom('x', 'y', 'odd'),
    start: fc.nat(8),
    length: fc.nat(4),
    others: fc.array(fc.nat(12), { maxLength: 2 }),
  })
  .map(({ length, ...rest }): Thing => ({ ...rest, end: rest.start + length }));
const slots = fc.tuple(key, fc.constantFrom(...keys, 'free'));

const write: fc.Arbitrary<Write> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(id, thing).map(
      ([at, value]): Write =>
        (roots) => {
          roots.things.put(at, value);
          roots.index.claim([value.key], at);
        },
    ),
  },
  fc.tuple(id).map(
    ([at]): Write =>
      (roots) => {
        const was = roots.things.get(at);
        if (was) roots.bin.put(at, was);
        roots.things.delete(at);
      },
  ),
  fc.tuple(key, fc.integer({ min: -9, max: 9 })).map(
    ([at, by]): Write =>
      (roots) => {
        roots.sums.add(at, by);
      },
  ),
  fc.tuple(slots, id).map(
    ([wanted, who]): Write =>
      (roots) =>
        roots.slots.claim(wanted, who),
  ),
  fc.tuple(key, fc.constantFrom('new', 'paid', 'sent', 'gone')).map(
    ([at, to]): Write =>
      (roots) =>
        roots.steps.claim([at], to),
  ),
  fc.tuple(key).map(
    ([at]): Write =>
      (roots) =>
        roots.days.put(at, true),
  ),
  fc.tuple(key).map(
    ([at]): Write =>
      (roots) =>
        roots.nights.put(at, true),
  ),
);

/** What two devices wrote apart from one another, and the order in which it was committed. */
export const writes = fc.array(fc.record({ at: fc.constantFrom(0, 1), write }), {
  maxLength: 40,
  size: 'max',
});
export type Writes = typeof writes extends fc.Arbitrary<infer T> ? T : never;

/** The document that has all of them, each in the name of an operation and with its position. */
export function brokenDocument(
  type: DocumentType<unknown, Roots>,
  made: Writes,
): DocumentReplica<unknown, Roots> {
  const document = type.open({ clientId: 9 });
  const devices = [type.open({ clientId: 1 }), type.open({ clientId: 2 })];
  for (const [index, { at, write }] of made.entries()) {
    const operation = operationId(index);
    const ran = devices[at]?.run({ operation }, write);
    if (ran?.type !== 'ran') throw new Error('a write threw');
    document.apply({ update: ran.update, operation, position: index + 1 });
  }
  for (const device of devices) device.close();
  return document;
}

/** As a person would find them: by their first claim of the key. */
export function thingsUnder(
  roots: Pick<View<Roots>, 'things' | 'index'>,
  at: string,
): Member<Thing>[] {
  const found: Member<Thing>[] = [];
  for (const { value: id } of roots.index.holders(at)) {
    const value = roots.things.get(id);
    if (!value || value.key !== at || found.some((one) => one.id === id)) continue;
    found.push({ id, value });
  }
  return found;
}
