// What can be wrong with how cases end, and with what mends them.
import type { CaseFact, ChangeHeader, Fact, LogEntry, OperationId } from '@causeway/core';
import { parseOperationId } from '@causeway/core';
import type { CheckName } from '@causeway/testkit';
import type { Mutation } from './log-mutations.ts';
import type { Log } from './mutate-log.ts';
import { addFact, changeEntry, changeFact, headerOf, kindOf, withHeader } from './mutate-log.ts';
import { must } from './small-log.ts';

/** A mutation of the first fact that ends a case as `state`. */
function ending(
  name: string,
  o: { readonly caughtBy: CheckName; readonly state: CaseFact['state'] },
  change: (fact: CaseFact) => readonly Fact[],
): Mutation {
  const { caughtBy, state } = o;
  return {
    name,
    caughtBy,
    mutate: (log) =>
      changeFact(log, (fact) =>
        fact.fact === 'case' && fact.state === state ? change(fact) : undefined,
      ),
  };
}

const compensated = (caughtBy: CheckName) => ({ caughtBy, state: 'compensated' }) as const;
const healed = (caughtBy: CheckName) => ({ caughtBy, state: 'healed' }) as const;

export const caseMutations: readonly Mutation[] = [
  ending('a mended case is never closed', compensated('closed'), () => []),
  ending('a healed case is never closed', healed('closed'), () => []),
  ending('a case is closed twice', compensated('closed-once'), (fact) => [fact, fact]),
  ending('a mended case names no compensation', compensated('mended-by'), (fact) => {
    const { compensation: _, ...rest } = fact;
    return [rest];
  }),
  ending('a mended case names another compensation', compensated('mended-by'), (fact) => [
    { ...fact, compensation: must(parseOperationId('c:k:other:restore')) },
  ]),
  ending('a mended case is called healed', compensated('closed-as'), (fact) => [
    { ...fact, state: 'healed' },
  ]),
  ending('a healed case is called mended', healed('mended-by'), (fact) => [
    { ...fact, state: 'compensated' },
  ]),
  ending('a case is waived by nobody', healed('closed-as'), (fact) => [
    { ...fact, state: 'waived' },
  ]),
  ending('a closed case has a deficit', compensated('closed-at-0'), (fact) => [
    { ...fact, deficit: 1 },
  ]),
  ending('a case is given to people without need', compensated('escalated'), (fact) => [
    { fact: 'case', id: fact.id, state: 'escalated', deficit: 1 },
    fact,
  ]),
  ending('people are told of a harm that mending would not do', compensated('harmless'), (fact) => {
    const breaks = [{ invariant: 'another', key: 'x', from: 0, to: 1 }];
    const said = { round: 1, cause: 'breaks', question: '', choices: [], evidence: [] } as const;
    const question = { ...said, breaks };
    return [{ fact: 'case', id: fact.id, state: 'escalated', deficit: 1, question }, fact];
  }),
  {
    name: 'a case is called healed while it is broken',
    caughtBy: 'closed-at-0',
    mutate: (log) =>
      changeFact(log, (fact) => {
        if (fact.fact !== 'violation' || !isMended(log, fact.case)) return undefined;
        return [fact, { fact: 'case', id: fact.case, state: 'healed', deficit: 0 }];
      }),
  },
  {
    name: 'something is said of a case that was closed',
    caughtBy: 'closed-once',
    mutate(log) {
      const id = compensatedCase(log);
      if (!id || log.at(-1)?.position === undefined) return undefined;
      const last = log.findLast((entry) => kindOf(entry) === 'coordination');
      const closing = log.find((entry) => closes(entry, id));
      if (!last || closing === last) return undefined;
      return addFact(log, { fact: 'case', id, state: 'open', deficit: 0 }, 'last');
    },
  },
  {
    name: 'a case is mended a second time, by the other step',
    caughtBy: 'mended-once',
    mutate(log) {
      const result = log.find(isCompensation);
      if (!result) return undefined;
      const seq = Math.max(
        ...log.filter(({ author }) => author.writer === result.author.writer).map((e) => e.seq),
      );
      const copy = { ...otherStep(result), position: log.length + 1, seq: seq + 1 };
      return [...log, copy];
    },
  },
  {
    name: 'what was broken is amended and not restored',
    caughtBy: 'called-for',
    mutate: (log) =>
      changeEntry(log, (entry, header) =>
        header.kind === 'result' && header.operation?.id.endsWith(':restore')
          ? otherStep(entry)
          : undefined,
      ),
  },
  {
    name: 'a result is no compensation',
    caughtBy: 'known-result',
    mutate: (log) =>
      changeEntry(log, (entry, header) =>
        header.kind === 'result' ? withId(entry, header, 'intended') : undefined,
      ),
  },
];

function isCompensation(entry: LogEntry): boolean {
  const { kind, operation } = headerOf(entry);
  return kind === 'result' && operation?.id.startsWith('c:') === true;
}

function otherStep(entry: LogEntry): LogEntry {
  const header = headerOf(entry);
  const id = must(header.operation).id;
  const [from, to] = id.endsWith(':restore') ? [':restore', ':amend'] : [':amend', ':restore'];
  return withId(entry, header, id.replace(from, to));
}

function withId(entry: LogEntry, header: ChangeHeader, id: string): LogEntry {
  const operation = { ...must(header.operation), id: must(parseOperationId(id)) };
  return withHeader(entry, { ...header, operation });
}

function closes(entry: LogEntry, id: CaseFact['id']): boolean {
  return (
    changeFact([entry], (fact) => (isClosing(fact) && fact.id === id ? [] : undefined)) !==
    undefined
  );
}

function isClosing(fact: Fact): fact is CaseFact {
  return fact.fact === 'case' && (fact.state === 'compensated' || fact.state === 'healed');
}

function compensatedCase(log: Log): CaseFact['id'] | undefined {
  let found: CaseFact['id'] | undefined;
  changeFact(log, (fact) => {
    if (isClosing(fact)) found ??= fact.id;
    return undefined;
  });
  return found;
}

function isMended(log: Log, id: CaseFact['id']): boolean {
  const restore = `c:${id}:restore` as OperationId;
  return log.some((entry) => headerOf(entry).operation?.id === restore);
}
