// What the document contract needs of a library, and three replicas with what each knows so far.
import type {
  AddWinsSet,
  Claims,
  Counter,
  DocumentReplica,
  DocumentType,
  OperationId,
  Verdict,
  View,
} from '@causeway/core';
import { expect } from 'vitest';

export interface ContractRoots<N> {
  readonly stock: Counter;
  readonly tags: AddWinsSet<number>;
  readonly slots: Claims<string>;
  /** What `insert` writes to; a type of the library. */
  readonly note: N;
}

/** `type` starts with 5 of `a` in `stock` and the text `base`; the text's root is `note`. */
export interface DocumentFixture<F, N> {
  readonly type: DocumentType<F, ContractRoots<N>>;
  /** An operation's write to a type of the library: inserts at the start of the text. */
  readonly insert: (roots: ContractRoots<N>, text: string) => void;
  /** The same by a bound editor, in a transaction of its own. */
  readonly edit: (facet: F, text: string) => void;
  /** Writes an entry as somebody would who does not keep to the rules. */
  readonly forge: (facet: F, entry: { root: string; id: string; text: string }) => void;
  readonly textOf: (view: View<ContractRoots<N>>) => string;
}

export const operationId = (text: string): OperationId => text as OperationId;

export type Recorded =
  | { readonly type: 'add'; readonly key: string; readonly by: number }
  | { readonly type: 'put'; readonly key: string; readonly value: number }
  | { readonly type: 'remove'; readonly tags: readonly string[] }
  | { readonly type: 'claim'; readonly value: string; readonly slot: string | undefined }
  | { readonly type: 'release'; readonly claim: string };
export interface Change {
  readonly update: Uint8Array;
  readonly operation: OperationId | undefined;
  readonly entries: readonly Recorded[];
}
export interface Site<F, N> {
  readonly replica: DocumentReplica<F, ContractRoots<N>>;
  readonly history: Change[];
  /** How many of the verdicts it knows, and which positions. */
  judged: number;
  readonly placed: Set<OperationId>;
}
export interface World<F, N> {
  readonly fixture: DocumentFixture<F, N>;
  readonly sites: readonly Site<F, N>[];
  readonly positions: Map<OperationId, number>;
  readonly verdicts: Verdict[];
  runs: number;
}

export function createWorld<F, N>(fixture: DocumentFixture<F, N>): World<F, N> {
  const sites = [1, 2, 3].map((clientId): Site<F, N> => {
    const replica = fixture.type.open({ clientId });
    const history: Change[] = [];
    replica.onEdit((update, touched) => {
      expect(touched).toEqual([{ root: 'note', key: undefined }]);
      history.push({ update, operation: undefined, entries: [] });
    });
    return { replica, history, judged: 0, placed: new Set() };
  });
  return { fixture, sites, positions: new Map(), verdicts: [], runs: 0 };
}

export function changesOf<F, N>(world: World<F, N>): Map<OperationId, Change> {
  const all = world.sites.flatMap(({ history }) => history);
  return new Map(all.flatMap((change) => (change.operation ? [[change.operation, change]] : [])));
}

export const entryId = (operation: string, index: number): string =>
  index === 0 ? operation : `${operation}#${index}`;
