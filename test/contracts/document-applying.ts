// How a replica takes changes from elsewhere: once, whole or not at all.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DocumentSubject } from './document-subject.ts';
import { operationId, updateOf } from './document-subject.ts';

export function applyContract<F, N>(make: () => DocumentSubject<F, N>): void {
  test('a change applied twice counts once, also when its position comes later', () => {
    const subject = make();
    const a = subject.type.open({ clientId: 1 });
    const b = subject.type.open({ clientId: 2 });
    const operation = operationId(1);
    const update = updateOf(a, 1, (roots) => {
      roots.balance.add('ann', 5);
      roots.slots.claim(['x'], { who: 'ann' });
      subject.writeNote(roots, 'once');
    });
    for (const change of [{ update }, { update, position: 3 }, { update }]) {
      expect(b.apply({ ...change, operation })).toMatchObject({ type: 'applied', forged: [] });
    }
    expect(a.apply({ update, operation, position: 3 })).toMatchObject({ type: 'applied' });
    expect(b.content()).toEqual(a.content());
    expect(b.view.balance.get('ann')).toBe(5);
    expect(b.view.slots.holders('x')).toHaveLength(1);
  });

  test('of two changes under one operation id the first committed one counts, everywhere', () => {
    const { type } = make();
    const author = type.open({ clientId: 1 });
    const primary = type.open({ clientId: 2 });
    const late = type.open({ clientId: 3 });
    const operation = operationId(1);
    const here = updateOf(author, 1, (roots) => roots.balance.add('ann', 5));
    const result = updateOf(primary, 1, (roots) => roots.balance.add('ann', 7));
    author.apply({ update: result, operation, position: 1 });
    late.apply({ update: here, operation, position: 2 });
    late.apply({ update: result, operation, position: 1 });
    primary.place(operation, 1);
    primary.apply({ update: here, operation, position: 2 });
    for (const replica of [author, primary, late, author.fork(9)]) {
      expect(replica.view.balance.get('ann')).toBe(7);
    }
  });

  test('a change whose dependencies are missing is refused and leaves no trace', () => {
    const subject = make();
    const a = subject.type.open({ clientId: 1 });
    const b = subject.type.open({ clientId: 2 });
    const first = updateOf(a, 1, (roots) => subject.writeNote(roots, 'one'));
    const second = updateOf(a, 2, (roots) => {
      subject.writeNote(roots, 'two');
      roots.balance.add('ann', 1);
    });
    const before = b.save();
    const refused = { type: 'refused', reason: 'missing-dependency' };
    expect(b.apply({ update: second, operation: operationId(2) })).toEqual(refused);
    expect(b.save()).toEqual(before);
    expect(b.apply({ update: first }).type).toBe('applied');
    expect(b.apply({ update: second, operation: operationId(2) }).type).toBe('applied');
    expect(b.content()).toEqual(a.content());
    expect(b.apply({ update: b.merge([first, second]), operation: operationId(2) }).type).toBe(
      'applied',
    );
  });

  test('of changes that come together those are refused that would be alone', () => {
    const subject = make();
    const a = subject.type.open({ clientId: 1 });
    const b = subject.type.open({ clientId: 2 });
    const [first, second, third] = [1, 2, 3].map((n) => {
      const write = (): Uint8Array =>
        updateOf(a, n, (roots) => {
          subject.writeNote(roots, String(n));
          roots.balance.add('ann', n);
        });
      return { update: write(), operation: operationId(n), position: n };
    });
    if (!first || !second || !third) throw new Error('three changes');
    const garbage = { update: Uint8Array.of(1, 2, 3), position: 4 };
    expect(b.applyAll([second, first, garbage, third])).toEqual([0, 2, 3]);
    expect(b.view.balance.get('ann')).toBe(1);
    expect(b.applyAll([second, third, first])).toEqual([]);
    expect(b.content()).toEqual(a.content());
    expect(b.applyAll([])).toEqual([]);
    expect(b.applyAll([{ update: new Uint8Array(0) }])).toEqual([]);
  });

  test('merged updates do what they do one after the other', () => {
    const subject = make();
    const a = subject.type.open({ clientId: 1 });
    const b = subject.type.open({ clientId: 2 });
    const updates: Uint8Array[] = [];
    a.onEdit((update) => updates.push(update));
    for (const text of ['a', 'b', 'c']) subject.editNote(a.facet, text);
    expect(b.apply({ update: b.merge([new Uint8Array(0), ...updates]) }).type).toBe('applied');
    expect(b.content()).toEqual(a.content());
    expect(b.merge([])).toEqual(new Uint8Array(0));
  });

  test('bytes that are no update are refused, and leave no trace', () => {
    const subject = make();
    const a = subject.type.open({ clientId: 1 });
    const update = updateOf(a, 1, (roots) => {
      roots.balance.add('ann', 5);
      roots.tags.put('blue', 7);
      subject.writeNote(roots, 'hello');
    });
    const b = subject.type.open({ clientId: 2 });
    const before = b.save();
    const tryBytes = (bytes: Uint8Array): void => {
      const applied = b.apply({ update: bytes });
      if (applied.type === 'refused') expect(b.save()).toEqual(before);
    };
    fc.assert(fc.property(fc.uint8Array({ minLength: 1, maxLength: 80 }), tryBytes));
    for (let at = 1; at < update.length; at++) {
      expect(b.apply({ update: update.subarray(0, at) }).type).toBe('refused');
      expect(b.save()).toEqual(before);
    }
  });

  test('a mutated update is refused or applied, and never half of it', () => {
    const subject = make();
    const a = subject.type.open({ clientId: 1 });
    const first = updateOf(a, 1, (roots) => subject.writeNote(roots, 'hello'));
    const state = a.save();
    const update = updateOf(a, 2, (roots) => {
      roots.balance.add('ann', 5);
      subject.writeNote(roots, 'more');
    });
    const mutation = fc.record({ at: fc.nat(), value: fc.integer({ min: 1, max: 255 }) });
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 3 }), (mutations) => {
        const b = subject.type.open({ clientId: 2 });
        b.load(state);
        const mutated = update.slice();
        for (const { at, value } of mutations) {
          mutated[at % mutated.length] = (mutated[at % mutated.length] ?? 0) ^ value;
        }
        const applied = b.apply({ update: mutated, operation: operationId(2) });
        if (applied.type === 'refused') expect(b.save()).toEqual(state);
        else expect(b.fork(3).content()).toEqual(b.content());
        expect(b.apply({ update: first }).type).toBe('applied');
      }),
      { numRuns: 1_000 },
    );
  });
}
