// Do replicas that know the same show the same, in whatever order they learned it?

import type { Incoming } from '@causeway/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LogItem } from './document-history.ts';
import { checkAgainstOracle, DocumentHistory, steps } from './document-history.ts';
import { ReplicaOracle } from './document-oracle.ts';
import type { DocumentSubject } from './document-subject.ts';
import { operationId } from './document-subject.ts';

export function convergenceContract<F, N>(make: () => DocumentSubject<F, N>): void {
  test('after every step of a random history, aggregates equal a recount; in the end all agree', () => {
    fc.assert(
      fc.property(steps, (history) => {
        const three = new DocumentHistory(make());
        for (const step of history) {
          three.take(step);
          three.check();
        }
        three.finish();
        three.check();
        const contents = three.places.map(({ replica }) => replica.content());
        expect(contents[1]).toEqual(contents[0]);
        expect(contents[2]).toEqual(contents[0]);
      }),
      { numRuns: 60 },
    );
  });

  test('a log that is taken at once gives what it gives entry by entry', () => {
    fc.assert(
      fc.property(steps, fc.nat(), (history, cut) => {
        const subject = make();
        const three = new DocumentHistory(subject);
        for (const step of history) three.take(step);
        three.finish();
        const replica = subject.type.open({ clientId: 99 });
        const oracle = new ReplicaOracle();
        const changes = three.log.flatMap((item, at): Incoming[] => {
          if (item.item === 'verdicts') {
            oracle.verdicts.push(...item.verdicts);
            return [];
          }
          if (item.known) oracle.learn(item.known, at + 1);
          const operation = item.known && { operation: item.known.operation };
          return [{ update: item.update, position: at + 1, ...operation }];
        });
        const middle = cut % (changes.length + 1);
        expect(replica.applyAll(changes.slice(0, middle))).toEqual([]);
        replica.judge(oracle.verdicts);
        expect(replica.applyAll(changes.slice(middle))).toEqual([]);
        checkAgainstOracle(replica, oracle);
        expect(replica.content()).toEqual(three.places[0]?.replica.content());
        expect(replica.fork(98).content()).toEqual(replica.content());
      }),
      { numRuns: 60 },
    );
  });

  test('verdicts and positions may come before or after what they are about', () => {
    fc.assert(
      fc.property(steps, fc.infiniteStream(fc.boolean()), (history, coins) => {
        const three = new DocumentHistory(make());
        for (const step of history) three.take(step);
        three.finish();
        const expected = three.places[0]?.replica.content();
        const late = learnInAnotherOrder(make(), three.log, coins);
        expect(late.replica.content()).toEqual(expected);
        checkAgainstOracle(late.replica, late.oracle);
      }),
      { numRuns: 40 },
    );
  });

  test('a verdict can be taken back', () => {
    const a = make().type.open({ clientId: 1 });
    const operation = operationId(1);
    a.run({ operation }, (roots) => {
      roots.balance.add('ann', 5);
      roots.tags.put('blue', 7);
      roots.slots.claim(['x'], { who: 'ann' });
      roots.field.set('f', 1);
    });
    const before = a.content();
    const touched = a.judge([{ operation, verdict: 'void' }]);
    expect(touched).toHaveLength(4);
    expect(a.view.field.get('f')).toBeUndefined();
    expect(a.view.balance.get('ann')).toBe(0);
    expect(a.view.tags.has('blue')).toBe(false);
    expect(a.view.slots.at('x')).toBeUndefined();
    expect(a.view.slots.get(operation)).toMatchObject({ verdict: 'void', slot: undefined });
    a.judge([{ operation, verdict: 'ok' }]);
    expect(a.view.slots.get(operation)?.verdict).toBe('ok');
    expect(JSON.stringify(a.content())).toBe(JSON.stringify(before).replace('"tentative"', '"ok"'));
  });

  test('an operation that releases before it claims is found by its id', () => {
    const a = make().type.open({ clientId: 1 });
    a.run({ operation: operationId(1) }, ({ slots }) => slots.claim(['x'], { who: 'ann' }));
    const operation = operationId(2);
    a.run({ operation }, ({ slots }) => {
      slots.release(operationId(1));
      slots.claim(['x'], { who: 'bob' });
      slots.claim(['y'], { who: 'eve' });
    });
    expect(a.view.slots.get(operation)).toMatchObject({ slot: 'x', value: { who: 'bob' } });
    const second = a.view.slots.at('y');
    expect(a.view.slots.get(second?.id ?? '')).toEqual(second);
    a.run({ operation: operationId(3) }, ({ slots }) => slots.release(operation));
    expect(a.view.slots.at('x')).toBeUndefined();
    expect(a.view.slots.at('y')).toEqual(second);
  });

  test('a removal that is voided gives the item back', () => {
    const a = make().type.open({ clientId: 1 });
    a.run({ operation: operationId(1) }, (roots) => roots.tags.put('blue', 7));
    a.run({ operation: operationId(2) }, (roots) => roots.tags.delete('blue'));
    expect(a.view.tags.has('blue')).toBe(false);
    a.judge([{ operation: operationId(2), verdict: 'void' }]);
    expect(a.view.tags.get('blue')).toBe(7);
  });

  test('adding wins over a concurrent removal', () => {
    const { type } = make();
    const [a, b] = [type.open({ clientId: 1 }), type.open({ clientId: 2 })];
    const put = a.run({ operation: operationId(1) }, (roots) => roots.tags.put('blue', 1));
    b.apply({ update: put.update, operation: operationId(1), position: 1 });
    a.run({ operation: operationId(2) }, (roots) => roots.tags.delete('blue'));
    const again = b.run({ operation: operationId(3) }, (roots) => roots.tags.put('blue', 2));
    a.apply({ update: again.update, operation: operationId(3), position: 2 });
    expect(a.view.tags.get('blue')).toBe(2);
  });

  test('the first committed claim gets the slot; settling moves the others or voids them', () => {
    const { type } = make();
    const [a, b] = [type.open({ clientId: 1 }), type.open({ clientId: 2 })];
    const first = a.run({ operation: operationId(1) }, ({ slots }) =>
      slots.claim(['x', 'y'], { who: 'ann' }),
    );
    const second = b.run({ operation: operationId(2) }, ({ slots }) =>
      slots.claim(['x', 'z'], { who: 'bob' }),
    );
    const third = b.run({ operation: operationId(3) }, ({ slots }) =>
      slots.claim(['x'], { who: 'eve' }),
    );
    const primary = type.open({ clientId: 3 });
    const ordered = [
      [2, second],
      [1, first],
      [3, third],
    ] as const;
    for (const [at, [n, { update }]] of ordered.entries()) {
      primary.apply({ update, operation: operationId(n), position: at + 1 });
    }
    const who = (): unknown => primary.view.slots.holders('x').map(({ value }) => value.who);
    expect(who()).toEqual(['bob', 'ann', 'eve']);
    const ran = primary.run({ operation: operationId(4) }, ({ slots }) => {
      expect(slots.settle('x').map(({ value, slot }) => [value.who, slot])).toEqual([
        ['ann', 'y'],
        ['eve', undefined],
      ]);
    });
    expect(ran).toMatchObject({
      type: 'ran',
      update: new Uint8Array(0),
      verdicts: [
        { operation: operationId(2), verdict: 'ok', root: 'slots' },
        { operation: operationId(1), verdict: 'moved', root: 'slots', slot: 'y' },
        { operation: operationId(3), verdict: 'void', root: 'slots' },
      ],
    });
    expect(who()).toEqual(['bob']);
    expect(primary.view.slots.at('y')).toMatchObject({ value: { who: 'ann' }, verdict: 'moved' });
  });
}

