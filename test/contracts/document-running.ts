// What a run makes, what it refuses, and what it leaves when it throws.
import { expect, test } from 'vitest';
import type { ContractRoots, DocumentSubject } from './document-subject.ts';
import { codeOf, operationId, updateOf } from './document-subject.ts';

export function runContract<F, N>(make: () => DocumentSubject<F, N>): void {
  test('a run shows at once, and its update shows the same elsewhere', () => {
    const subject = make();
    const [a, b] = [1, 2].map((clientId) => subject.type.open({ clientId }));
    if (!a || !b) throw new Error('no replicas');
    const ran = a.run({ operation: operationId(1) }, (roots) => {
      roots.balance.add('ann', 5);
      expect(roots.balance.get('ann')).toBe(5);
      roots.tags.put('blue', 7);
      roots.slots.claim(['nine'], { who: 'ann' });
      subject.writeNote(roots, 'hello');
    });
    if (ran.type !== 'ran') throw ran.error;
    const touched = [
      { root: 'balance', key: 'ann' },
      { root: 'note', key: undefined },
      { root: 'slots', key: 'nine' },
      { root: 'tags', key: 'blue' },
    ];
    expect(sorted(ran.touched)).toEqual(touched);
    const applied = b.apply({ update: ran.update, operation: operationId(1), position: 1 });
    expect(applied).toMatchObject({ type: 'applied', forged: [] });
    if (applied.type === 'applied') expect(sorted(applied.touched)).toEqual(touched);
    expect(b.content()).toEqual(a.content());
    expect(b.view.balance.get('ann')).toBe(5);
    expect(subject.readNote(b.view)).toMatch(/^hello/);
  });

  test('a run that writes nothing makes an empty update', () => {
    const a = make().type.open({ clientId: 1 });
    const ran = a.run({ operation: operationId(1) }, () => {});
    expect(ran).toEqual({ type: 'ran', update: new Uint8Array(0), touched: [], verdicts: [] });
  });

  test('a run that throws leaves the content, and later ones are understood elsewhere', () => {
    const subject = make();
    const a = subject.type.open({ clientId: 1 });
    const b = subject.type.open({ clientId: 2 });
    b.apply({ update: updateOf(a, 1, (roots) => subject.writeNote(roots, 'kept')) });
    const before = a.content();
    const error = new Error('no');
    const ran = a.run({ operation: operationId(2) }, (roots) => {
      roots.balance.add('ann', 1);
      roots.slots.claim(['nine'], { who: 'ann' });
      subject.writeNote(roots, 'lost');
      throw error;
    });
    expect(ran).toMatchObject({ type: 'threw', error });
    expect(a.content()).toEqual(before);
    expect(b.apply({ update: ran.update })).toMatchObject({ type: 'applied', forged: [] });
    const update = updateOf(a, 3, (roots) => subject.writeNote(roots, 'more '));
    expect(b.apply({ update, operation: operationId(3) })).toMatchObject({ type: 'applied' });
    expect(b.content()).toEqual(a.content());
  });

  test('a settlement in a run that throws is taken back', () => {
    const a = make().type.open({ clientId: 1 });
    for (const n of [1, 2]) updateOf(a, n, (roots) => roots.slots.claim(['x'], { who: `${n}` }));
    const before = a.content();
    const ran = a.run({ operation: operationId(3) }, (roots) => {
      roots.slots.settle('x');
      throw new Error('no');
    });
    expect(ran.type).toBe('threw');
    expect(a.content()).toEqual(before);
    expect(a.view.slots.holders('x')).toHaveLength(2);
  });

  test('an operation runs once, and within no other transaction', () => {
    const subject = make();
    const a = subject.type.open({ clientId: 1 });
    updateOf(a, 1, (roots) => roots.balance.add('ann', 1));
    expect(codeOf(() => updateOf(a, 1, () => {}))).toBe('operation-repeated');
    expect(a.isBusy).toBe(false);
    let seen: unknown[] = [];
    subject.withOpenTransaction(a.facet, () => {
      seen = [a.isBusy, codeOf(() => updateOf(a, 2, () => {}))];
    });
    expect(seen).toEqual([true, 'transaction-open']);
    updateOf(a, 3, () => {
      seen = [a.isBusy, codeOf(() => updateOf(a, 4, () => {}))];
    });
    expect(seen).toEqual([true, 'transaction-open']);
    expect(a.isBusy).toBe(false);
  });

  test('writers refuse outside of runs, and what no entry can hold', () => {
    const a = make().type.open({ clientId: 1 });
    let kept: ContractRoots<N> | undefined;
    updateOf(a, 1, (roots) => {
      kept = roots;
      expect(codeOf(() => roots.balance.add('ann', 0.5))).toBe('not-whole');
      expect(codeOf(() => roots.tags.put('ann', Number.NaN))).toBe('not-json');
    });
    expect(codeOf(() => kept?.balance.add('ann', 1))).toBe('write-outside-run');
    expect(codeOf(() => kept?.tags.put('ann', 1))).toBe('write-outside-run');
    expect(codeOf(() => kept?.tags.delete('ann'))).toBe('write-outside-run');
    expect(codeOf(() => kept?.slots.claim(['x'], { who: 'ann' }))).toBe('write-outside-run');
    expect(codeOf(() => kept?.slots.release('ann'))).toBe('write-outside-run');
    expect(codeOf(() => kept?.slots.settle('x'))).toBe('write-outside-run');
    expect(a.view.balance.get('ann')).toBe(0);
  });

  test('edits are reported with what they touch; runs and remote changes are not', () => {
    const subject = make();
    const a = subject.type.open({ clientId: 1 });
    const b = subject.type.open({ clientId: 2 });
    const edits: { update: Uint8Array; touched: unknown }[] = [];
    const stop = a.onEdit((update, touched) => edits.push({ update, touched }));
    updateOf(a, 1, (roots) => subject.writeNote(roots, 'run '));
    a.apply({ update: updateOf(b, 2, (roots) => subject.writeNote(roots, 'remote ')) });
    expect(edits).toEqual([]);
    const c = a.fork(3);
    subject.editNote(a.facet, 'edit ');
    expect(edits.map(({ touched }) => touched)).toEqual([[{ root: 'note', key: undefined }]]);
    for (const { update } of edits) c.apply({ update });
    expect(c.content()).toEqual(a.content());
    stop();
    subject.editNote(a.facet, 'more ');
    expect(edits).toHaveLength(1);
  });
}

function sorted(touched: readonly { root: string; key: string | undefined }[]): unknown {
  return [...touched].sort((a, b) => (a.root < b.root ? -1 : 1));
}
