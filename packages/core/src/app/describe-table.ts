// The policy table as data: every cell with what it means while cut off, and why it is as it is.
// @see Brewer, CAP Twelve Years Later, "Managing partitions": which operations to limit, and the
// consequences of not limiting them, is the designer's choice: this is how others get to read it.
import { assert } from '../assert.ts';
import type { AppDefinition } from './app-definition.ts';
import { type CellPlace, describeCell } from './describe-cell.ts';
import type { DescribedPolicy, DescribedRow, WhileConnected } from './described-policy.ts';
import type { NamedPolicyCell } from './policy-row.ts';
import { asksPrimary, rowOf } from './policy-row.ts';

/**
 * Describes all operations × all invariants, `'*'` and whole rows written out. `replicas`: how many
 * devices there may be, for the exposure of stand-in limits (replicas × max).
 *
 * @remarks Cost: O(operations × invariants). It calls nothing of the application: what a function
 * cell answers depends on the call, and is described as that. Throws Bug `bad-replicas` for
 * anything but a whole number from 1 on, and Bug `incomplete-policy` naming the cell that is missing
 * or of an unknown kind (`policy(…)` would have refused the first: use what it returned).
 */
export function describePolicy(
  app: AppDefinition,
  o: { readonly replicas?: number | undefined } = {},
): DescribedPolicy {
  const { replicas } = o;
  const isCount = replicas === undefined || (Number.isSafeInteger(replicas) && replicas >= 1);
  assert(isCount, 'bad-replicas', `${replicas} replicas: use a whole number from 1 on`);
  return {
    app: app.name,
    version: app.version,
    ...(replicas !== undefined && { replicas }),
    invariants: Object.keys(app.invariants),
    rows: Object.keys(app.operations).map((operation) => describeRow(app, operation, replicas)),
  };
}

function describeRow(
  app: AppDefinition,
  operation: string,
  replicas: number | undefined,
): DescribedRow {
  const declared = app.operations[operation];
  const cells = rowOf(app, operation);
  // A function's cell is not known before it is called.
  const askedBy = cells
    .filter(([, cell]) => typeof cell !== 'function' && asksPrimary(cell))
    .map(([invariant]) => invariant);
  const connected = whereConnected(cells, askedBy);
  const place = (invariant: string): CellPlace => ({
    operation,
    invariant,
    connected,
    replicas,
    hasCompensation:
      Object.hasOwn(app.compensations, invariant) && app.compensations[invariant] !== undefined,
    hasSubjects: declared?.subjects !== undefined,
  });
  return {
    operation,
    connected,
    askedBy,
    ...(declared?.bound && { bound: declared.bound }),
    ...(declared?.whenStale && { whenStale: declared.whenStale }),
    cells: cells.map(([invariant, cell]) => describeCell(cell, place(invariant))),
  };
}

/** A single cell that asks sends the whole operation there: it cannot run in two places. */
function whereConnected(
  cells: readonly NamedPolicyCell[],
  askedBy: readonly string[],
): WhileConnected {
  if (askedBy.length > 0) return 'asks the primary';
  return cells.some(([, cell]) => typeof cell === 'function') ? 'decided per call' : 'here';
}
