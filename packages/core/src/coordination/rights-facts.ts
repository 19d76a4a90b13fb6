// What coordination entries say of rights on bounded counters.
// @see docs/adr/0020-escrow.md
import type { RightsTotals } from '../escrow/rights-ledger.ts';
import type { GrantId, ReplicaId } from '../identity.ts';

/** Rights on a key of a bounded counter, for one replica: it may spend them offline. */
export interface GrantFact {
  readonly fact: 'grant';
  readonly grant: GrantId;
  readonly root: string;
  readonly key: string;
  readonly holder: ReplicaId;
  readonly amount: number;
  /** The primary may take it back after so long; absent: never. */
  readonly lastsMs?: number;
}
/** Nothing may be spent from this grant any more. */
export interface GrantClosedFact {
  readonly fact: 'grant-closed';
  readonly grant: GrantId;
  readonly why: 'returned' | 'reclaimed' | 'forked';
}
/** The primary's totals of a key after a change: replicas show them, and compute none. */
export interface EscrowFact extends RightsTotals {
  readonly fact: 'escrow';
  readonly root: string;
  readonly key: string;
}
/** What is said of rights. */
export type RightsFact = GrantFact | GrantClosedFact | EscrowFact;
