// What is remarked on operations that stand: the facts against the model, both ways.
import type { RemarkFact } from '@causeway/core';
import type { History, ToldFact } from './history.ts';
import { problem } from './problem.ts';
import type { ModelRemark } from './remark-book.ts';

/** Every difference. Cost: O(remarks). */
export function compareRemarks(
  history: History,
  remarks: readonly ModelRemark[],
): readonly string[] {
  const expected = new Map(
    remarks
      .filter(({ position }) => position <= history.auditedTo)
      .map((one) => [nameOf(one.fact, one), one]),
  );
  const told = new Set<string>();
  const wrong = history.told.filter(isRemark).flatMap(({ fact, at }) => {
    const other = fact.fact === 'duplicate' ? fact.of : fact.by;
    const key = fact.fact === 'duplicate' ? fact.dedupKey : fact.key;
    const name = nameOf(fact.fact, { operation: fact.operation, other, key });
    const isAgain = told.has(name);
    told.add(name);
    if (expected.has(name) && !isAgain) return [];
    const what = `at ${at.position} ${name} is told${isAgain ? ' again' : ', and is not so'}`;
    return [problem(fact.fact, what)];
  });
  const missing = [...expected]
    .filter(([name]) => !told.has(name))
    .map(([name, { fact, position }]) =>
      problem(fact, `${name}, found at ${position}, and nobody says so`),
    );
  return [...wrong, ...missing];
}

function isRemark(told: ToldFact): told is ToldFact<RemarkFact> {
  return told.fact.fact === 'duplicate' || told.fact.fact === 'overwritten';
}

function nameOf(
  fact: RemarkFact['fact'],
  { operation, other, key }: Pick<ModelRemark, 'operation' | 'other' | 'key'>,
): string {
  return fact === 'duplicate'
    ? `${operation} a duplicate of ${other} under "${key}"`
    : `${operation} overwritten by ${other} on "${key}"`;
}
