// A desk that people share: one text, and money in accounts. For pages in real browsers, and for the
// primary of their relay. What may happen to the whole text while cut off is the variants' difference.
import { type Cell, defineApp, delay, limit, safe } from '@causeway/core';
import { counter, yjs } from '@causeway/yjs';
import * as v from 'valibot';

/** Every new document opens with this much in Ann's account. */
export const openingCents = 100_00;

const args = v.object({
  account: v.pipe(v.string(), v.minLength(1)),
  cents: v.pipe(v.number(), v.integer(), v.minValue(1)),
});

const draft = defineApp({
  name: 'desk',
  version: 1,
  document: yjs(
    (doc) => ({
      text: doc.getText('text'),
      balance: counter(doc, 'balance'),
      owed: counter(doc, 'owed'),
    }),
    { initial: (doc) => doc.balance.add('ann', openingCents) },
  ),
})
  .operations({
    deposit: {
      args,
      subjects: (a) => [a.account],
      run: (doc, a) => doc.balance.add(a.account, a.cents),
    },
    withdraw: {
      args,
      subjects: (a) => [a.account],
      run: (doc, a) => doc.balance.add(a.account, -a.cents),
    },
    pay: {
      args,
      subjects: (a) => [a.account],
      requires: (doc, a) => doc.balance.get(a.account) >= a.cents || 'insufficient-funds',
      run: (doc, a) => doc.balance.add(a.account, -a.cents),
      preview: (doc, a) => ({ [a.account]: doc.balance.get(a.account) - a.cents }),
    },
    deleteDocument: {
      args: v.object({}),
      run: (doc) => doc.text.delete(0, doc.text.length),
    },
  })
  .invariants({
    kept: {
      keys: (op) => (op.name === 'deleteDocument' ? ['text'] : []),
      holds: (doc) => doc.text.length > 0,
    },
    covered: {
      keys: (op) => ('account' in op.args ? [op.args.account] : []),
      holds: (doc, account) => doc.balance.get(account) + doc.owed.get(account) >= 0,
      deficit: (doc, account) => Math.max(0, -doc.balance.get(account) - doc.owed.get(account)),
    },
  })
  .compensations({
    covered: { restore: (doc, found) => doc.owed.add(found.key, found.deficit) },
  });

/** The desk where `deletion` decides about `deleteDocument`. */
export function deskWith(deletion: Cell<unknown, unknown, 'prohibit' | 'delay'>) {
  return draft.policy({
    deposit: { kept: safe(), covered: safe({ credits: (a) => a.cents }) },
    withdraw: {
      kept: safe(),
      covered: limit({ of: (a) => a.cents, max: 200_00, connected: 'local' }),
    },
    pay: { kept: safe(), covered: delay() },
    deleteDocument: { kept: deletion, covered: safe() },
  });
}
