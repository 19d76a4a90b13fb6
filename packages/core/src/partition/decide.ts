// May this operation proceed now? Mode × policy row → here, or refused; the strictest cell wins.
// @see Brewer, CAP Twelve Years Later, "Partition decision"; docs/ARCHITECTURE.md, §5.
import type { AnyCell, AnyPolicyCell, AppDefinition } from '../app/app-definition.ts';
import { cellKinds } from '../app/policy-table.ts';
import { Bug } from '../assert.ts';
import type { Decision } from '../causality/change.ts';
import type { OpContext, Refused } from '../outcome.ts';
import { refuse } from '../outcome.ts';
import type { LimitRow } from '../queue/stored.ts';

/** An operation as the table sees it: arguments validated, subjects known. */
export interface Proposal {
  readonly name: string;
  readonly args: unknown;
  readonly subjects: readonly string[];
  readonly op: OpContext;
}
/** A row of a stand-in limit; `max` only where it is enforced in this mode. */
export type ProposedRow = Omit<LimitRow, 'operation' | 'writer' | 'state'> & {
  readonly max: number | undefined;
};
export type Decided =
  | {
      readonly type: 'here';
      readonly decision: Decision;
      readonly rows: readonly ProposedRow[];
    }
  | Refused;

type NamedCell = readonly [invariant: string, cell: AnyCell];

/**
 * Decides. `suspect` and `recovering` use the partition column for rows that limit, and the
 * connected column otherwise.
 * @remarks Cost: O(invariants of the row); history, document and replicas do not matter.
 * @returns where to run and what to count against stand-in limits; or `prohibited` (wait for the
 * link), or `no-primary` (the row asks the primary, which this version cannot do: say
 * `connected: 'local'` and declare a compensation).
 */
export function decide(app: AppDefinition, view: unknown, proposal: Proposal): Decided {
  const { mode } = proposal.op;
  const cells = rowOf(app, proposal.name).map(
    ([invariant, cell]): NamedCell => [invariant, resolve(app, invariant, cell, view, proposal)],
  );
  const [invariant, strictest] = strictestOf(cells);
  const usesPartitionColumn =
    mode === 'partitioned' || (mode !== 'connected' && isLimiting(strictest));
  if (!usesPartitionColumn && cells.some(([, cell]) => asksPrimary(cell))) {
    return refuse({ code: 'no-primary' });
  }
  if (usesPartitionColumn && strictest.kind === 'prohibit') {
    return refuse({ code: 'prohibited', invariant, mode });
  }
  const decision: Decision = { mode, cell: strictest.kind, invariant };
  return { type: 'here', decision, rows: limitRows(cells, proposal, usesPartitionColumn) };
}

/** The cells of one row, in the order of the invariants. */
function rowOf(app: AppDefinition, operation: string): [string, AnyPolicyCell][] {
  const row = app.policy[operation];
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
  if ('row' in row && typeof row.row === 'object') return row.row as AnyCell;
  const cells = row as { readonly [invariant: string]: AnyPolicyCell };
  return cells[invariant] ?? cells['*'];
}

function resolve(
  app: AppDefinition,
  invariant: string,
  cell: AnyPolicyCell,
  view: unknown,
  proposal: Proposal,
): AnyCell {
  if (typeof cell !== 'function') return cell;
  const { mode, user } = proposal.op;
  const answer = cell(proposal.args, { view, mode, user });
  const needsMending = answer.kind === 'risk' || answer.kind === 'limit';
  if (needsMending && !app.compensations[invariant]) {
    const place = `policy.${proposal.name}.${invariant}`;
    throw new Bug('incomplete-policy', `${place}: ${answer.kind} needs compensations.${invariant}`);
  }
  return answer;
}

const free: NamedCell = ['*', { kind: 'safe' }];

function strictestOf(cells: readonly NamedCell[]): NamedCell {
  let strictest = free;
  for (const cell of cells) if (strictness(cell[1]) > strictness(strictest[1])) strictest = cell;
  return strictest;
}
function strictness(cell: AnyCell): number {
  return cellKinds.indexOf(cell.kind);
}

function isLimiting(cell: AnyCell): boolean {
  return cell.kind !== 'safe' && cell.kind !== 'risk';
}
function asksPrimary(cell: AnyCell): boolean {
  return (cell.connected ?? (isLimiting(cell) ? 'primary' : 'local')) === 'primary';
}

/** Rows are kept in every mode: what was done just before a cut counts after it, too. */
function limitRows(
  cells: readonly NamedCell[],
  proposal: Proposal,
  isEnforced: boolean,
): readonly ProposedRow[] {
  return cells.flatMap(([invariant, cell]) => {
    if (!cell.amount) return [];
    const { of, per } = cell.amount;
    const key = per ? per(proposal.args) : (proposal.subjects[0] ?? '');
    return [{ invariant, key, amount: of(proposal.args), max: isEnforced ? cell.max : undefined }];
  });
}
