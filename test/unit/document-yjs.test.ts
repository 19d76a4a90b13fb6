// The document port on Yjs: the contract, and what only Yjs can get wrong: clean-ups, undo, clocks.
import { addWinsSet, boundedCounter, claims, counter, register, yjs } from '@causeway/yjs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { documentContract } from '../contracts/document-contract.ts';
import { operationId, stockBounds } from '../contracts/document-subject.ts';

const type = yjs(
  (doc) => ({
    balance: counter(doc, 'balance'),
    stock: boundedCounter(doc, 'stock', stockBounds),
    tags: addWinsSet<number>(doc, 'tags'),
    slots: claims<{ who: string }>(doc, 'slots'),
    field: register<number>(doc, 'field'),
    text: doc.getText('note'),
  }),
  {
    initial: ({ balance, text }) => {
      balance.add('initial', 100);
      text.insert(0, 'base');
    },
  },
);

documentContract(
  'yjs',
  () => ({
    type,
    writeNote: ({ text: note }, text) => note.insert(0, text),
    editNote: ({ doc }, text) => doc.getText('note').insert(0, text),
    readNote: ({ text }) => text.toString(),
    withOpenTransaction: ({ doc }, inside) => doc.transact(inside),
    forge(replica, { root, entry, text }) {
      const before = Y.encodeStateVector(replica.facet.doc);
      replica.facet.doc.getMap(root).set(entry, text);
      return Y.encodeStateAsUpdate(replica.facet.doc, before);
    },
  }),
  {
    features: {
      overwritesEntries: {
        overwrite: ({ doc }, root, entry) => doc.getMap(root).set(entry, '["ann",9]'),
        remove: ({ doc }, root, entry) => doc.getMap(root).delete(entry),
      },
    },
  },
);

const op = operationId(1);
const open = (clientId: number) => type.open({ clientId });

const mutations = fc.array(
  fc.oneof(
    fc.record({ type: fc.constant('insert'), at: fc.nat(9), text: fc.constant('ab') } as const),
    fc.record({ type: fc.constant('cut'), at: fc.nat(9) } as const),
    fc.record({
      type: fc.constant('bold'),
      at: fc.nat(9),
      bold: fc.constantFrom(true, null),
    } as const),
    fc.record({ type: fc.constant('push'), at: fc.nat(9) } as const),
    fc.record({ type: fc.constant('pull'), at: fc.nat(9) } as const),
    fc.record({
      type: fc.constant('set'),
      key: fc.constantFrom('k', 'l'),
      value: fc.nat(3),
    } as const),
    fc.record({ type: fc.constant('unset'), key: fc.constantFrom('k', 'l') } as const),
  ),
  { minLength: 1, maxLength: 8 },
);
type Mutation = typeof mutations extends fc.Arbitrary<readonly (infer T)[]> ? T : never;

function mutate(doc: Y.Doc, step: Mutation): void {
  const [note, list, map] = [doc.getText('note'), doc.getArray('list'), doc.getMap('map')];
  if (step.type === 'insert') note.insert(Math.min(step.at, note.length), step.text);
  if (step.type === 'cut')
    note.delete(Math.min(step.at, note.length), step.at < note.length ? 1 : 0);
  if (step.type === 'bold' && step.at < note.length) {
    note.format(step.at, Math.min(3, note.length - step.at), { bold: step.bold });
  }
  if (step.type === 'push') {
    list.insert(Math.min(step.at, list.length), [step.at, new Y.Map([['n', step.at]])]);
  }
  if (step.type === 'pull' && step.at < list.length) list.delete(step.at, 1);
  if (step.type === 'set') map.set(step.key, step.value || new Y.Text('nested'));
  if (step.type === 'unset') map.delete(step.key);
}

