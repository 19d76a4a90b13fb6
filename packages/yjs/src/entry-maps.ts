// Where entries are kept: under their ids, as JSON text, in the `Y.Map` that is their root. Not
// more than a transport: which of them count is the ledger's affair.
import type { EntryLedger, WrittenEntry } from '@causeway/core';
import type { Doc, Transaction } from 'yjs';
import * as Y from 'yjs';
import { rootNameOf } from './root-names.ts';

/** Makes the root maps, so that a name that is used for another type is found out at once. */
export function openEntryMaps(doc: Doc, ledger: EntryLedger): void {
  for (const root of ledger.roots.names()) doc.getMap(root);
}

/** Puts entries into their maps. Call it inside a transaction. */
export function putEntries(doc: Doc, entries: readonly WrittenEntry[]): void {
  for (const { root, entry, text } of entries) doc.getMap(root).set(entry, text);
}

/** Every entry that the maps hold now, genuine or not. Cost: O(entries). */
export function heldEntries(doc: Doc, ledger: EntryLedger): readonly WrittenEntry[] {
  return ledger.roots
    .names()
    .flatMap((root) => [...doc.getMap(root)].map(([entry, text]) => ({ root, entry, text })));
}

/** Which places of the maps a transaction has changed so far, by writing or by deleting. */
export function changedEntries(
  doc: Doc,
  ledger: EntryLedger,
  transaction: Transaction,
): readonly { readonly root: string; readonly entry: string }[] {
  return ledger.roots.names().flatMap((root) => {
    const map = doc.share.get(root);
    const keys = (map && transaction.changed.get(map)) ?? [];
    return [...keys].map((key) => ({ root, entry: key ?? '' })); // A list has no business here.
  });
}

/**
 * The entries among the items of an update that `doc` has integrated by now. An item names its root
 * only when its key was free; else it builds on what somebody put there, and the document knows.
 */
export function entriesOf(
  doc: Doc,
  ledger: EntryLedger,
  items: readonly Y.Item[],
): readonly WrittenEntry[] {
  return items.flatMap((item) => {
    const place = placeOf(doc, item);
    if (!place || !ledger.roots.has(place.root)) return [];
    const values: readonly unknown[] = item.content.getContent();
    return [{ ...place, text: values[0] }];
  });
}

function placeOf(
  doc: Doc,
  item: Y.Item,
): { readonly root: string; readonly entry: string } | undefined {
  const named: unknown = item.parent; // Yjs leaves the root's name here while decoding.
  if (typeof named === 'string') {
    return item.parentSub === null ? undefined : { root: named, entry: item.parentSub };
  }
  if (named !== null || !(item.content instanceof Y.ContentAny)) return undefined;
  const integrated: unknown = Y.getItem(doc.store, item.id);
  if (!(integrated instanceof Y.Item) || integrated.parentSub === null) return undefined;
  const { parent, parentSub } = integrated;
  if (!(parent instanceof Y.AbstractType) || parent._item) return undefined;
  const root = rootNameOf(doc, parent);
  return root === undefined ? undefined : { root, entry: parentSub };
}
