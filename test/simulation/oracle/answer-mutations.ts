// What can be wrong with what people decide.
import type { CaseFact, Fact, LogEntry, OperationId } from '@causeway/core';
import { parseOperationId } from '@causeway/core';
import type { Mutation } from './log-mutations.ts';
import type { Log } from './mutate-log.ts';
import { changeFact, headerOf, withHeader } from './mutate-log.ts';
import { must } from './small-log.ts';

const request = 'nobody-asked' as OperationId;

/** Somebody's act once more, at the end, as if it had been chosen for a case that was mended. */
function choice(log: Log): Log | undefined {
  const result = log.find(isCompensation);
  const act = log.find((entry) => headerOf(entry).kind === 'operation');
  if (!result || !act) return undefined;
  const { context, operation: mended } = headerOf(result);
  const id = must(mended).id.replace(/:(restore|amend)$/, ':resolve:1');
  const operation = { ...must(headerOf(act).operation), id: must(parseOperationId(id)) };
  const own = log.filter(({ author }) => author.writer === result.author.writer);
  const seq = Math.max(...own.map((entry) => entry.seq)) + 1;
  const copy = withHeader(act, { kind: 'result', context, operation });
  return [...log, { ...copy, author: result.author, position: log.length + 1, seq }];
}

function isCompensation(entry: LogEntry): boolean {
  const { kind, operation } = headerOf(entry);
  return kind === 'result' && operation?.id.startsWith('c:') === true;
}

/** Behind the first question: somebody without the role waives it. */
function waive(fact: Fact): readonly Fact[] | undefined {
  if (fact.fact !== 'case' || !fact.question?.resolvers) return undefined;
  const waived: CaseFact = {
    ...{ fact: 'case', id: fact.id, state: 'waived', deficit: fact.deficit },
    waiver: { by: 'anonymous', reason: 'it is late', request },
  };
  return [fact, waived];
}

export const answerMutations: readonly Mutation[] = [
  { name: 'what ran was no choice', caughtBy: 'offered', mutate: choice },
  { name: 'a closed case is decided', caughtBy: 'one-decision', mutate: choice },
  {
    name: 'whoever may not decide does so',
    caughtBy: 'permitted',
    mutate: (log) => waiveLater(log),
  },
];

/** In an entry of its own: a question is asked before it is answered. */
function waiveLater(log: Log): Log | undefined {
  let waived: Fact | undefined;
  changeFact(log, (fact) => {
    waived ??= waive(fact)?.[1];
    return undefined;
  });
  const told = waived;
  if (!told) return undefined;
  const at = log.findIndex((entry) => changeFact([entry], (fact) => waive(fact)) !== undefined);
  const later = log.slice(at + 1).findIndex((entry) => headerOf(entry).kind === 'coordination');
  if (later < 0) return undefined;
  const index = at + 1 + later;
  const changed = changeFact(log.slice(index, index + 1), (fact) => [told, fact]);
  return changed && [...log.slice(0, index), ...changed, ...log.slice(index + 1)];
}
