// What can be wrong with a log itself, and with the order in which it was audited.
import type { LogEntry, OperationId } from '@causeway/core';
import { parseWriterId, zeroHash } from '@causeway/core';
import type { CheckName } from '@causeway/testkit';
import type { Log, Mutate } from './mutate-log.ts';
import {
  addFact,
  changeEntry,
  changeFact,
  changeFacts,
  factsOf,
  headerOf,
  isRefusedOperation,
  kindOf,
  renumber,
  withHeader,
} from './mutate-log.ts';
import { must } from './small-log.ts';

export interface Mutation {
  /** What went wrong. */
  readonly name: string;
  readonly caughtBy: CheckName;
  readonly mutate: Mutate;
}

const stranger = must(parseWriterId('e'.repeat(32)));
const nobody = 'nobody' as OperationId;

export const logMutations: readonly Mutation[] = [
  {
    name: 'bytes of a header are gone',
    caughtBy: 'readable',
    mutate: (log) => changeEntry(log, (entry) => withSealed(entry, { header: new Uint8Array(3) })),
  },
  {
    name: 'an entry is lost',
    caughtBy: 'no-gap',
    mutate: (log) => log.toSpliced(Math.floor(log.length / 2), 1),
  },
  {
    name: 'an entry is lost, and the others moved up',
    caughtBy: 'writer-sequence',
    mutate(log) {
      const at = log.findIndex(({ author, seq, position }) =>
        log.slice(position).some((later) => isSameWriter(later, author.writer) && seq < later.seq),
      );
      return at < 0 ? undefined : renumber(log.toSpliced(at, 1));
    },
  },
  {
    name: 'two entries of one writer change places',
    caughtBy: 'writer-sequence',
    mutate(log) {
      const at = log.findIndex(({ author }, index) => isSameWriter(log[index + 1], author.writer));
      if (at < 0) return undefined;
      return renumber(log.toSpliced(at, 2, must(log[at + 1]), must(log[at])));
    },
  },
  {
    name: 'a writer writes as the client of another one',
    caughtBy: 'one-writer',
    mutate(log) {
      const [first] = log;
      return changeEntry(log, (entry) => {
        if (!first || isSameWriter(entry, first.author.writer)) return undefined;
        return { ...entry, author: { ...entry.author, clientId: first.author.clientId } };
      });
    },
  },
  {
    name: 'a writer changes its replica',
    caughtBy: 'one-writer',
    mutate(log) {
      const other = log.find(({ author }) => author.replica !== log[0]?.author.replica);
      return changeEntry(log, (entry) => {
        const replica = other?.author.replica ?? entry.author.replica;
        // Two tabs of one device are two writers, too.
        if (entry.seq !== 2 || replica === entry.author.replica) return undefined;
        return { ...entry, author: { ...entry.author, replica } };
      });
    },
  },
  {
    name: 'an operation is committed again under another writer',
    caughtBy: 'one-commit-per-id',
    mutate: (log) => again(log, 'operation'),
  },
  {
    name: 'a compensation is committed again under another writer',
    caughtBy: 'one-commit-per-id',
    mutate: (log) => again(log, 'result'),
  },
  {
    name: 'an author saw its own position',
    caughtBy: 'saw-only-earlier',
    mutate: (log) =>
      changeEntry(log, (entry, header) => {
        const context = { ...header.context, position: entry.position };
        return withHeader(entry, { ...header, context });
      }),
  },
  {
    name: 'an author saw what was never committed',
    caughtBy: 'dots-committed',
    mutate: (log) =>
      changeEntry(log, (entry, header) => {
        const dots = [{ writer: stranger, seq: 1, hash: zeroHash }];
        return withHeader(entry, { ...header, context: { ...header.context, dots } });
      }),
  },
  {
    name: 'the audit stops before the end',
    caughtBy: 'audited',
    mutate(log) {
      const last = log.findLast((entry) => kindOf(entry) === 'operation');
      const kept = log.filter((entry) => {
        return kindOf(entry) !== 'coordination' || entry.position < must(last).position;
      });
      return last && kept.length < log.length ? kept : undefined;
    },
  },
  {
    name: 'the audit goes back',
    caughtBy: 'audit-forward',
    mutate(log) {
      const last = log.findLast((entry) => kindOf(entry) === 'coordination');
      return changeFacts(log, (facts, at) =>
        at === last ? [...facts.filter(({ fact }) => fact !== 'audited'), audited(0)] : undefined,
      );
    },
  },
  {
    name: 'the audit is ahead of its own entry',
    caughtBy: 'audit-forward',
    mutate: (log) => changeFacts(log, (facts, at) => [...facts, audited(at.position)]),
  },
  {
    name: 'a refusal comes after its operation was audited',
    caughtBy: 'said-at-once',
    mutate(log) {
      const last = log.findLast((entry) => kindOf(entry) === 'coordination');
      const early = log.filter((entry) => entry !== last).flatMap(safeFacts);
      const refused = early.find((fact) => isRefusedOperation(log, fact));
      const without = changeFact(log, (fact) => (isRefusedOperation(log, fact) ? [] : undefined));
      return refused && without && addFact(without, refused, 'last');
    },
  },
  {
    name: 'a refusal is of nothing in the log',
    caughtBy: 'said-at-once',
    mutate: (log) =>
      addFact(log, { fact: 'refused', operation: nobody, code: 'requires', reason: 'no' }),
  },
  {
    name: 'a compensation did not wait for the audit of what is before it',
    caughtBy: 'stands-on-audit',
    mutate(log) {
      const at = log.findIndex((entry) => kindOf(entry) === 'result');
      const before = log[at - 1];
      if (!before || kindOf(before) !== 'coordination') return undefined;
      const audits = log.slice(0, at - 1).filter((entry) => kindOf(entry) === 'coordination');
      const isAudit = log.slice(0, at - 1).some((entry) => kindOf(entry) === 'operation');
      if (!isAudit) return undefined; // It said something else.
      if (audits.length > 0 && kindOf(must(log[at - 2])) !== 'operation') return undefined;
      return renumber(log.toSpliced(at - 1, 2, must(log[at]), before));
    },
  },
];

function withSealed(entry: LogEntry, sealed: Partial<LogEntry['sealed']>): LogEntry {
  return { ...entry, sealed: { ...entry.sealed, ...sealed } };
}

function isSameWriter(entry: LogEntry | undefined, writer: string): boolean {
  return entry?.author.writer === writer;
}

function again(log: Log, kind: 'operation' | 'result'): Log | undefined {
  const found = log.find((entry) => kindOf(entry) === kind);
  if (!found) return undefined;
  const author = { ...found.author, writer: stranger, clientId: 1 };
  const header = headerOf(found);
  const copy = withHeader(found, { ...header, context: { ...header.context, dots: [] } });
  return [...log, { ...copy, author, seq: 1, position: log.length + 1 }];
}

const audited = (upTo: number) => ({ fact: 'audited', upTo }) as const;

function safeFacts(entry: LogEntry) {
  return kindOf(entry) === 'coordination' ? factsOf(entry) : [];
}
