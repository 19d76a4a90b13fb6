// What can be wrong with what was asked of the primary, and with keys that are held.
import type { Fact, Json, LogEntry, OperationId, ViolationId } from '@causeway/core';
import { parseOperationId, parseReplicaId, parseWriterId } from '@causeway/core';
import type { Mutation } from './log-mutations.ts';
import type { Log } from './mutate-log.ts';
import {
  addFact,
  argsOf,
  changeEntry,
  changeFact,
  changeFacts,
  entryOf,
  factsOf,
  headerOf,
  kindOf,
  withArgs,
  withHeader,
} from './mutate-log.ts';
import { must } from './small-log.ts';

const stranger = must(parseReplicaId('e'.repeat(32)));
const writer = must(parseWriterId('e'.repeat(32)));
const another = must(parseOperationId('d'.repeat(32)));

export const intentMutations: readonly Mutation[] = [
  {
    name: 'the refusal of an intent is dropped',
    caughtBy: 'answered',
    mutate: (log) => changeFact(log, (fact) => (askedAndRefused(log, fact) ? [] : undefined)),
  },
  {
    name: 'an intent was run, and is refused as well',
    caughtBy: 'one-answer',
    mutate(log) {
      const run = log.find((entry) => isRun(log, entry));
      const operation = run && headerOf(run).operation?.id;
      if (!operation) return undefined;
      const why = { code: 'requires', reason: 'the weather' } as const;
      return addFact(log, { fact: 'refused', operation, ...why }, 'last');
    },
  },
  {
    name: 'an intent is refused a second time',
    caughtBy: 'one-answer',
    mutate: (log) =>
      changeFact(log, (fact) => (askedAndRefused(log, fact) ? [fact, fact] : undefined)),
  },
  {
    name: 'a bill was paid that nobody had the money for',
    caughtBy: 'run-legal',
    mutate: (log) => withOtherArgs(log, 'bill', { cents: 1_000 }),
  },
  {
    name: 'a charge was run that the rules forbid',
    caughtBy: 'run-legal',
    mutate: (log) => withOtherArgs(log, 'charge', { cents: 1_000 }),
  },
  {
    name: 'a rate was lowered below its floor',
    caughtBy: 'never-broken',
    mutate: (log) => withOtherArgs(log, 'reprice', { by: -50 }),
  },
  {
    name: 'a right too many is said to be left',
    caughtBy: 'rights-identity',
    mutate: (log) =>
      changeFact(log, (fact) =>
        fact.fact === 'escrow' ? [{ ...fact, pool: fact.pool + 1 }] : undefined,
      ),
  },
  {
    name: 'two replicas hold one key',
    caughtBy: 'one-home',
    mutate: (log) =>
      changeFact(log, (fact) =>
        fact.fact === 'home' && fact.share === 'exclusive'
          ? [fact, { ...fact, replica: stranger }]
          : undefined,
      ),
  },
  {
    name: 'somebody acts on a key that another one holds',
    caughtBy: 'one-home',
    mutate(log) {
      const run = log.find((entry) => isRun(log, entry) && nameOf(entry) === 'reprice');
      const key = run && fieldOf(run, 'rate');
      if (!run || typeof key !== 'string') return undefined;
      const home = { fact: 'home', key, replica: stranger, share: 'shared' } as const;
      const before = log
        .slice(0, run.position - 1)
        .find((entry) => kindOf(entry) === 'coordination');
      return changeFacts(log, (facts, at) => (at === before ? [...facts, home] : undefined));
    },
  },
  {
    name: 'what was delayed is judged before its key was mended',
    caughtBy: 'mended-first',
    mutate(log) {
      const broken = log.filter((entry) => kindOf(entry) === 'coordination').flatMap(factsOf);
      const violation = broken.find((fact) => fact.fact === 'violation');
      const asked = log.find((entry) => kindOf(entry) === 'intent' && nameOf(entry) === 'bill');
      if (!violation || !asked) return undefined;
      const why = { code: 'requires', reason: 'insufficient-funds' } as const;
      const refused: Fact = { fact: 'refused', operation: another, ...why };
      const told = changeFacts(log, (facts) =>
        hasViolation(facts, violation.id) ? [...facts, refused] : undefined,
      );
      return told && [...told, delayed(asked, violation.key, log.length + 1)];
    },
  },
];

function isRun(log: Log, entry: LogEntry): boolean {
  const id = headerOf(entry).operation?.id;
  return kindOf(entry) === 'result' && id !== undefined && isAsked(log, id);
}

/** By an application, not by the engine itself. */
function isAsked(log: Log, id: OperationId): boolean {
  const intent = entryOf(log, 'intent', id);
  return intent !== undefined && !nameOf(intent).startsWith('causeway.');
}

function askedAndRefused(log: Log, fact: Fact): boolean {
  if (fact.fact !== 'refused' || entryOf(log, 'operation', fact.operation)) return false;
  return isAsked(log, fact.operation);
}

function nameOf(entry: LogEntry): string {
  return headerOf(entry).operation?.name ?? '';
}

function fieldOf(entry: LogEntry, field: string): Json | undefined {
  return (argsOf(entry) as Readonly<Record<string, Json>>)[field];
}

/** The first result of that name with other arguments. */
function withOtherArgs(log: Log, name: string, other: Readonly<Record<string, Json>>) {
  return changeEntry(log, (entry) => {
    if (!isRun(log, entry) || nameOf(entry) !== name) return undefined;
    return withArgs(entry, { ...(argsOf(entry) as object), ...other } as Json);
  });
}

function hasViolation(facts: readonly Fact[], id: ViolationId): boolean {
  return facts.some((fact) => fact.fact === 'violation' && fact.id === id);
}

/** Another one like it, that was asked while cut off. */
function delayed(entry: LogEntry, account: string, position: number): LogEntry {
  const header = headerOf(entry);
  const asked = must(header.operation);
  const decision = { ...asked.decision, mode: 'partitioned' } as const;
  const operation = { ...asked, id: another, decision };
  const copy = withHeader(withArgs(entry, { account, cents: 1 }), { ...header, operation });
  return { ...copy, author: { ...entry.author, writer, clientId: 1 }, seq: 1, position };
}
