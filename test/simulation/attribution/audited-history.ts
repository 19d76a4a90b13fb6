// What the real primary says of a random bank history, through real documents, against brute force.
import type { Fact, PossibleFact, ViolationFact } from '@causeway/core';
import type { BankTruth } from './bank-history.ts';
import { bankTruth, drawHistory } from './bank-history.ts';
import { auditHistory, operationOf } from './bank-primary.ts';
import type { Explained } from './explain-history.ts';
import { whyNotMinimal } from './explain-history.ts';

type Told = ViolationFact | PossibleFact;

/** Audits the history of a seed, and says what is wrong with the facts. */
export function explainAudited(seed: number, o: { readonly hasMargin: boolean }): Explained {
  const history = drawHistory(seed);
  const facts = auditHistory(history, o).filter(isTold);
  const counts: Record<string, number> = {};
  for (const fact of facts) counts[fact.fact] = (counts[fact.fact] ?? 0) + 1;
  const problems = bankTruth(history).flatMap((truth) => {
    const id = operationOf(truth.item.index);
    const told = facts.filter(({ trigger }) => trigger.id === id);
    return wrongFacts(truth, told).map((what) => `seed ${seed}, ${truth.item.index}: ${what}`);
  });
  return { problems, counts };
}

function isTold(fact: Fact): fact is Told {
  // What is unknown is a difference, too: no history is so long.
  if (fact.fact === 'possible-unknown') throw new Error(`${fact.operation}: ${fact.why}`);
  return fact.fact === 'violation' || fact.fact === 'possible';
}

function wrongFacts(truth: BankTruth, [told, ...more]: readonly Told[]): readonly string[] {
  const { from, to, raising, item } = truth;
  const worse = to > from ? 'violation' : undefined;
  const expected = worse ?? (raising.length > 0 ? 'possible' : undefined);
  if (more.length > 0) return ['it is told twice'];
  if (told?.fact !== expected) return [`${told?.fact} instead of ${expected}`];
  if (!told) return [];
  const names = told.participants.map((one) => Number(one.id));
  const kept = names.slice(0, -1);
  const isLocal = told.fault === 'local';
  return [
    ...whyNotMinimal(truth, kept),
    ...(names.at(-1) === item.index ? [] : ['the trigger is not the last']),
    ...(told.explained === 'minimal' ? [] : ['it is not explained']),
    ...(isLocal === truth.raises([]) && isLocal === (kept.length === 0) ? [] : ['the fault']),
    ...(worse && (told.from !== from || told.to !== to) ? ['another deficit'] : []),
  ];
}