describe('yjs: what only Yjs can get wrong', () => {
  test('undoes whatever a throwing run did to the types of Yjs, here and elsewhere', () => {
    fc.assert(
      fc.property(mutations, mutations, mutations, (before, during, after) => {
        const [a, b] = [open(1), open(2)];
        a.onEdit((update) => expect(b.apply({ update }).type).toBe('applied'));
        for (const step of before) mutate(a.facet.doc, step);
        const content = a.content();
        const ran = a.run({ operation: op }, () => {
          for (const step of during) mutate(a.facet.doc, step);
          throw new Error('on purpose');
        });
        expect(a.content()).toEqual(content);
        expect(b.apply({ update: ran.update }).type).toBe('applied');
        expect(b.content()).toEqual(content);
        for (const step of after) mutate(a.facet.doc, step);
        expect(b.content()).toEqual(a.content());
        expect(open(3).load(a.save())).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('never reports tidied formats as an edit, and leaves nothing pending', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(2), mutations), { maxLength: 8 }), (rounds) => {
        const replicas = [open(1), open(2), open(3)];
        const outboxes = replicas.map((): Uint8Array[] => []);
        let isApplying = false;
        for (const [at, replica] of replicas.entries()) {
          replica.onEdit((update) => {
            expect(isApplying).toBe(false);
            outboxes[at]?.push(update);
          });
        }
        const exchange = (): void => {
          isApplying = true;
          for (const [from, outbox] of outboxes.entries()) {
            for (const update of outbox.splice(0)) {
              for (const [to, replica] of replicas.entries()) {
                if (to !== from) expect(replica.apply({ update }).type).toBe('applied');
              }
            }
          }
          isApplying = false;
        };
        for (const [at, steps] of rounds) {
          const doc = replicas[at]?.facet.doc;
          if (doc) for (const step of steps) mutate(doc, step);
          if (steps.length % 3 === 0) exchange();
        }
        exchange();
        for (const replica of replicas) {
          expect(replica.content()).toEqual(replicas[0]?.content());
          expect(replica.facet.doc.store.pendingStructs).toBeNull();
          expect(replica.facet.doc.store.pendingDs).toBeNull();
          expect(replica.facet.doc.clientID).toBe(replica.clientId);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('does not tidy formats that overlap, which Yjs itself would report', () => {
    const [a, b] = [open(1), open(2)];
    const updates: [Uint8Array[], Uint8Array[]] = [[], []];
    a.onEdit((update) => updates[0].push(update));
    b.onEdit((update) => updates[1].push(update));
    a.facet.doc.getText('note').format(0, 3, { bold: true });
    b.facet.doc.getText('note').format(1, 3, { bold: true });
    const [fromA, fromB] = updates.map((list) => list.splice(0));
    for (const update of fromB ?? []) a.apply({ update });
    for (const update of fromA ?? []) b.apply({ update });
    expect(updates).toEqual([[], []]);
    expect(a.content()).toEqual(b.content());
    expect(a.run({ operation: op }, () => {}).update).toHaveLength(0);
  });

  test('sends what an observer wrote in answer to a remote change along with the next change', () => {
    const [a, b, c] = [open(1), open(2), open(3)];
    const edits: Uint8Array[] = [];
    b.onEdit((update) => edits.push(update));
    const list = b.facet.doc.getArray('list');
    b.facet.doc.getText('note').observe((_event, { local }) => {
      if (!local) list.push([1]);
    });
    const ran = a.run({ operation: op }, ({ text }) => text.insert(0, 'x'));
    b.apply({ update: ran.update, operation: op });
    c.apply({ update: ran.update, operation: op });
    expect(edits).toHaveLength(0);
    b.facet.doc.getMap('map').set('k', 1);
    for (const update of edits) expect(c.apply({ update }).type).toBe('applied');
    expect(c.content()).toEqual(b.content());
    expect(list.length).toBe(1);
  });

  test('refuses a run in an open transaction, and an update in its own name', () => {
    const a = open(1);
    const run = (): unknown => a.run({ operation: op }, () => {});
    a.facet.doc.transact(() => {
      expect(a.isBusy).toBe(true);
      expect(run).toThrow('transaction-open');
    });
    expect(a.isBusy).toBe(false);
    const twin = open(1).run({ operation: op }, ({ text }) => text.insert(0, 'x'));
    expect(a.apply({ update: twin.update })).toEqual({
      type: 'refused',
      reason: 'client-id-in-use',
    });
  });

  test('refuses what continues the initial content: its snapshot could not be loaded', () => {
    const forger = new Y.Doc();
    Y.applyUpdate(forger, Y.encodeStateAsUpdate(open(1).facet.doc));
    const before = Y.encodeStateVector(forger);
    forger.clientID = 0;
    forger.getText('note').insert(0, 'more');
    const update = Y.encodeStateAsUpdate(forger, before);
    const b = open(2);
    expect(b.apply({ update })).toEqual({ type: 'refused', reason: 'client-id-in-use' });
    expect(b.fork(3).content()).toEqual(b.content());
  });

  test('loads a state of its own client and goes on', () => {
    const [a, again, b] = [open(1), open(1), open(2)];
    const ran = a.run({ operation: op }, ({ text }) => text.insert(0, 'x'));
    b.apply({ update: ran.update, operation: op });
    expect(again.load(a.save())).toBe(true);
    const next = again.run({ operation: operationId(2) }, ({ text }) => text.insert(0, 'y'));
    expect(b.apply({ update: next.update }).type).toBe('applied');
    expect(b.content()).toEqual(again.content());
    expect(again.facet.doc.clientID).toBe(1);
  });

  test('runs no timer until somebody asks for awareness', () => {
    const a = open(1);
    const { awareness } = a.facet;
    expect(a.facet.awareness).toBe(awareness);
    expect(awareness.clientID).toBe(1);
    a.close();
  });

  test('a bounded counter is declared with sound bounds, and the same ones each time', () => {
    const openWith = (declare: (doc: Y.Doc) => unknown) => () =>
      yjs((doc) => ({ root: declare(doc) })).open({ clientId: 1 });
    const bad = [
      { min: 0.5, reclaim: 'firm' },
      { min: 0, reclaim: { bounded: -1 } },
    ] as const;
    for (const bounds of bad) {
      expect(openWith((doc) => boundedCounter(doc, 'n', bounds))).toThrow('bad-bounds');
    }
    const firm = { min: 0, reclaim: 'firm' } as const;
    const twice = (again: (doc: Y.Doc) => unknown): (() => unknown) =>
      openWith((doc) => [boundedCounter(doc, 'n', firm), again(doc)]);
    expect(twice((doc) => boundedCounter(doc, 'n', { ...firm }))).not.toThrow();
    for (const other of [{ ...firm, min: 1 }, stockBounds]) {
      expect(twice((doc) => boundedCounter(doc, 'n', other))).toThrow('root-taken');
    }
    expect(twice((doc) => counter(doc, 'n'))).toThrow('root-taken');
  });

  test('opens only with whole numbers from 1 on, and declares roots only at first', () => {
    for (const clientId of [0, -1, 1.5]) expect(() => open(clientId)).toThrow('bad-client-id');
    expect(() => counter(open(1).facet.doc, 'late')).toThrow('late-root');
    expect(() => counter(new Y.Doc(), 'balance')).toThrow('unknown-document');
  });
});
