// The start-up check: the same holes that the compiler refuses, found for JavaScript authors too.
import type { AppDefinition } from './app-definition.ts';

const consequential: readonly string[] = ['risk', 'limit'];

/** Everything wrong with the policy table, each naming its cell. Empty: the table is complete. */
export function problemsOf(app: AppDefinition): readonly string[] {
  const known = new Set(Object.keys(app.operations));
  const strangers = Object.keys(app.policy).filter((name) => !known.has(name));
  return [
    ...strangers.map((name) => `policy.${name}: there is no operation "${name}"`),
    ...[...known].flatMap((name) => rowProblems(app, name)),
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
  if (typeof kind !== 'string') return [`${place}: not a cell; use safe(), risk(), limit(…), …`];
  if (consequential.includes(kind) && !app.compensations[invariant]) {
    return [`${place}: ${kind} needs compensations.${invariant}`];
  }
  return [];
}
