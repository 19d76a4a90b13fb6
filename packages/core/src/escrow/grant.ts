// One grant: rights with numbers from 0 on, given to one replica. Which of its numbers were spent, and
// by which operation? Two operations under one number are a fork: two copies of one profile.
import type { GrantId, OperationId, ReplicaId } from '../identity.ts';

/** Numbers `from` to `from + amount - 1` of a grant. An operation states its rows in its header. */
export interface SpentRow {
  readonly grant: GrantId;
  readonly from: number;
  readonly amount: number;
}

interface SpentRange {
  readonly from: number;
  readonly amount: number;
  readonly operation: OperationId;
}

/** `open → reclaimed → closed`, or straight to `closed` when its holder gives it back. */
export type GrantState = 'open' | 'reclaimed' | 'closed';

/** Owned by the ledger of its key. */
export interface Grant {
  readonly id: GrantId;
  readonly holder: ReplicaId;
  readonly amount: number;
  /** On the primary's clock; undefined: never. */
  readonly expiresMs: number | undefined;
  /** What may still be spent from it and count. */
  left: number;
  state: GrantState;
  /** Two operations spent one number: somebody copied the holder's profile. */
  isForked: boolean;
  /** Sorted by `from`, without overlaps. Kept for ever: it is how a copy is found out. */
  readonly spent: SpentRange[];
}

/** What the numbers of a row are to an operation that says it spent them. */
export type RowStanding = 'fresh' | 'repeated' | 'taken' | 'no-such-number';

/** Cost: O(log spends of the grant). Total: the row may come from anybody. */
export function rowStanding(
  grant: Grant,
  { from, amount }: SpentRow,
  operation: OperationId,
): RowStanding {
  const isInside = from >= 0 && amount >= 1 && from + amount <= grant.amount;
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(amount) || !isInside) {
    return 'no-such-number';
  }
  const at = firstEndingAfter(grant.spent, from);
  const found = grant.spent[at];
  if (!found || found.from >= from + amount) return 'fresh';
  const isSame = found.operation === operation && found.from === from && found.amount === amount;
  return isSame ? 'repeated' : 'taken';
}

/** Notes the numbers of a fresh row as spent. Cost: O(log spends), O(spends) out of order. */
export function noteSpent(grant: Grant, { from, amount }: SpentRow, operation: OperationId): void {
  grant.spent.splice(firstEndingAfter(grant.spent, from), 0, { from, amount, operation });
}

function firstEndingAfter(spent: readonly SpentRange[], from: number): number {
  let low = 0;
  let high = spent.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const range = spent[middle];
    if (range && range.from + range.amount <= from) low = middle + 1;
    else high = middle;
  }
  return low;
}
