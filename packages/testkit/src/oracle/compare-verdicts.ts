// Which operations stand? The facts against the model: the same refused, the same stale but kept.
import type { OperationId, RefusedFact, StaleFact } from '@causeway/core';
import type { History, ToldFact } from './history.ts';
import { problem } from './problem.ts';
import type { Replay } from './replay.ts';

/** Every difference, both ways. Cost: O(operations). */
export function compareVerdicts(history: History, replay: Replay): readonly string[] {
  return [
    ...compare(history, { kind: 'refused', expected: replay.refusedById }),
    ...compare(history, { kind: 'stale', expected: replay.staleById }),
    ...history.told.flatMap(({ fact, at }) =>
      fact.fact === 'forged-entry'
        ? [
            problem(
              'no-forgery',
              `at ${at.position} ${fact.entry} in ${fact.root} is called forged`,
            ),
          ]
        : [],
    ),
  ];
}

function compare(
  history: History,
  o: {
    readonly kind: 'refused' | 'stale';
    readonly expected: ReadonlyMap<OperationId, string>;
  },
): readonly string[] {
  const { kind, expected } = o;
  const problems: string[] = [];
  const told = new Map<OperationId, string>();
  for (const { fact, at } of history.told) {
    if (fact.fact !== kind || history.requests.has(fact.operation)) continue;
    if (isOfItsIntent(history, { fact, at })) continue; // It went on, and is judged by itself.
    const { operation, reason } = fact;
    if (told.has(operation))
      problems.push(problem('once', `at ${at.position} ${operation} is ${kind} again`));
    told.set(operation, reason);
    if (expected.get(operation) === reason) continue;
    const because = expected.get(operation) ?? 'that it stands';
    const where = `at ${at.position} ${operation} is ${kind} for "${reason}"`;
    problems.push(problem(kind, `${where}, the model says ${because}`));
  }
  for (const [operation, reason] of expected) {
    const position = history.entriesById.get(operation)?.position;
    if (told.has(operation)) continue;
    const where = `${operation} at ${position}`;
    problems.push(problem(kind, `${where} should be ${kind} for "${reason}", and is not`));
  }
  return problems;
}

/** The intent was refused, and the operation came to the log all the same. */
function isOfItsIntent(
  { entriesById, intentsById }: History,
  { fact, at }: ToldFact<RefusedFact | StaleFact>,
): boolean {
  const done = intentsById.has(fact.operation) ? entriesById.get(fact.operation) : undefined;
  return done !== undefined && done.position > at.position;
}
