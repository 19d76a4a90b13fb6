// How an application says that its documents are Automerge documents.
import type { DocumentType } from '@causeway/core';
import { assert, EntryLedger, initialOperation } from '@causeway/core';
import type { AutomergeFacet } from './automerge-replica.ts';
import { AutomergeReplica } from './automerge-replica.ts';

/** Writes the initial content: the same actor everywhere, so that its bytes are the same. */
const initialClientId = 0;

/**
 * The document type on Automerge. `initial` is every document's content at position 0. `roots` is
 * called with a draft in each run and with each snapshot: it must be cheap, and declare the same
 * contended roots every time; the first call decides which there are.
 *
 * @remarks `o.initial` writes contended roots of the base and must be deterministic. `open` throws
 * Bug `bad-client-id` for 0 and anything but a whole number.
 */
export function automerge<T extends object, R extends object>(
  initial: T,
  roots: (doc: T) => R,
  o: { readonly initial?: (doc: R) => void } = {},
): DocumentType<AutomergeFacet<T>, R> {
  const open = ({ clientId }: { readonly clientId: number }): AutomergeReplica<T, R> => {
    const isUsable = Number.isSafeInteger(clientId) && clientId > initialClientId;
    assert(isUsable, 'bad-client-id', `${clientId}: use a whole number from 1 on`);
    const ledger = new EntryLedger();
    const replica = new AutomergeReplica<T, R>({ clientId, ledger, roots, open });
    replica.start(initial, initialOperation, o.initial);
    return replica;
  };
  return { library: 'automerge', open };
}
