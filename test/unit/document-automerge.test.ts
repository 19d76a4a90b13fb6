// The document port on Automerge: the contract, and what is special about Automerge.
import { splice } from '@automerge/automerge';
import { addWinsSet, automerge, claims, counter } from '@causeway/automerge';
import { documentContract } from '../contracts/document-contract.ts';

const type = automerge(
  { note: '' },
  (doc) => ({
    balance: counter(doc, 'balance'),
    tags: addWinsSet<number>(doc, 'tags'),
    slots: claims<{ who: string }>(doc, 'slots'),
    doc,
  }),
  { initial: ({ balance }) => balance.add('initial', 100) },
);

documentContract(
  'automerge',
  () => ({
    type,
    writeNote: ({ doc }, text) => splice(doc, ['note'], 0, 0, text),
    editNote: ({ edit }, text) => edit((draft) => splice(draft, ['note'], 0, 0, text)),
    readNote: ({ doc }) => doc.note,
    withOpenTransaction: ({ edit }, inside) => edit(inside),
    forge: ({ edit }, root, entry, text) =>
      edit((draft) => splice(draft, ['note'], 0, 0, 'x'), {
        message: JSON.stringify([[root, entry, text]]),
      }),
  }),
  { features: {} },
);
