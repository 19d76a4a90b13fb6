// Cases of Yjs that the contract, which is for all libraries, does not pin down: a clean-up hidden in
// a later edit, a key that somebody took before, and what a saved state says beside the document.
import type { OperationId } from '@causeway/core';
import { addWinsSet, claims, counter, yjs } from '@causeway/yjs';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';

const type = yjs(
  (doc) => ({
    stock: counter(doc, 'stock'),
    tags: addWinsSet<number>(doc, 'tags'),
    slots: claims<string>(doc, 'slots'),
    note: doc.getText('note'),
    list: doc.getArray<Y.Map<number> | number>('list'),
    map: doc.getMap<number | Y.Text>('map'),
  }),
  {
    initial: ({ stock, note }) => {
      stock.add('a', 5);
      note.insert(0, 'base');
    },
  },
);

const operationId = (text: string): OperationId => text as OperationId;
const op = operationId('op');
const open = (clientId: number) => type.open({ clientId });

describe('yjs replica', () => {
  it('does not tidy what two set alike, which Yjs itself would report', () => {
    const [a, b] = [open(1), open(2)];
    const updates: [Uint8Array[], Uint8Array[]] = [[], []];
    a.onEdit((update) => updates[0].push(update));
    b.onEdit((update) => updates[1].push(update));
    a.facet.doc.getText('note').format(0, 4, { bold: true });
    b.facet.doc.getText('note').format(0, 4, { bold: true });
    const [fromA, fromB] = updates.map((list) => list.splice(0));
    for (const update of fromB ?? []) a.apply({ update });
    for (const update of fromA ?? []) b.apply({ update });
    expect(updates).toEqual([[], []]);
    expect(a.content()).toEqual(b.content());
    // Nor is it hidden in the next edit, which deletes nothing.
    a.facet.doc.getMap('map').set('k', 1);
    expect(updates[0]).toHaveLength(1);
    for (const update of updates[0]) expect(Y.decodeUpdate(update).ds.clients.size).toBe(0);
  });

  it('counts an entry although somebody took its key before', () => {
    const [a, b, c] = [open(1), open(2), open(3)];
    const edits: Uint8Array[] = [];
    a.onEdit((update) => edits.push(update));
    a.facet.doc.getMap('stock').set('op', '["a",90]');
    const forged = [{ root: 'stock', entry: 'op' }];
    for (const update of edits)
      for (const to of [b, c]) expect(to.apply({ update })).toMatchObject({ forged });
    const ran = b.run({ operation: op }, ({ stock }) => stock.add('a', -1));
    expect(a.apply({ update: ran.update, operation: operationId('other') })).toMatchObject({
      forged,
    });
    expect([a, b, c].map(({ view }) => view.stock.get('a'))).toEqual([5, 4, 5]);
    for (const to of [a, c]) {
      expect(to.apply({ update: ran.update, operation: op })).toMatchObject({ forged: [] });
    }
    for (const at of [a, b, c]) {
      expect(at.view.stock.get('a')).toBe(4);
      expect(at.fork(7).content()).toEqual(at.content());
    }
  });

  it('saves the order of claims, and which entries are forged', () => {
    const a = open(1);
    for (const [at, id] of ['x', 'y', 'z'].entries()) {
      const operation = operationId(id);
      const from = open(10 + at);
      const ran = from.run({ operation }, ({ slots }) => slots.claim(['s'], id));
      a.apply({ update: ran.update, operation });
    }
    a.place(operationId('y'), 2);
    a.place(operationId('z'), 4);
    a.facet.doc.getMap('stock').set('op', '["a",90]');
    const copy = a.fork(2);
    for (const { view } of [a, copy]) {
      expect(view.slots.holders('s').map(({ id }) => id)).toEqual(['y', 'z', 'x']);
      expect(view.stock.get('a')).toBe(5);
    }
    expect(copy.fork(3).content()).toEqual(a.content());
  });

  it('leaves a claim that settling moved where it is, when its new slot is settled', () => {
    const a = open(1);
    for (const [at, id] of ['x', 'y'].entries()) {
      const from = open(10 + at);
      const operation = operationId(id);
      const ran = from.run({ operation }, ({ slots }) => slots.claim(['s', 't'], id));
      a.apply({ update: ran.update, operation });
    }
    for (const [at, slot] of ['s', 't'].entries()) {
      a.run({ operation: operationId(`c:${at}`) }, ({ slots }) => void slots.settle(slot));
    }
    expect(a.view.slots.holders('s')).toMatchObject([{ id: 'x', verdict: 'ok' }]);
    expect(a.view.slots.holders('t')).toMatchObject([{ id: 'y', verdict: 'moved' }]);
  });
});
