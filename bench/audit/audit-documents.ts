// The documents whose audit is measured, and what it promises on each of them.
import type { Counter, DocumentType } from '@causeway/core';
import { counter, yjs } from '@causeway/yjs';
import { ledgerDocument } from './ledger-document.ts';

/** What the bank of `bank-log.ts` needs of a document. */
export type Books = { readonly [root in 'balance' | 'due']: Counter };
export type BooksDocument = DocumentType<unknown, Books>;

export const documentNames = ['ledger', 'yjs'] as const;
export type DocumentName = (typeof documentNames)[number];

export function documentNamed(name: DocumentName): BooksDocument {
  const booksOf = (counterOf: (root: string) => Counter): Books => {
    return { balance: counterOf('balance'), due: counterOf('due') };
  };
  return name === 'ledger'
    ? ledgerDocument(booksOf, () => undefined)
    : yjs((doc) => booksOf((root) => counter(doc, root)));
}
