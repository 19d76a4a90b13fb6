// What the contract must know of a library to exercise its documents: how an editor writes in them.
import type {
  AddWinsSet,
  BoundedCounter,
  Bounds,
  Claims,
  Counter,
  DocumentReplica,
  DocumentType,
  OperationId,
  Register,
  View,
} from '@causeway/core';
import { Bug, parseOperationId } from '@causeway/core';

/** The contended roots of every document under test. */
export interface ContractRoots<N> {
  readonly balance: Counter;
  readonly stock: BoundedCounter;
  readonly tags: AddWinsSet<number>;
  readonly slots: Claims<{ readonly who: string }>;
  readonly field: Register<number>;
  /** What leads to the text `note`, a type of the library's own. */
  readonly text: N;
}

/** The bounds of `stock`. */
export const stockBounds: Bounds = { min: 0, reclaim: { bounded: 12 } };

/** A document type with the roots `balance`, `stock`, `tags`, `slots`, `field`, and a text `note` of its own. */
export interface DocumentSubject<F, N> {
  readonly type: DocumentType<F, ContractRoots<N>>;
  /** Writes text at the beginning of `note`, inside a run. */
  readonly writeNote: (roots: ContractRoots<N>, text: string) => void;
  /** The same as an editor does it. */
  readonly editNote: (facet: F, text: string) => void;
  readonly readNote: (view: View<ContractRoots<N>>) => string;
  /** Calls `inside` within an open transaction that somebody else began. */
  readonly withOpenTransaction: (facet: F, inside: () => void) => void;
  /** Brings an entry into a replica past the writers, as an edit, and returns its update. */
  readonly forge: (replica: DocumentReplica<F, ContractRoots<N>>, entry: ForgedEntry) => Uint8Array;
}

export interface ForgedEntry {
  readonly root: string;
  readonly entry: string;
  readonly text: string;
}

/** Abilities that not every library has. */
export interface DocumentFeatures<F> {
  /** An edit can overwrite or delete what the library holds of an entry. */
  readonly overwritesEntries?: {
    readonly overwrite: (facet: F, root: string, entry: string) => void;
    readonly remove: (facet: F, root: string, entry: string) => void;
  };
}

/** Operation number `n`, in the form of a user's. */
export function operationId(n: number): OperationId {
  const id = parseOperationId(n.toString(16).padStart(32, '0'));
  if (!id) throw new Error(`no operation id for ${n}`);
  return id;
}

/** What a run made, or its error. */
export function updateOf<F, N>(
  replica: DocumentReplica<F, ContractRoots<N>>,
  n: number,
  write: (roots: ContractRoots<N>) => void,
): Uint8Array {
  const ran = replica.run({ operation: operationId(n) }, write);
  if (ran.type === 'threw') throw ran.error;
  return ran.update;
}

/** The code of the Bug that `act` throws, if it throws. */
export function codeOf(act: () => unknown): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    return error instanceof Bug ? error.code : String(error);
  }
}
