// What the facts tell of cases, as far as the replay asks: where one was opened, whether people have it.
import type { OperationId, ViolationFact } from '@causeway/core';
import type { History, HistoryEntry } from './history.ts';

/** The first violation that was told of a case, before `entry`. */
export function openingOf(
  { told }: History,
  entry: HistoryEntry,
  caseId: string,
): ViolationFact | undefined {
  for (const { fact, at } of told) {
    if (at.position > entry.position) return undefined;
    if (fact.fact === 'violation' && fact.case === caseId) return fact;
  }
  return undefined;
}

/** True where a case with one of these violations was given to people. */
export function isEscalated(
  { told }: History,
  run: { readonly violations: readonly { readonly trigger: OperationId }[] },
): boolean {
  const triggers = new Set(run.violations.map(({ trigger }) => trigger));
  const cases = new Set(
    told.flatMap(({ fact }) =>
      fact.fact === 'violation' && triggers.has(fact.trigger.id) ? [fact.case] : [],
    ),
  );
  return told.some(
    ({ fact }) => fact.fact === 'case' && fact.state === 'escalated' && cases.has(fact.id),
  );
}
