// What evaluating a view tells, and that it changes nothing.
import { expect, test } from 'vitest';
import type { ContractRoots, DocumentSubject } from './document-subject.ts';
import { codeOf, operationId, updateOf } from './document-subject.ts';

export function readContract<F, N>(make: () => DocumentSubject<F, N>): void {
  test('reading tells the keys and roots that were read', () => {
    const subject = make();
    const a = subject.type.open({ clientId: 1 });
    updateOf(a, 1, (roots) => roots.slots.claim(['x'], { who: 'ann' }));
    const touchedBy = (from: (view: typeof a.view) => unknown): unknown => a.read(from).touched;
    expect(touchedBy(() => 1)).toEqual([]);
    expect(touchedBy((view) => view.balance.get('ann'))).toEqual([{ root: 'balance', key: 'ann' }]);
    expect(touchedBy((view) => [...view.tags.keys()])).toEqual([{ root: 'tags', key: undefined }]);
    expect(touchedBy((view) => view.tags.has('t'))).toEqual([{ root: 'tags', key: 't' }]);
    expect(touchedBy((view) => view.slots.at('y'))).toEqual([{ root: 'slots', key: 'y' }]);
    expect(touchedBy((view) => view.slots.get(operationId(1)))).toEqual([
      { root: 'slots', key: 'x' },
    ]);
    expect(touchedBy((view) => view.slots.get('nobody'))).toEqual([
      { root: 'slots', key: undefined },
    ]);
    const ofField = [{ root: 'field', key: 'f' }];
    expect(touchedBy((view) => view.field.get('f'))).toEqual(ofField);
    expect(touchedBy((view) => view.field.conflicts('f'))).toEqual(ofField);
    expect(touchedBy((view) => view.field.keys())).toEqual([{ root: 'field', key: undefined }]);
    expect(touchedBy(subject.readNote)).toEqual([{ root: 'note', key: undefined }]);
    expect(a.read((view) => view.balance.get('ann') + 1).value).toBe(1);
  });

  test('what only reads cannot write', () => {
    const subject = make();
    const a = subject.type.open({ clientId: 1 });
    let kept: ContractRoots<N> | undefined;
    updateOf(a, 1, (roots) => {
      kept = roots;
    });
    const codeInRead = (act: () => void): unknown => codeOf(() => a.read(act));
    expect(codeInRead(() => kept?.balance.add('ann', 1))).toBe('write-in-read');
    expect(codeInRead(() => updateOf(a, 2, () => {}))).toBe('write-in-read');
    expect(codeInRead(() => subject.editNote(a.facet, 'no'))).toBe('write-in-read');
    expect(a.read((view) => view.balance.get('ann')).value).toBe(0);
  });

  test('what a view hands out cannot be changed', () => {
    const a = make().type.open({ clientId: 1 });
    updateOf(a, 1, (roots) => roots.slots.claim(['x'], { who: 'ann' }));
    const value = a.view.slots.at('x')?.value;
    expect(value && Reflect.set(value, 'who', 'bob')).toBe(false);
    expect(a.view.slots.at('x')?.value).toEqual({ who: 'ann' });
  });
}
