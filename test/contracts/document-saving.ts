// Where replicas come from: the base, a saved state, another replica.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DocumentHistory, steps } from './document-history.ts';
import type { DocumentSubject } from './document-subject.ts';
import { codeOf, operationId, updateOf } from './document-subject.ts';

export function saveContract<F, N>(make: () => DocumentSubject<F, N>): void {
  test('initial content is the same everywhere, to the byte', () => {
    const { type } = make();
    expect(type.open({ clientId: 1 }).save()).toEqual(type.open({ clientId: 2 }).save());
    expect(type.open({ clientId: 1 }).view.balance.get('initial')).toBe(100);
  });

  test('what was saved is loaded, and behaves alike afterwards', () => {
    fc.assert(
      fc.property(steps, steps, (before, after) => {
        const history = new DocumentHistory(make());
        for (const step of before) history.take(step);
        for (const at of [0, 1, 2]) history.take({ step: 'reload', at });
        for (const step of after) history.take(step);
        history.check();
      }),
      { numRuns: 40 },
    );
  });

  test('a state that is none is not loaded', () => {
    const subject = make();
    const a = subject.type.open({ clientId: 1 });
    updateOf(a, 1, (roots) => subject.writeNote(roots, 'hello'));
    const state = a.save();
    const b = subject.type.open({ clientId: 2 });
    const before = b.content();
    for (let end = 0; end < state.length; end++) {
      expect(b.load(state.subarray(0, end))).toBe(false);
    }
    expect(b.load(new Uint8Array([...state, 0]))).toBe(false);
    expect(b.content()).toEqual(before);
    expect(b.load(state)).toBe(true);
    expect(b.content()).toEqual(a.content());
  });

  test('a fork goes its own way, under its own client id', () => {
    const subject = make();
    const a = subject.type.open({ clientId: 1 });
    updateOf(a, 1, (roots) => roots.balance.add('ann', 5));
    const before = a.content();
    const fork = a.fork(2);
    expect(fork.clientId).toBe(2);
    expect(fork.content()).toEqual(before);
    const update = updateOf(fork, 2, (roots) => {
      roots.balance.add('ann', 1);
      subject.writeNote(roots, 'fork');
    });
    expect(a.content()).toEqual(before);
    a.apply({ update, operation: operationId(2), position: 1 });
    expect(a.content()).toEqual(fork.content());
  });

  test('client ids that are taken or unusable are refused', () => {
    const { type } = make();
    expect(codeOf(() => type.open({ clientId: 0 }))).toBe('bad-client-id');
    expect(codeOf(() => type.open({ clientId: 1.5 }))).toBe('bad-client-id');
    const a = type.open({ clientId: 2 ** 53 - 1 });
    const clone = type.open({ clientId: 2 ** 53 - 1 });
    const update = updateOf(a, 1, (roots) => roots.balance.add('ann', 1));
    expect(clone.apply({ update, operation: operationId(1) })).toEqual({
      type: 'refused',
      reason: 'client-id-in-use',
    });
  });
}
