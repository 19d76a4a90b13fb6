// What somebody else writes under an operation's id counts for nothing, and is told.
import { expect, test } from 'vitest';
import type { DocumentFeatures, DocumentSubject } from './document-subject.ts';
import { operationId } from './document-subject.ts';

const ann = '["ann",1000]';

export function forgeryContract<F, N>(
  make: () => DocumentSubject<F, N>,
  { overwritesEntries }: DocumentFeatures<F>,
): void {
  test('an entry in an edit counts nowhere, and is told as forged', () => {
    const subject = make();
    const a = subject.type.open({ clientId: 1 });
    const b = subject.type.open({ clientId: 2 });
    const entry = operationId(7);
    const update = subject.forge(a, { root: 'balance', entry, text: ann });
    expect(a.view.balance.get('ann')).toBe(0);
    const forged = [{ root: 'balance', entry }];
    expect(b.apply({ update })).toMatchObject({ type: 'applied', forged });
    for (const replica of [a, b, a.fork(3), b.fork(4)]) {
      expect(replica.view.balance.get('ann')).toBe(0);
    }
  });

  test.each([
    ['of another operation', operationId(8), ann],
    ['of initial content', '#1', ann],
    ['with no proper number', `${operationId(7)}#01`, ann],
    ['that is not JSON', operationId(7), '["ann",'],
    ['with half a cent', operationId(7), '["ann",0.5]'],
    ['of another type', operationId(7), '["+","ann",1]'],
  ])('an entry %s is forged in an operation, too', (_what, entry, text) => {
    const subject = make();
    const a = subject.type.open({ clientId: 1 });
    const b = subject.type.open({ clientId: 2 });
    const update = subject.forge(a, { root: 'balance', entry, text });
    const applied = b.apply({ update, operation: operationId(7), position: 1 });
    expect(applied).toMatchObject({ type: 'applied', forged: [{ root: 'balance', entry }] });
    expect([...b.view.balance.keys()]).toEqual(['initial']);
  });

  test('an entry forged before the genuine one arrives does not stand in its way', () => {
    const subject = make();
    const author = subject.type.open({ clientId: 5 });
    const ran = author.run({ operation: operationId(7) }, ({ balance }) => balance.add('ann', 5));
    // Both orders of the two client ids: a library's own winner must not matter.
    for (const clientId of [1, 9]) {
      const forger = subject.type.open({ clientId });
      const forged = { root: 'balance', entry: operationId(7), text: ann };
      const update = subject.forge(forger, forged);
      const late = subject.type.open({ clientId: 20 });
      late.apply({ update });
      late.apply({ update: ran.update, operation: operationId(7), position: 1 });
      forger.apply({ update: ran.update, operation: operationId(7), position: 1 });
      const early = author.fork(21);
      early.apply({ update });
      for (const replica of [late, forger, early, late.fork(22), early.fork(23)]) {
        expect(replica.view.balance.get('ann')).toBe(5);
      }
      expect(early.content()).toEqual(late.content());
    }
  });

  if (overwritesEntries) {
    test.each(['overwrite', 'remove'] as const)('to %s an entry changes no value', (how) => {
      const subject = make();
      const a = subject.type.open({ clientId: 1 });
      const b = subject.type.open({ clientId: 2 });
      const operation = operationId(1);
      const ran = a.run({ operation }, ({ balance }) => balance.add('ann', 5));
      b.apply({ update: ran.update, operation, position: 1 });
      const edits: Uint8Array[] = [];
      b.onEdit((update) => edits.push(update));
      overwritesEntries[how](b.facet, 'balance', operation);
      const applied = a.apply({ update: a.merge(edits) });
      const forged = [{ root: 'balance', entry: operation }];
      expect(applied).toMatchObject({ type: 'applied', forged });
      for (const replica of [a, b, a.fork(3), b.fork(4)]) {
        expect(replica.view.balance.get('ann')).toBe(5);
      }
      const void5 = [{ operation, verdict: 'void' as const }];
      const copy = a.fork(5);
      copy.judge(void5);
      expect(copy.view.balance.get('ann')).toBe(0);
    });
  }
}
