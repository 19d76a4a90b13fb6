// Stand-in limits as people see them: what is used, and what is left until the line is back.
import type { AppDefinition, LimitRow } from '@causeway/core';
import { rowOf } from '@causeway/core';
import type { LimitUse } from './types.ts';

/** Cost: O(rows), and O(table) for their maxima. */
export function limitsInUse(app: AppDefinition, rows: readonly LimitRow[]): readonly LimitUse[] {
  const uses = new Map<string, LimitUse>();
  for (const { invariant, key, amount } of rows) {
    const name = `${invariant}\u0000${key}`;
    const used = (uses.get(name)?.used ?? 0) + amount;
    const max = maxOf(app, invariant);
    const remaining = max === undefined ? undefined : Math.max(0, max - used);
    uses.set(name, { invariant, key, used, max, remaining });
  }
  return [...uses.values()];
}

/** The smallest maximum of any row: an operation with a larger one may do more. */
function maxOf(app: AppDefinition, invariant: string): number | undefined {
  const maxima = Object.keys(app.operations).flatMap((operation) =>
    rowOf(app, operation).flatMap(([name, cell]) => {
      const isIt = name === invariant && typeof cell !== 'function' && cell.kind === 'limit';
      return isIt && cell.max !== undefined ? [cell.max] : [];
    }),
  );
  return maxima.length > 0 ? Math.min(...maxima) : undefined;
}
