// What the tests of the rights ledger do over and over, in few words.
import {
  type Bounds,
  type GrantId,
  grantRights,
  type OperationId,
  openRights,
  type ReplicaId,
  type RightsLedger,
  type SpendOutcome,
  spendRights,
} from '@causeway/core';

export const ann = 'ann' as ReplicaId;
export const bob = 'bob' as ReplicaId;
export const g1 = 'g1' as GrantId;
export const g2 = 'g2' as GrantId;
/** When every grant of {@link grant} may be reclaimed. */
export const expiresMs = 1_000;
export const bounded = { min: 0, reclaim: { bounded: 12 } } as const;

export function open(value: number, bounds: Bounds = { min: 0, reclaim: 'firm' }): RightsLedger {
  return openRights(bounds, value);
}
export function grant(ledger: RightsLedger, id: GrantId, amount: number, holder = ann): void {
  const outcome = grantRights(ledger, { id, holder, amount, expiresMs });
  if (outcome !== 'granted') throw new Error(outcome);
}
/** One row, of `g1` by `ann` unless it says otherwise. */
export function spend(
  ledger: RightsLedger,
  operation: string,
  [from, amount]: readonly [number, number],
  { id = g1, replica = ann } = {},
): SpendOutcome {
  const rows = [{ grant: id, from, amount }];
  return spendRights(ledger, { operation: operation as OperationId, replica, rows });
}
export const spent = { type: 'spent', late: false };
export const late = { type: 'spent', late: true };
export const fork = { type: 'void', reason: 'fork', grant: g1, isNewFork: true };
