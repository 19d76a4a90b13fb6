// A counter with a bound: the same sums as a counter, bounds that stay with the root, and rights that
// belong to the replica they were told to.
import { expect, test } from 'vitest';
import type { ContractRoots, DocumentSubject } from './document-subject.ts';
import { codeOf, operationId, stockBounds, updateOf } from './document-subject.ts';

export function boundedContract<F, N>(make: () => DocumentSubject<F, N>): void {
  test('a bounded counter adds up as a counter does, below its bound, too', () => {
    const { type } = make();
    const [a, b] = [type.open({ clientId: 1 }), type.open({ clientId: 2 })];
    const first = updateOf(a, 1, ({ stock }) => {
      stock.add('seats', 5);
      stock.add('seats', -7);
      expect(stock.get('seats')).toBe(-2);
    });
    const second = updateOf(b, 2, ({ stock }) => stock.add('seats', 3));
    a.apply({ update: second, operation: operationId(2), position: 2 });
    b.apply({ update: first, operation: operationId(1), position: 1 });
    const loaded = type.open({ clientId: 3 });
    expect(loaded.load(a.save())).toBe(true);
    for (const replica of [a, b, loaded, b.fork(4)]) {
      expect(replica.view.stock.get('seats')).toBe(1);
      expect([...replica.view.stock.keys()]).toEqual(['seats']);
      expect(replica.content()).toEqual(a.content());
    }
    const touched = a.judge([{ operation: operationId(1), verdict: 'void' }]);
    expect(touched).toEqual([{ root: 'stock', key: 'seats' }]);
    expect(a.view.stock.get('seats')).toBe(3);
  });

  test('it adds whole numbers, in operations only', () => {
    const a = make().type.open({ clientId: 1 });
    let kept: ContractRoots<N> | undefined;
    updateOf(a, 1, (roots) => {
      kept = roots;
      for (const by of [0.5, Number.NaN, 2 ** 53]) {
        expect(codeOf(() => roots.stock.add('seats', by))).toBe('not-whole');
      }
    });
    expect(codeOf(() => kept?.stock.add('seats', 1))).toBe('write-outside-run');
    expect(codeOf(() => a.read(() => kept?.stock.add('seats', 1)))).toBe('write-in-read');
    expect([...a.view.stock.keys()]).toEqual([]);
  });

  test('an entry of another form is forged', () => {
    const subject = make();
    const [a, b] = [1, 2].map((clientId) => subject.type.open({ clientId }));
    if (!a || !b) throw new Error('no replicas');
    const entry = operationId(7);
    const update = subject.forge(a, { root: 'stock', entry, text: '["seats",0.5]' });
    const applied = b.apply({ update, operation: entry, position: 1 });
    expect(applied).toMatchObject({ type: 'applied', forged: [{ root: 'stock', entry }] });
    expect(b.view.stock.get('seats')).toBe(0);
  });

  test('the bounds are told of bounded counters only, also by copies', () => {
    const { type } = make();
    const a = type.open({ clientId: 1 });
    const copy = a.fork(2);
    const loaded = type.open({ clientId: 3 });
    loaded.load(copy.save());
    for (const replica of [a, copy, loaded]) {
      expect([...replica.boundedRoots()]).toEqual([['stock', stockBounds]]);
    }
  });

  test('rights are 0 until told, and what reads them is told of a change', () => {
    const a = make().type.open({ clientId: 1 });
    const read = (): unknown => a.read(({ stock }) => stock.rights('seats'));
    const touched = [{ root: 'stock', key: 'seats' }];
    expect(read()).toEqual({ value: 0, touched });
    expect(a.setRights('stock', 'seats', 4)).toEqual(touched);
    expect(a.setRights('stock', 'seats', 4)).toEqual([]);
    expect(read()).toEqual({ value: 4, touched });
    expect(a.view.stock.rights('rows')).toBe(0);
    updateOf(a, 1, ({ stock }) => expect(stock.rights('seats')).toBe(4));
    expect(a.setRights('stock', 'seats', 0)).toEqual(touched);
    expect(a.view.stock.rights('seats')).toBe(0);
  });

  test('rights are no content: neither saved, nor copied, nor told to others', () => {
    const { type } = make();
    const a = type.open({ clientId: 1 });
    const [content, state] = [a.content(), a.save()];
    a.setRights('stock', 'seats', 4);
    expect(a.content()).toEqual(content);
    expect(a.save()).toEqual(state);
    const loaded = type.open({ clientId: 2 });
    loaded.load(a.save());
    for (const copy of [loaded, a.fork(3)]) expect(copy.view.stock.rights('seats')).toBe(0);
  });

  test('rights are whole numbers from 0 on, and of bounded counters', () => {
    const a = make().type.open({ clientId: 1 });
    for (const amount of [-1, 0.5, Number.NaN, 2 ** 53]) {
      expect(codeOf(() => a.setRights('stock', 'seats', amount))).toBe('not-whole');
    }
    for (const root of ['balance', 'tags', 'nowhere']) {
      expect(codeOf(() => a.setRights(root, 'seats', 1))).toBe('not-bounded');
    }
  });
}
