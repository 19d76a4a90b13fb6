// What can be wrong with what is said of records that are lost.
import type { LogEntry, OperationId } from '@causeway/core';
import type { Mutation } from './log-mutations.ts';
import type { Log } from './mutate-log.ts';
import { addFact, changeEntry, factsOf, headerOf, kindOf } from './mutate-log.ts';

export const outboxMutations: readonly Mutation[] = [
  {
    name: 'records are lost, and nobody says so',
    caughtBy: 'history-lost',
    mutate: (log) => changeEntry(log, (entry) => withoutRecords(entry)),
  },
  {
    name: 'records are called lost that are there',
    caughtBy: 'history-lost',
    mutate(log) {
      const found = log.find((entry) => withoutRecords(entry) !== undefined);
      return found && addFact(log, lostFact(operationOf(found), found.position), 'last');
    },
  },
  {
    name: 'a case is called mended, and what was done outside is lost',
    caughtBy: 'history-lost',
    mutate(log) {
      const trigger = triggerOfMended(log);
      const lost = changeEntry(log, (entry, { operation }) =>
        operation?.id === trigger ? withoutRecords(entry) : undefined,
      );
      const at = lost?.find((entry) => operationOf(entry) === trigger)?.position ?? 0;
      return lost && trigger && addFact(lost, lostFact(trigger, at), 'last');
    },
  },
];

function lostFact(operation: OperationId | undefined, position: number) {
  const named = operation ?? ('nobody' as OperationId);
  return { fact: 'history-lost', operation: named, count: 1, position } as const;
}

function withoutRecords(entry: LogEntry): LogEntry | undefined {
  if (kindOf(entry) !== 'operation' || entry.sealed.effects.length === 0) return undefined;
  return { ...entry, sealed: { ...entry.sealed, effects: new Uint8Array(0) } };
}

function operationOf(entry: LogEntry): OperationId | undefined {
  return headerOf(entry).operation?.id;
}

/** The first operation that broke a rule and was compensated. */
function triggerOfMended(log: Log): OperationId | undefined {
  const facts = log.filter((entry) => kindOf(entry) === 'coordination').flatMap(factsOf);
  const mended = new Set(
    facts.flatMap((fact) => (fact.fact === 'case' && fact.state === 'compensated' ? fact.id : [])),
  );
  for (const fact of facts) {
    if (fact.fact === 'violation' && mended.has(fact.case)) return fact.trigger.id;
  }
  return undefined;
}
