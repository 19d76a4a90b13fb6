// Was each question answered once, by somebody who may, with a choice that it offered? And did each
// request to answer get one answer itself (G27)?
import type { CaseFact, CaseQuestion, OperationId } from '@causeway/core';
import type { People } from '../workloads/workload.ts';
import type { History, HistoryEntry, ToldFact } from './history.ts';
import { readResolutionId } from './history.ts';
import { problem } from './problem.ts';

/** Everything wrong with what people decided. Cost: O(answers × facts). */
export function compareAnswers(
  history: History,
  o: { readonly people: People | undefined; readonly isSettled: boolean },
): readonly string[] {
  const told = history.told.filter(isOfCase);
  const chosen = history.entries.filter(
    ({ header, named }) => header.kind === 'result' && named && readResolutionId(named.id),
  );
  return [
    ...chosen.flatMap((entry) => wrongChoice(entry, told)),
    ...told.flatMap((one) => wrongPerson(one, told, o.people)),
    ...told.flatMap((one) => wrongMoment(one, told, history)),
    ...unanswered(history, o.isSettled),
  ];
}

function isOfCase(one: ToldFact): one is ToldFact<CaseFact> {
  return one.fact.fact === 'case';
}

/** What ran is what the newest question of then offered, and nothing of that question ran before. */
function wrongChoice(
  { named, position }: HistoryEntry,
  told: readonly ToldFact<CaseFact>[],
): readonly string[] {
  const id = named && readResolutionId(named.id);
  if (!id) return [];
  const earlier = told.filter(({ fact, at }) => fact.id === id.caseId && at.position < position);
  const question = newestQuestion(earlier);
  const what = `${named.id} at ${position}`;
  const isOffered = question?.choices.some(
    ({ operation, args }) =>
      operation === named.name && JSON.stringify(args) === JSON.stringify(named.args),
  );
  const isBefore = earlier.some(({ fact }) => fact.resolution?.round === question?.round);
  const isOpen = earlier.every(({ fact }) => !isEnd(fact));
  return [
    ...(isOffered ? [] : [problem('offered', `${what} is no choice that the case offers`)]),
    ...(isBefore || !isOpen ? [problem('one-decision', `${what} decides what was decided`)] : []),
  ];
}

function newestQuestion(told: readonly ToldFact<CaseFact>[]): CaseQuestion | undefined {
  return told.findLast(({ fact }) => fact.question)?.fact.question;
}

function isEnd({ state }: CaseFact): boolean {
  return (
    state === 'resolved' || state === 'waived' || state === 'healed' || state === 'compensated'
  );
}

/** Who answered had one of the roles that the question names. */
function wrongPerson(
  { fact, at }: ToldFact<CaseFact>,
  told: readonly ToldFact<CaseFact>[],
  people: People | undefined,
): readonly string[] {
  const by = (fact.resolution ?? fact.waiver ?? (fact.state === 'claimed' ? fact.claim : undefined))
    ?.by;
  if (by === undefined) return [];
  const earlier = told.filter((one) => one.fact.id === fact.id && one.at.position < at.position);
  const needed = newestQuestion(earlier)?.resolvers;
  const roles = people?.rolesOf(by) ?? [];
  if (!needed || needed.some((role) => roles.includes(role))) return [];
  return [problem('permitted', `${by} decided ${fact.id} at ${at.position} without ${needed}`)];
}

/** It answers the question that was shown, and not while somebody else works on the case. */
function wrongMoment(
  { fact, at }: ToldFact<CaseFact>,
  told: readonly ToldFact<CaseFact>[],
  { entries }: History,
): readonly string[] {
  const request = (fact.resolution ?? fact.waiver)?.request;
  const asked = entries.find(
    ({ header, named }) => header.kind === 'intent' && named?.id === request,
  );
  if (request === undefined || !asked) return []; // Nobody asked: that is told elsewhere.
  const earlier = told.filter((one) => one.fact.id === fact.id && one.at.position < at.position);
  const { round } = (asked.named?.args ?? {}) as { readonly round?: number };
  const isOld = round !== newestQuestion(earlier)?.round;
  const { claim } = earlier.at(-1)?.fact ?? {};
  const isOthers = claim !== undefined && claim.replica !== asked.author.replica;
  const what = `${request} decides ${fact.id} at ${at.position}`;
  return [
    ...(isOld ? [problem('one-decision', `${what}, and answers another question`)] : []),
    ...(isOthers ? [problem('one-decision', `${what}, which ${claim.by} had claimed`)] : []),
  ];
}

function unanswered(history: History, isSettled: boolean): readonly string[] {
  const answers = new Map<OperationId, number>();
  for (const { fact } of history.told) {
    if (fact.fact !== 'executed' && fact.fact !== 'refused') continue;
    answers.set(fact.operation, (answers.get(fact.operation) ?? 0) + 1);
  }
  return [...history.requests.keys()].flatMap((id) => {
    const count = answers.get(id) ?? 0;
    if (count > 1) return [problem('one-answer', `${id} has ${count} answers`)];
    if (count === 0 && isSettled) return [problem('answered', `${id} has no answer`)];
    return [];
  });
}
