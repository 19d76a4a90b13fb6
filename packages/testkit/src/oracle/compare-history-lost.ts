// Whose records of what was done outside are lost? Each such operation is said so once, and a case that
// it explains is never called mended.
import type { CaseFact, OperationId } from '@causeway/core';
import type { History } from './history.ts';
import { problem } from './problem.ts';
import type { ModelRun } from './replay.ts';

/** Operations and results whose header states effects that are not there. Cost: O(entries). */
export function lostOperations({ entriesById }: History): ReadonlySet<OperationId> {
  const lost = new Set<OperationId>();
  for (const [id, { header, sealed }] of entriesById) {
    if (header.effects && sealed.effects.length === 0) lost.add(id);
  }
  return lost;
}

/** Every difference between what is lost and what is said to be. Cost: O(entries). */
export function compareHistoryLost(history: History): readonly string[] {
  const lost = lostOperations(history);
  const told = new Set<OperationId>();
  const problems: string[] = [];
  for (const { fact, at } of history.told) {
    if (fact.fact !== 'history-lost') continue;
    const what = `at ${at.position} the records of ${fact.operation} are called lost`;
    if (!lost.has(fact.operation)) problems.push(problem('history-lost', `${what}, and are there`));
    if (told.has(fact.operation)) problems.push(problem('history-lost', `${what} again`));
    told.add(fact.operation);
  }
  for (const id of lost) {
    const position = history.entriesById.get(id)?.position ?? 0;
    if (told.has(id) || position > history.auditedTo) continue;
    problems.push(problem('history-lost', `the records of ${id} are lost, and nobody says so`));
  }
  return problems;
}

/** True where nobody knows what somebody who explains this run did outside. */
export function isHistoryLost(history: History, run: ModelRun): boolean {
  const lost = lostOperations(history);
  const triggers = new Set(run.violations.map(({ trigger }) => trigger));
  // That whoever is told explains it is checked elsewhere.
  return history.told.some(({ fact }) => {
    if (fact.fact !== 'violation' || !triggers.has(fact.trigger.id)) return false;
    const isOfRun = fact.invariant === run.invariant && fact.key === run.key;
    return isOfRun && fact.participants.some(({ id }) => lost.has(id));
  });
}

/** What may be said of such a case: it heals by itself, or people decide. */
export function falseClaim(
  history: History,
  run: ModelRun,
  told: readonly { readonly fact: CaseFact }[],
): readonly string[] {
  const isClaimed = told.some(({ fact }) => fact.state === 'compensated');
  if (!isClaimed || !isHistoryLost(history, run)) return [];
  const what = `${run.invariant} of ${run.key} is called mended`;
  return [problem('history-lost', `${what}, and what was done outside is not known`)];
}
