// The document port: all that the engine asks of a CRDT library. A replica of a document is an
// in-memory value without I/O or clock, so machines may own one and still replay from a seed.
import type { Json } from '../bytes/canonical-json.ts';
import type { OperationId } from '../identity.ts';
import type { Bounds, View } from './contended.ts';

/** A CRDT library's document with its roots. `F`: what it adds to a handle. `R`: what `run` writes. */
export interface DocumentType<F, R> {
  readonly library: string;
  /** A fresh replica at position 0: the same base everywhere, `initial` content included. */
  open(o: { readonly clientId: number }): DocumentReplica<F, R>;
}

/** A contended key, or a whole root of the library's own types (then `key` is undefined). */
export interface Touch {
  readonly root: string;
  readonly key: string | undefined;
}

/**
 * What the primary decided of the entries of one operation: of those in `root`, and there of the
 * one named `entry`, where these are given. Set when an operation has several claims in a root.
 */
export interface Verdict {
  readonly operation: OperationId;
  readonly verdict: 'ok' | 'void' | 'moved';
  readonly root?: string;
  readonly entry?: string;
  readonly slot?: string;
}

/** In whose name `run` writes. Entries carry the operation's id. */
export interface RunScope {
  readonly operation: OperationId;
}

/** What a run made. `update` is empty when nothing changed. */
export type Ran =
  | {
      readonly type: 'ran';
      readonly update: Uint8Array;
      readonly touched: readonly Touch[];
      readonly verdicts: readonly Verdict[];
    }
  /** It threw: the content is as before; `update` (often empty) keeps the CRDT's own clocks whole. */
  | { readonly type: 'threw'; readonly error: unknown; readonly update: Uint8Array };

/** A change from outside. `operation`: of a named one; `position`: once committed. */
export interface Incoming {
  readonly update: Uint8Array;
  readonly operation?: OperationId;
  readonly position?: number;
}

/** What applying did. `forged`: entries under an id that is not the incoming operation's. */
export type Applied =
  | {
      readonly type: 'applied';
      readonly touched: readonly Touch[];
      readonly forged: readonly { readonly root: string; readonly entry: string }[];
    }
  | { readonly type: 'refused'; readonly reason: string };

export interface DocumentReplica<F = unknown, R = unknown> {
  readonly clientId: number;
  /** What an application binds editors to (Yjs: `doc`, `awareness`). */
  readonly facet: F;
  /** The readers of all roots, tentative content included. Writing through it throws Bug. */
  readonly view: View<R>;
  /** True inside an open transaction of the library: a `run` must be refused there. */
  readonly isBusy: boolean;
  /** Runs `write` in one transaction of the library and captures what it did. */
  run(scope: RunScope, write: (roots: R) => void): Ran;
  /** Evaluates `from` on the view and tells which keys and roots it read. */
  read<T>(from: (view: View<R>) => T): { readonly value: T; readonly touched: readonly Touch[] };
  /** Applies a change made elsewhere. Updates that this causes are never reported as edits. */
  apply(change: Incoming): Applied;
  /**
   * Applies changes in order, as `apply` does one by one, but in one transaction of the library and
   * without saying what they did: several times cheaper where nobody asks. Returns the indices of
   * those that were refused.
   */
  applyAll(changes: readonly Incoming[]): readonly number[];
  /** An operation that was applied before got its position: commit order may pick a winner now. */
  place(operation: OperationId, position: number): readonly Touch[];
  judge(verdicts: readonly Verdict[]): readonly Touch[];
  /** The bounded counters among the roots: what the primary keeps a ledger of rights for. */
  boundedRoots(): ReadonlyMap<string, Bounds>;
  /** The sum of a key of a bounded counter. O(1). Bug `not-bounded`. */
  boundedValue(root: string, key: string): number;
  /** Whether a key of a register holds several values that nobody resolved; false for other roots. */
  hasConflict(root: string, key: string): boolean;
  /**
   * Tells what `rights(key)` of a bounded counter shows from now on. No part of the content, and
   * neither saved nor copied: it is 0 until told. Bug `not-bounded`, `not-whole`.
   */
  setRights(root: string, key: string, amount: number): readonly Touch[];
  /** Reports each local edit that a bound editor makes, as an update; not runs, not remote ones. */
  onEdit(listener: (update: Uint8Array, touched: readonly Touch[]) => void): () => void;
  /** One update equal to these, applied in order. */
  merge(updates: readonly Uint8Array[]): Uint8Array;
  /** The whole state with positions and verdicts, for a snapshot. */
  save(): Uint8Array;
  /** Loads what `save` wrote into a fresh replica; false when it cannot be read. */
  load(state: Uint8Array): boolean;
  /** Canonical content per root: equal documents give equal values, whatever their history. */
  content(): Json;
  /** An independent copy that writes as `clientId`. Cost: O(document). */
  fork(clientId: number): DocumentReplica<F, R>;
  /** Frees observers; the library's document itself stays usable by its owner. */
  close(): void;
}
