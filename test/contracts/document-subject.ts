// What the contract must know of a library to exercise its documents: how an editor writes in them.
import type {
  AddWinsSet,
  Claims,
  Counter,
  DocumentReplica,
  DocumentType,
  OperationId,
  View,
} from '@causeway/core';
import { parseOperationId } from '@causeway/core';

/** The contended roots of every document under test. */
export interface ContractRoots {
  readonly balance: Counter;
  readonly tags: AddWinsSet<number>;
  readonly slots: Claims<{ readonly who: string }>;
}

/** A document type with the roots `balance`, `tags`, `slots`, and a text `note` of its own. */
export interface DocumentSubject<F, R extends ContractRoots> {
  readonly type: DocumentType<F, R>;
  /** Writes text at the beginning of `note`, inside a run. */
  readonly writeNote: (roots: R, text: string) => void;
  /** The same as an editor does it. */
  readonly editNote: (facet: F, text: string) => void;
  readonly readNote: (view: View<R>) => string;
  /** Calls `inside` within an open transaction that somebody else began. */
  readonly withOpenTransaction: (facet: F, inside: () => void) => void;
  /** Brings an entry into a document as an edit, past the writers. */
  readonly forge: (facet: F, root: string, entry: string, text: string) => void;
}

/** Abilities that not every library has. */
export interface DocumentFeatures {
  /** An edit can overwrite or delete what the library holds of an entry. */
  readonly overwritesEntries?: {
    readonly overwrite: (replica: DocumentReplica, root: string, entry: string) => void;
    readonly remove: (replica: DocumentReplica, root: string, entry: string) => void;
  };
}

/** Operation number `n`, in the form of a user's. */
export function operationId(n: number): OperationId {
  const id = parseOperationId(n.toString(16).padStart(32, '0'));
  if (!id) throw new Error(`no operation id for ${n}`);
  return id;
}
