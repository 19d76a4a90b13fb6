// What became of each intent? One answer, once: its result, its refusal, or the operation that went on
// without it; and a cancellation only where nothing was run.
import type { OperationId } from '@causeway/core';
import type { History } from './history.ts';
import { problem } from './problem.ts';

/** Everything that is answered twice, or (once settled) not at all. Cost: O(entries). */
export function compareIntents(
  history: History,
  o: { readonly isSettled: boolean },
): readonly string[] {
  return [...history.intentsById].flatMap(([id, asked]) => {
    const kinds = answersTo(history, id);
    const problems: string[] = [];
    const outcomes = kinds.filter((kind) => kind !== 'operation');
    if (outcomes.length > 1) {
      problems.push(problem('one-answer', `${id} has the answers ${outcomes.join(' and ')}`));
    }
    if (o.isSettled && kinds.length === 0) {
      problems.push(problem('answered', `${id}, asked at ${asked.position}, has no answer`));
    }
    return problems;
  });
}

function answersTo({ entries, told }: History, id: OperationId): readonly string[] {
  const committed = entries
    .filter(({ named, header }) => named?.id === id && header.kind !== 'intent')
    .map(({ header }) => header.kind)
    .filter((kind) => kind !== 'cancelled'); // Its fact says the same.
  const refused = told.filter(({ fact }) => fact.fact === 'refused' && fact.operation === id);
  return [...committed, ...refused.map(() => 'refused')];
}
