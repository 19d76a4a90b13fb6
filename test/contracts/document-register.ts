// A register: what was written concurrently stays until somebody who saw it writes again.
import type { DocumentReplica } from '@causeway/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DocumentHistory, type Step } from './document-history.ts';
import type { ContractRoots, DocumentSubject } from './document-subject.ts';
import { codeOf, operationId, updateOf } from './document-subject.ts';

const at = fc.nat(1);

/** One key, two authors, and verdicts often: chains of settings that are void in part. */
const settings: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ step: fc.constant('run'), at, acts: setOnce() }) },
    { weight: 3, arbitrary: fc.record({ step: fc.constant('commit'), at }) },
    { weight: 3, arbitrary: fc.record({ step: fc.constant('pull'), at, count: fc.nat(9) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        step: fc.constant('judge'),
        nth: fc.nat(50),
        verdict: fc.constantFrom('ok', 'void', 'void'),
      }),
    },
  ),
  { minLength: 25, maxLength: 50 },
) as fc.Arbitrary<readonly Step[]>;

function setOnce(): fc.Arbitrary<unknown> {
  return fc.nat(3).map((value) => [{ act: 'set', key: 'ann', value }]);
}

export function registerContract<F, N>(make: () => DocumentSubject<F, N>): void {
  type Replica = DocumentReplica<F, ContractRoots<N>>;
  const open = (clientId: number): Replica => make().type.open({ clientId });
  const set = (replica: Replica, n: number, value: number): Uint8Array =>
    updateOf(replica, n, ({ field }) => field.set('f', value));
  const show = (replica: Replica): unknown => [
    replica.view.field.get('f'),
    replica.view.field.conflicts('f'),
    replica.hasConflict('field', 'f'),
  ];

  test('concurrent values conflict until a setting that saw them; a later one reopens it', () => {
    const [a, b, c] = [open(1), open(2), open(3)];
    const deliver = (update: Uint8Array, n: number, position: number, to: readonly Replica[]) => {
      for (const replica of to) replica.apply({ update, operation: operationId(n), position });
    };
    deliver(set(a, 10, 0), 10, 1, [b, c]);
    a.place(operationId(10), 1);
    const [one, two] = [set(a, 12, 1), set(b, 11, 2)];
    expect([show(a), show(b)]).toEqual([
      [1, [], false],
      [2, [], false],
    ]);
    deliver(one, 12, 2, [b, c]);
    deliver(two, 11, 3, [a, c]);
    a.place(operationId(12), 2);
    b.place(operationId(11), 3);
    // The first committed one, though its operation's id is the greater.
    for (const replica of [a, b, c]) expect(show(replica)).toEqual([1, [1, 2], true]);
    const [three, four] = [set(c, 14, 3), set(a, 13, 4)];
    expect(show(c)).toEqual([3, [], false]);
    deliver(three, 14, 4, [a, b]);
    deliver(four, 13, 5, [b, c]);
    c.place(operationId(14), 4);
    a.place(operationId(13), 5);
    for (const replica of [a, b, c]) expect(show(replica)).toEqual([3, [3, 4], true]);
    deliver(set(b, 15, 5), 15, 6, [a, c]);
    for (const replica of [a, b, c]) expect(show(replica)).toEqual([5, [], false]);
  });

  test('a key that many set and that verdicts go back and forth on equals a recount', () => {
    fc.assert(
      fc.property(settings, (history) => {
        const three = new DocumentHistory(make());
        for (const step of history) {
          three.take(step);
          three.check();
        }
        three.finish();
        three.check();
      }),
      { numRuns: 20 },
    );
  });

  test('the same value twice is no conflict, and is covered as a whole', () => {
    const [a, b] = [open(1), open(2)];
    set(a, 1, 7);
    b.apply({ update: set(open(3), 2, 7), operation: operationId(2), position: 1 });
    a.apply({ update: b.merge([set(b, 3, 7)]), operation: operationId(3), position: 2 });
    expect(show(a)).toEqual([7, [], false]);
    set(a, 4, 8);
    expect(show(a)).toEqual([8, [], false]);
    a.judge([{ operation: operationId(4), verdict: 'void' }]);
    expect(show(a)).toEqual([7, [], false]);
  });

  test('what only a void setting covered is live again, and what more was covered is not', () => {
    const a = open(1);
    for (const n of [1, 2, 3, 4]) set(a, n, n);
    const judge = (n: number, verdict: 'ok' | 'void'): unknown => {
      a.judge([{ operation: operationId(n), verdict }]);
      const copy = open(9);
      expect(copy.load(a.save())).toBe(true);
      expect(show(copy)).toEqual(show(a));
      return show(a);
    };
    // Whoever wrote 3 had seen 1 as well, below the 2 that is void now.
    expect(judge(2, 'void')).toEqual([4, [], false]);
    expect(judge(3, 'void')).toEqual([4, [], false]);
    expect(judge(4, 'void')).toEqual([1, [], false]);
    expect(judge(3, 'ok')).toEqual([3, [], false]);
    expect(judge(2, 'ok')).toEqual([3, [], false]);
    expect(judge(3, 'void')).toEqual([2, [], false]);
  });

  test('an operation that sets a key twice leaves its last value', () => {
    const a = open(1);
    updateOf(a, 1, ({ field }) => {
      field.set('f', 1);
      field.set('f', 2);
      field.set('g', 3);
      expect([field.get('f'), field.conflicts('f')]).toEqual([2, []]);
    });
    expect(a.content()).toMatchObject({ field: { f: [2], g: [3] } });
  });

  test('entries that name each other, themselves, or those of other keys do no more than they may', () => {
    const subject = make();
    const a = subject.type.open({ clientId: 1 });
    updateOf(a, 1, ({ field }) => field.set('g', 1));
    const author = subject.type.open({ clientId: 2 });
    const forge = (n: number, value: unknown): void => {
      const id = operationId(n);
      const text = JSON.stringify(value);
      const update = subject.forge(author, { root: 'field', entry: id, text });
      expect(a.apply({ update, operation: id, position: n })).toMatchObject({ type: 'applied' });
    };
    forge(2, ['f', 2, [operationId(3), operationId(3)]]);
    forge(3, ['f', 3, [operationId(2), operationId(1)]]);
    forge(4, ['f', 4, [operationId(4)]]);
    expect(a.view.field.get('g')).toBe(1);
    expect([...a.view.field.keys()]).toEqual(['g']);
    const verdicts = (kind: 'ok' | 'void', ...ns: readonly number[]): void => {
      a.judge(ns.map((n) => ({ operation: operationId(n), verdict: kind })));
    };
    verdicts('void', 2);
    // Void 2 goes on naming 3, and is named by it: 3 leads past itself.
    expect(a.view.field.get('f')).toBeUndefined();
    verdicts('void', 3, 4);
    set(a, 5, 5);
    expect(show(a)).toEqual([5, [], false]);
    verdicts('ok', 2, 3, 4);
    expect(show(a)).toEqual([5, [], false]);
    const copy = a.fork(9);
    expect(copy.content()).toEqual(a.content());
  });

  test.each(['["f",1]', '["f",1,"x"]', '["f",1,[1]]', '[1,1,[]]', '["f",1,[],0]'])(
    'an entry of another form is forged: %s',
    (text) => {
      const subject = make();
      const [a, b] = [subject.type.open({ clientId: 1 }), subject.type.open({ clientId: 2 })];
      const entry = operationId(7);
      const update = subject.forge(a, { root: 'field', entry, text });
      const applied = b.apply({ update, operation: entry, position: 1 });
      expect(applied).toMatchObject({ type: 'applied', forged: [{ root: 'field', entry }] });
      expect([...b.view.field.keys()]).toEqual([]);
    },
  );

  test('it is written in operations only, and nothing else has conflicts', () => {
    const a = open(1);
    let kept: ContractRoots<N> | undefined;
    updateOf(a, 1, (roots) => {
      kept = roots;
    });
    expect(codeOf(() => kept?.field.set('f', 1))).toBe('write-outside-run');
    expect(codeOf(() => a.read(() => kept?.field.set('f', 1)))).toBe('write-in-read');
    for (const root of ['balance', 'slots', 'nowhere'])
      expect(a.hasConflict(root, 'f')).toBe(false);
  });
}
