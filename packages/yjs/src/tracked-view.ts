// The readers of an application's roots. Contended types note each key that is read; of Yjs's own
// types only the access to the root can be seen, so that counts as reading all of it.
import type { EntryLedger, View } from '@causeway/core';
import type { Doc } from 'yjs';
import { AbstractType } from 'yjs';
import { rootNameOf } from './root-names.ts';

/** The same objects as `roots`, behind getters that note what is read. Only types hide writers. */
export function createView<R extends object>(doc: Doc, ledger: EntryLedger, roots: R): View<R> {
  const properties = Object.entries(roots).map(([name, value]: [string, unknown]) => {
    const noteRead = (): void => {
      if (!ledger.isReading) return;
      for (const root of stockRootsOf(doc, ledger, value)) ledger.noteRead(root, undefined);
    };
    const get = (): unknown => {
      noteRead();
      return value;
    };
    return [name, { enumerable: true, get }] as const;
  });
  return Object.defineProperties({} as View<R>, Object.fromEntries(properties));
}

function stockRootsOf(doc: Doc, ledger: EntryLedger, value: unknown): readonly string[] {
  if (value instanceof AbstractType) {
    const root = rootNameOf(doc, value);
    return root === undefined ? [] : [root];
  }
  if (ledger.roots.isWriter(value)) return [];
  // An object of the application's own may reach every type.
  return [...doc.share.keys()].filter((root) => !ledger.roots.has(root));
}
