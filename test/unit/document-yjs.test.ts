// The document port on Yjs: the contract, and what is special about Yjs.
import type { DocumentReplica } from '@causeway/core';
import { addWinsSet, claims, counter, yjs } from '@causeway/yjs';
import { Doc } from 'yjs';
import { documentContract } from '../contracts/document-contract.ts';

const type = yjs(
  (doc) => ({
    balance: counter(doc, 'balance'),
    tags: addWinsSet<number>(doc, 'tags'),
    slots: claims<{ who: string }>(doc, 'slots'),
    note: doc.getText('note'),
  }),
  { initial: ({ balance }) => balance.add('initial', 100) },
);

documentContract(
  'yjs',
  () => ({
    type,
    writeNote: ({ note }, text) => note.insert(0, text),
    editNote: ({ doc }, text) => doc.getText('note').insert(0, text),
    readNote: ({ note }) => note.toString(),
    withOpenTransaction: ({ doc }, inside) => doc.transact(inside),
    forge: ({ doc }, root, entry, text) => doc.getMap(root).set(entry, text),
  }),
  {
    features: {
      overwritesEntries: {
        overwrite: (replica, root, entry) => docOf(replica).getMap(root).set(entry, '["ann",9]'),
        remove: (replica, root, entry) => docOf(replica).getMap(root).delete(entry),
      },
    },
  },
);

function docOf(replica: DocumentReplica): Doc {
  const { facet } = replica;
  if (typeof facet === 'object' && facet && 'doc' in facet && facet.doc instanceof Doc) {
    return facet.doc;
  }
  throw new Error('not a replica on Yjs');
}
