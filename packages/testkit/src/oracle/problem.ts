// The names of all that the oracle checks, so that a report, a test and a page mean the same.

/** In the order in which a reader would look: the log, the audit, its findings, the cases. */
export const checkNames = [
  'readable',
  'no-gap',
  'writer-sequence',
  'one-writer',
  'one-commit-per-id',
  'saw-only-earlier',
  'dots-committed',
  'audited',
  'audit-forward',
  'said-at-once',
  'stands-on-audit',
  'refused',
  'stale',
  'no-forgery',
  'no-rules',
  'violation',
  'from',
  'to',
  'trigger-position',
  'fault',
  'participants',
  'quote',
  'once',
  'one-run',
  'case-first',
  'known-result',
  'mended-once',
  'called-for',
  'restored',
  'mended-by',
  'escalated',
  'closed',
  'closed-at-0',
  'closed-as',
  'closed-once',
] as const;

export type CheckName = (typeof checkNames)[number];

/** What is wrong, as `check: sentence`. */
export function problem(check: CheckName, sentence: string): string {
  return `${check}: ${sentence}`;
}
