// The words that all printers of a policy table share. Sentences have no final stop.
import type { DescribedPolicy, DescribedRow } from './described-policy.ts';

/** What the table is of, and how many cells it has. */
export function titleOf(policy: DescribedPolicy): string {
  const { app, version, invariants, rows, replicas } = policy;
  const name = `Policy table of ${app}, version ${version}`;
  if (rows.length === 0) return `${name}: edits only, no operations to decide`;
  const size = `${count(rows.length, 'operation')} × ${count(invariants.length, 'invariant')}`;
  const total = count(rows.length * invariants.length, 'cell');
  const devices = replicas === undefined ? '' : `, for ${count(replicas, 'device')}`;
  return `${name}: ${size} = ${total}${devices}`;
}

function count(of: number, thing: string): string {
  return `${of} ${thing}${of === 1 ? '' : 's'}`;
}

/** What holds for a whole operation: where it runs while connected, its bound, a stale `requires`. */
export function notesOf(row: DescribedRow): readonly string[] {
  const { bound, whenStale } = row;
  return [
    `While connected: ${connectedWords(row)}`,
    ...(bound
      ? [`Not committed within ${bound.withinMs} ms: ${timeoutWords(bound.onTimeout)}`]
      : []),
    ...(whenStale
      ? [`Its \`requires\` no longer holds at the audit: ${staleWords[whenStale]}`]
      : []),
  ];
}

function connectedWords({ connected, askedBy, cells }: DescribedRow): string {
  if (connected === 'here') return 'runs here, at once';
  if (connected === 'decided per call') return 'here or at the primary, decided per call';
  const asking = cells.filter(({ invariant }) => askedBy.includes(invariant));
  const because = asking.map(({ invariant, kind }) => `${invariant} (${kind})`).join(', ');
  return `asks the primary, because of ${because}`;
}

/** A bound's other answers are described before the engine has them. */
function timeoutWords(onTimeout: string): string {
  if (onTimeout === 'proceed') return 'it counts as cut off, and the operation stays tentative';
  return onTimeout === 'cancel' ? 'it is cancelled' : 'it waits at the primary';
}

const staleWords = { void: 'it is void', keep: 'it is kept' } as const;