/** Applies a log with its verdicts pulled ahead and its positions told late, as coins decide. */
function learnInAnotherOrder<F, N>(
  subject: DocumentSubject<F, N>,
  log: readonly LogItem[],
  coins: Iterator<boolean>,
): { replica: ReturnType<typeof subject.type.open>; oracle: ReplicaOracle } {
  const replica = subject.type.open({ clientId: 99 });
  const oracle = new ReplicaOracle();
  const isHeads = (): boolean => coins.next().value === true;
  const isEarly = isHeads();
  const verdicts = log.flatMap((item) => (item.item === 'verdicts' ? item.verdicts : []));
  oracle.verdicts.push(...verdicts);
  if (isEarly) replica.judge(verdicts);
  const unplaced: (() => void)[] = [];
  for (const [at, item] of log.entries()) {
    if (item.item !== 'change') continue;
    const { update, known } = item;
    if (known) oracle.learn(known, at + 1);
    if (known && isHeads()) {
      replica.apply({ update, operation: known.operation });
      unplaced.push(() => void replica.place(known.operation, at + 1));
    } else {
      replica.apply({ update, position: at + 1, ...(known && { operation: known.operation }) });
    }
  }
  for (const place of isHeads() ? unplaced.reverse() : unplaced) place();
  if (!isEarly) replica.judge(verdicts);
  return { replica, oracle };
}
