// What every store does inside its transaction when an operation asks for rights, and what becomes of
// its rows afterwards: one description, so that no two stores give out one number twice.
import type { OperationId } from '../identity.ts';
import type { RightsRow, StoreCommand, StoreResult } from '../queue/stored.ts';
import { allotRights } from './holder.ts';

type Wanted = NonNullable<Extract<StoreCommand, { type: 'reserve' }>['rights']>;
type Refused = Extract<StoreResult, { type: 'rights-refused' }>;

/** The rows to add, or who is short. `kept`: all rows of the document. Cost: O(rows × keys asked). */
export function takeRights(
  kept: readonly RightsRow[],
  { operation, writer, asked }: Wanted,
): { readonly rows: readonly RightsRow[] } | Refused {
  const rows: RightsRow[] = [];
  for (const { invariant, key, amount, grants } of asked) {
    const allotment = allotRights({ grants, rows: [...kept, ...rows] }, amount);
    if (allotment.type === 'short') {
      return { type: 'rights-refused', invariant, key, remaining: allotment.remaining };
    }
    for (const row of allotment.rows) rows.push({ ...row, operation, writer, state: 'reserved' });
  }
  return { rows };
}

/** Rows after their operation moved on; a number is never free again. */
export function moveRights(
  kept: readonly RightsRow[],
  operations: ReadonlySet<OperationId>,
  state: RightsRow['state'],
): readonly RightsRow[] {
  return kept.map((row) => (operations.has(row.operation) ? { ...row, state } : row));
}
