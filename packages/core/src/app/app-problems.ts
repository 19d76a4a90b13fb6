// The start-up check: the same holes that the compiler refuses, found for JavaScript authors too.
import type { AnyCell, AppDefinition } from './app-definition.ts';
import type { CellKind } from './policy-table.ts';
import { cellKinds } from './policy-table.ts';

/** The kind in this cell, or in its second cell, that is only allowed with a compensation. */
export function consequentialIn(cell: AnyCell): CellKind | undefined {
  if (cell.kind === 'risk' || cell.kind === 'limit') return cell.kind;
  return cell.home && consequentialIn(cell.home.otherwise);
}

const kinds: readonly string[] = cellKinds;

/** Everything wrong with operations and table, each naming its cell. Empty: it is complete. */
export function problemsOf(app: AppDefinition): readonly string[] {
  const known = new Set(Object.keys(app.operations));
  const strangers = Object.keys(app.policy).filter((name) => !known.has(name));
  const reserved = [...known].filter((name) => name.includes('.'));
  const ambiguous = Object.keys(app.invariants).filter((name) => name === 'row' || name === '*');
  return [
    ...ambiguous.map((name) => `invariant "${name}": a policy's rows use this name, take another`),
    ...reserved.map((name) => `operation "${name}": names with a "." are the engine's own`),
    ...strangers.map((name) => `policy.${name}: there is no operation "${name}"`),
    ...Object.keys(app.sagas).flatMap((name) => sagaProblems(app, name)),
    ...[...known].flatMap((name) => rowProblems(app, name)),
  ];
}

/** Its steps are known only with arguments: they are looked at when one is started. */
function sagaProblems({ sagas, operations }: AppDefinition, name: string): readonly string[] {
  const { args, steps } = (sagas[name] ?? {}) as {
    args?: { '~standard'?: unknown };
    steps?: unknown;
  };
  return [
    ...(name.includes('.') ? [`saga "${name}": names with a "." are the engine's own`] : []),
    ...(Object.hasOwn(operations, name) ? [`saga "${name}": an operation has this name, too`] : []),
    ...(args?.['~standard'] ? [] : [`saga "${name}": args must be a schema (Standard Schema)`]),
    ...(typeof steps === 'function'
      ? []
      : [`saga "${name}": steps must be a function of its args`]),
  ];
}

function rowProblems(app: AppDefinition, operation: string): readonly string[] {
  const row = app.policy[operation];
  const invariants = Object.keys(app.invariants);
  if (!row) return [`policy.${operation}: the row is missing`];
  if ('row' in row && typeof row.row === 'object') {
    return invariants.flatMap((invariant) => cellProblems(app, operation, invariant, row.row));
  }
  const cells = row as Record<string, unknown>;
  const strangers = Object.keys(cells).filter((key) => key !== '*' && !invariants.includes(key));
  return [
    ...strangers.map((key) => `policy.${operation}.${key}: there is no invariant "${key}"`),
    ...invariants.flatMap((invariant) =>
      cellProblems(app, operation, invariant, cells[invariant] ?? cells['*']),
    ),
  ];
}

function cellProblems(
  app: AppDefinition,
  operation: string,
  invariant: string,
  cell: unknown,
): readonly string[] {
  const place = `policy.${operation}.${invariant}`;
  if (cell === undefined) return [`${place}: the cell is missing`];
  if (typeof cell === 'function') return []; // Decided per call: checked again when it answers.
  const kind = (cell as { kind?: unknown }).kind;
  if (typeof kind !== 'string' || !kinds.includes(kind)) {
    return [`${place}: not a cell; use safe(), risk(), limit(…), …`];
  }
  const risky = app.compensations[invariant] ? undefined : consequentialIn(cell as AnyCell);
  return risky ? [`${place}: ${risky} needs compensations.${invariant}`] : [];
}
