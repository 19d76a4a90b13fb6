// Facts in time: an audit goes forward, says everything of an operation at once, and takes nothing
// back; what mends stands on exactly what was audited.
import type { Fact, OperationId } from '@causeway/core';
import type { History, HistoryEntry } from './history.ts';
import { problem } from './problem.ts';

/** Everything that facts say too late, too early or again. Cost: O(entries). */
export function findDisorder(history: History): readonly string[] {
  const problems: string[] = [];
  let auditedTo = 0;
  for (const entry of history.entries) {
    if (entry.header.kind === 'result') {
      const last = lastNamedBefore(history, entry);
      const isAudited = last === undefined || last.position <= auditedTo;
      if (!isAudited) {
        const where = `the result at ${entry.position} stands on ${last.position}`;
        problems.push(problem('stands-on-audit', `${where}, audited to ${auditedTo}`));
      }
    }
    if (entry.header.kind !== 'coordination') continue;
    const reached = entry.facts.map((fact) => (fact.fact === 'audited' ? fact.upTo : auditedTo));
    const upTo = Math.max(auditedTo, ...reached);
    if (Math.min(auditedTo, ...reached) < auditedTo) {
      problems.push(
        problem('audit-forward', `at ${entry.position} the audit goes back from ${auditedTo}`),
      );
    }
    if (upTo >= entry.position) {
      problems.push(
        problem('audit-forward', `at ${entry.position} the audit is at ${upTo} already`),
      );
    }
    for (const { id, position } of audited(history, entry)) {
      const isNow = position > auditedTo && position <= upTo;
      if (isNow) continue;
      const when = position > upTo ? 'before its audit' : `after the audit reached ${auditedTo}`;
      problems.push(
        problem('said-at-once', `at ${entry.position} something is said of ${id} ${when}`),
      );
    }
    auditedTo = upTo;
  }
  return problems;
}

/** User operations only: what the primary appends needs no audit by itself. */
function lastNamedBefore(history: History, entry: HistoryEntry): HistoryEntry | undefined {
  return history.entries.findLast(
    ({ position, header }) => position < entry.position && header.kind === 'operation',
  );
}

/** The operations that a fact judges, with their positions; Infinity for one that is not there. */
function audited(
  history: History,
  { facts, position: toldAt }: HistoryEntry,
): readonly { readonly id: OperationId; readonly position: number }[] {
  return facts.flatMap((fact) => {
    const id = judgedBy(fact);
    // An intent is refused instead of being committed at all.
    const isAsked = id !== undefined && (history.intentsById.has(id) || history.requests.has(id));
    const done = id === undefined ? undefined : history.entriesById.get(id);
    const isIntent = isAsked && (done === undefined || done.position > toldAt);
    if (id === undefined || isIntent) return [];
    return [{ id, position: history.entriesById.get(id)?.position ?? Number.POSITIVE_INFINITY }];
  });
}

function judgedBy(fact: Fact): OperationId | undefined {
  if (fact.fact === 'refused' || fact.fact === 'stale') return fact.operation;
  return fact.fact === 'violation' || fact.fact === 'possible' ? fact.trigger.id : undefined;
}
