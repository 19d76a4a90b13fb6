// How an application says that its documents are Yjs documents.
import type { DocumentType } from '@causeway/core';
import { assert, initialOperation } from '@causeway/core';
import { Doc } from 'yjs';
import { createLedger } from './contended-roots.ts';
import { initialClientId } from './initial-client.ts';
import type { YjsFacet } from './yjs-facet.ts';
import { YjsReplica } from './yjs-replica.ts';

/**
 * The document type on Yjs. `roots` is called once per replica; what it returns is what operations
 * write. Types that only editors use need no root here.
 *
 * @remarks `initial` must be deterministic: each replica computes it for itself, as the base at
 * position 0. `open` throws Bug `bad-client-id` for 0 and anything but a whole number.
 */
export function yjs<R extends object = Record<never, never>>(
  roots?: (doc: Doc) => R,
  o: { readonly initial?: (doc: R) => void } = {},
): DocumentType<YjsFacet, R> {
  const open = ({ clientId }: { readonly clientId: number }): YjsReplica<R> => {
    const isUsable = Number.isSafeInteger(clientId) && clientId > initialClientId;
    assert(isUsable, 'bad-client-id', `${clientId}: use a whole number from 1 on`);
    const doc = new Doc({ guid: `causeway-${clientId}` });
    const ledger = createLedger(doc);
    const declared = roots ? roots(doc) : noRoots<R>();
    ledger.roots.seal();
    const replica = new YjsReplica<R>({ doc, ledger, roots: declared, clientId, open });
    replica.start(initialOperation, o.initial);
    return replica;
  };
  return { library: 'yjs', open };
}

function noRoots<R>(): R {
  return {} as R; // Without a roots function R is the empty record.
}
