// The document port on Automerge: the contract, and what is special about Automerge.
import * as Automerge from '@automerge/automerge';
import {
  addWinsSet,
  automerge,
  boundedCounter,
  claims,
  counter,
  register,
} from '@causeway/automerge';
import { ByteReader, ByteWriter } from '@causeway/core';
import { describe, expect, test } from 'vitest';
import { documentContract } from '../contracts/document-contract.ts';
import { operationId, stockBounds } from '../contracts/document-subject.ts';

interface Note {
  note: string;
  list?: number[];
}

const type = automerge(
  { note: 'base' } as Note,
  (doc) => ({
    balance: counter(doc, 'balance'),
    stock: boundedCounter(doc, 'stock', stockBounds),
    tags: addWinsSet<number>(doc, 'tags'),
    slots: claims<{ who: string }>(doc, 'slots'),
    field: register<number>(doc, 'field'),
    text: doc,
  }),
  { initial: ({ balance }) => balance.add('initial', 100) },
);

/** What a peer without this package sends: its message says what it likes. */
function changeElsewhere(doc: Automerge.Doc<Note>, message: string): Uint8Array {
  const clone = Automerge.clone(doc, { actor: 'ffffffffffffffff' });
  const changed = Automerge.change(clone, { time: 0, message }, (draft) => {
    draft.list = [1];
  });
  const change = Automerge.getLastLocalChange(changed);
  return new ByteWriter().bytes(change ?? new Uint8Array(0)).done();
}

documentContract(
  'automerge',
  () => ({
    type,
    writeNote: ({ text: doc }, text) => Automerge.splice(doc, ['note'], 0, 0, text),
    editNote: ({ edit }, text) => edit((draft) => Automerge.splice(draft, ['note'], 0, 0, text)),
    readNote: ({ text }) => text.note,
    withOpenTransaction: ({ edit }, inside) => edit(inside),
    forge(replica, { root, entry, text }) {
      const entries = JSON.stringify([[root, entry, text]]);
      const update = changeElsewhere(replica.facet.doc, `causeway:${entries}`);
      replica.apply({ update });
      return update;
    },
  }),
  { features: {} },
);

const op = operationId(1);
const open = (clientId: number) => type.open({ clientId });

describe('automerge: what is special about it', () => {
  test('snapshots are frozen, and the facet shows the one of now', () => {
    const a = open(1);
    const before = a.facet.doc;
    a.facet.edit((draft) => {
      draft.list = [1, 2];
    });
    expect(before.list).toBeUndefined();
    expect(a.facet.doc.list).toEqual([1, 2]);
    expect(() => a.facet.doc.list?.push(3)).toThrow(TypeError);
    a.facet.edit((draft) => void draft.list?.push(3));
    expect(() => a.facet.doc.list?.push(4)).toThrow(TypeError);
    expect(a.facet.doc.list).toEqual([1, 2, 3]);
    expect(Reflect.has(a.view, 'text')).toBe(true);
    expect(Object.keys(a.view)).toEqual(['balance', 'stock', 'tags', 'slots', 'field', 'text']);
    expect(() => Object.assign(a.view, { text: 1 })).toThrow('write-in-read');
  });

  test('an operation that writes only entries is a change without operations of Automerge', () => {
    const a = open(1);
    const ran = a.run({ operation: op }, ({ balance }) => balance.add('ann', 5));
    const [last] = Automerge.getChangesMetaSince(a.facet.doc, []).slice(-1);
    expect(last).toMatchObject({
      time: 0,
      message: `causeway:[["balance","${op}","[\\"ann\\",5]"]]`,
    });
    expect(a.facet.doc).toEqual({ note: 'base' });
    const peer = Automerge.load<Note>(Automerge.save(open(2).facet.doc));
    const change = new ByteReader(ran.update).bytes();
    expect(Automerge.getHeads(Automerge.applyChanges(peer, [change])[0])).toEqual(
      Automerge.getHeads(a.facet.doc),
    );
  });

  test('an editor has messages of its own, but not those of the engine', () => {
    const a = open(1);
    a.facet.edit((draft) => void draft.list, { message: 'nothing changes' });
    a.facet.edit(
      (draft) => {
        draft.list = [];
      },
      { message: 'a list' },
    );
    const messages = Automerge.getChangesMetaSince(a.facet.doc, []).map(({ message }) => message);
    expect(messages.slice(1)).toEqual(['a list']);
    const engine = { message: 'causeway:[]' };
    expect(() => a.facet.edit(() => {}, engine)).toThrow('reserved-message');
  });

  test('a message that is no list of entries brings none', () => {
    for (const message of ['causeway:', 'causeway:{}', 'causeway:[1,[2,3,4]]', 'hello']) {
      const a = open(1);
      const update = changeElsewhere(a.facet.doc, message);
      expect(a.apply({ update, operation: op })).toMatchObject({ type: 'applied', forged: [] });
      expect(a.facet.doc.list).toEqual([1]);
    }
  });

  test('a number that an actor has used already is refused', () => {
    const a = open(1);
    const doc = a.facet.doc;
    expect(a.apply({ update: changeElsewhere(doc, 'one') }).type).toBe('applied');
    const again = open(2).facet.doc;
    const before = a.save();
    const refused = { type: 'refused', reason: 'malformed' };
    expect(a.apply({ update: changeElsewhere(again, 'two') })).toEqual(refused);
    expect(a.save()).toEqual(before);
  });

  test('the marks of a text are content, and converge', () => {
    const [a, b] = [open(1), open(2)];
    const edits: Uint8Array[] = [];
    a.onEdit((update) => edits.push(update));
    a.facet.edit((draft) => {
      Automerge.mark(draft, ['note'], { start: 0, end: 2, expand: 'none' }, 'bold', true);
    });
    expect(a.content()).not.toEqual(b.content());
    b.apply({ update: b.merge(edits) });
    expect(a.content()).toEqual(b.content());
  });
});
