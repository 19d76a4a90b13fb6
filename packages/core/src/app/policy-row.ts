// The cells of one operation, in the order of the invariants: what decides, and what is printed.
import { Bug } from '../assert.ts';
import type { AnyPolicyCell, AppDefinition } from './app-definition.ts';
import { cellKinds } from './policy-table.ts';

export type NamedPolicyCell = readonly [invariant: string, cell: AnyPolicyCell];

/** Bug `incomplete-policy` where there is none. Cost: O(invariants). */
export function rowOf(app: AppDefinition, operation: string): readonly NamedPolicyCell[] {
  const row = Object.hasOwn(app.policy, operation) ? app.policy[operation] : undefined;
  return Object.keys(app.invariants).map((invariant) => {
    const cell = cellOf(row, invariant);
    if (!cell) throw new Bug('incomplete-policy', `policy.${operation}.${invariant}: no cell`);
    return [invariant, cell];
  });
}

function cellOf(
  row: AppDefinition['policy'][string] | undefined,
  invariant: string,
): AnyPolicyCell | undefined {
  if (!row) return undefined;
  if ('row' in row && typeof row.row === 'object') return row.row;
  const cells = row as { readonly [invariant: string]: AnyPolicyCell };
  return Object.hasOwn(cells, invariant) ? cells[invariant] : cells['*'];
}

/** True for cells that limit something while cut off: all but `safe` and `risk`. */
export function isLimiting({ kind }: { readonly kind: (typeof cellKinds)[number] }): boolean {
  return cellKinds.indexOf(kind) > cellKinds.indexOf('risk');
}

/**
 * Where a cell has its operation run while connected. Between a cut and its detection a local run of
 * what limits would be an undetected partition operation; rights make one safe here and now.
 */
export function asksPrimary(cell: {
  readonly kind: (typeof cellKinds)[number];
  readonly connected?: 'local' | 'primary';
}): boolean {
  const isDecidedThere = isLimiting(cell) && cell.kind !== 'escrow';
  return (cell.connected ?? (isDecidedThere ? 'primary' : 'local')) === 'primary';
}
