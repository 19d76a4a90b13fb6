// One case per run of a key from deficit 0 back to 0, mended once at most, and closed as it ended.
import type { AppDefinition, CaseFact, CaseId, OperationId } from '@causeway/core';
import { falseClaim, isHistoryLost } from './compare-history-lost.ts';
import type { History, ToldFact } from './history.ts';
import { problem } from './problem.ts';
import type { ModelCompensation, ModelRun, Replay } from './replay.ts';

const terminal: readonly string[] = ['compensated', 'healed', 'waived', 'resolved', 'superseded'];

export interface CaseChecks {
  readonly app: AppDefinition;
  /** Everything was audited and every settling delay has passed. */
  readonly isSettled: boolean;
}

/** Everything wrong with the life of the cases. Cost: O(facts × cases). */
export function compareCases(
  history: History,
  replay: Replay,
  checks: CaseChecks,
): readonly string[] {
  const runsById = runsByCase(history, replay);
  return [
    ...mixedCases(runsById),
    ...replay.compensations.flatMap((done) => wrongCompensation(done, replay, checks)),
    ...[...runsById].flatMap(([id, [run]]) =>
      run ? wrongLife({ id, run, history, replay, checks }) : [],
    ),
    ...strangeCases(history, runsById),
  ];
}

/** The runs that the violations told of a case belong to: exactly one, if all is well. */
function runsByCase(history: History, replay: Replay): ReadonlyMap<CaseId, readonly ModelRun[]> {
  const runsById = new Map<CaseId, ModelRun[]>();
  for (const { fact } of history.told) {
    if (fact.fact !== 'violation') continue;
    const runs = runsById.get(fact.case) ?? [];
    runsById.set(fact.case, runs);
    const { invariant, key, trigger } = fact;
    const run = replay.runs.find(
      (one) =>
        one.invariant === invariant &&
        one.key === key &&
        one.violations.some((violation) => violation.trigger === trigger.id),
    );
    if (run && !runs.includes(run)) runs.push(run);
  }
  return runsById;
}

function mixedCases(runsById: ReadonlyMap<CaseId, readonly ModelRun[]>): readonly string[] {
  const ownerOf = new Map<ModelRun, CaseId>();
  return [...runsById].flatMap(([id, runs]) => {
    const shared = runs.filter((run) => (ownerOf.get(run) ?? id) !== id);
    for (const run of runs) if (!ownerOf.has(run)) ownerOf.set(run, id);
    return [
      ...(runs.length > 1
        ? [problem('one-run', `case ${id} goes on after its deficit was back at 0`)]
        : []),
      ...shared.map((run) =>
        problem('one-run', `${nameOf(run)} has the cases ${ownerOf.get(run)} and ${id}`),
      ),
    ];
  });
}

function nameOf({ invariant, key, violations }: ModelRun): string {
  return `${invariant} of ${key} since ${violations[0]?.position}`;
}

function wrongCompensation(
  done: ModelCompensation,
  replay: Replay,
  { app }: CaseChecks,
): readonly string[] {
  const { at, caseId, step, run, wasHealed, deficitAfter } = done;
  const what = `the ${step} of case ${caseId} at ${at.position}`;
  const first = replay.compensations.find((other) => other.caseId === caseId);
  const again =
    first === done
      ? []
      : [problem('mended-once', `${what} comes after that at ${first?.at.position}`)];
  if (!run) return again;
  const declared = app.compensations[run.invariant];
  const isCalledFor =
    step === 'restore' ? !wasHealed : wasHealed && declared?.whenHealed === 'amend';
  const state = wasHealed ? `had healed at ${run.endedAt}` : 'was broken';
  return [
    ...again,
    ...(isCalledFor && declared
      ? []
      : [problem('called-for', `${what} was not called for: it ${state}`)]),
    ...(step === 'restore' && deficitAfter > 0
      ? [problem('restored', `${what} leaves a deficit of ${deficitAfter}`)]
      : []),
  ];
}

interface CaseLife {
  readonly id: CaseId;
  readonly run: ModelRun;
  readonly history: History;
  readonly replay: Replay;
  readonly checks: CaseChecks;
}

function wrongLife(life: CaseLife): readonly string[] {
  const { id, run, history, replay, checks } = life;
  const told = history.told.filter(isCaseFact).filter(({ fact }) => fact.id === id);
  const ends = told.filter(({ fact }) => terminal.includes(fact.state));
  const done = replay.compensations.find(({ caseId }) => caseId === id);
  const isEscalated = told.some(({ fact }) => fact.state === 'escalated');
  const [end] = ends;
  const problems = ends
    .slice(1)
    .map(({ at }) => problem('closed-once', `case ${id} is closed again at ${at.position}`));
  if (end) problems.push(...wrongEnd(life, end, done));
  for (const { at } of told.filter(({ at }) => end && at.position > end.at.position)) {
    problems.push(
      problem('closed-once', `at ${at.position} something is said of the closed case ${id}`),
    );
  }
  if (done && !end && checks.isSettled) {
    problems.push(
      problem('closed', `case ${id} was mended at ${done.at.position} and never closed`),
    );
  }
  problems.push(...falseClaim(history, run, told));
  const isMendable =
    checks.app.compensations[run.invariant] !== undefined && !isHistoryLost(history, run);
  if (isEscalated && isMendable && replay.needless.has(id)) {
    problems.push(problem('escalated', `case ${id} of ${nameOf(run)} could have been mended`));
  }
  // Waived or not: who is asked may take as long as they like.
  if (!done && !end && !isEscalated && checks.isSettled) {
    problems.push(problem('closed', `case ${id} of ${nameOf(run)} is left open`));
  }
  return problems;
}

function wrongEnd(
  { id, run, history, checks }: CaseLife,
  { fact, at }: ToldFact<CaseFact>,
  done: ModelCompensation | undefined,
): readonly string[] {
  const what = `case ${id}, ${fact.state} at ${at.position},`;
  if (fact.state === 'waived') return wrongWaiver(history, fact, what);
  const problems: string[] = [];
  if (fact.deficit !== 0)
    problems.push(problem('closed-at-0', `${what} has a deficit of ${fact.deficit}`));
  if (run.endedAt === undefined || run.endedAt > at.position) {
    problems.push(problem('closed-at-0', `${what} was broken still`));
  }
  if (fact.state === 'compensated') {
    if (fact.compensation !== done?.at.named?.id || fact.compensation === undefined) {
      problems.push(
        problem('mended-by', `${what} names ${fact.compensation}, which did not mend it`),
      );
    }
    return problems;
  }
  if (fact.state === 'resolved') {
    return [...problems, ...wrongResolution(history, { fact, at }, what)];
  }
  if (fact.state !== 'healed')
    problems.push(problem('closed-as', `${what} ended as no case can yet`));
  if (done) problems.push(problem('closed-as', `${what} was mended at ${done.at.position}`));
  if (checks.app.compensations[run.invariant]?.whenHealed === 'amend') {
    problems.push(problem('closed-as', `${what} is to be amended, and was not`));
  }
  return problems;
}

/** Somebody must have asked for it. */
function wrongWaiver(history: History, { waiver, id }: CaseFact, what: string): readonly string[] {
  const isAsked = waiver && answersIn(history, waiver.request, 'causeway.waive', id);
  return isAsked ? [] : [problem('closed-as', `${what} was waived by nobody`)];
}

/** What somebody chose ran right before. */
function wrongResolution(
  history: History,
  { fact, at }: ToldFact<CaseFact>,
  what: string,
): readonly string[] {
  const { resolution, id } = fact;
  const ran = resolution && history.entriesById.get(resolution.operation);
  const isHere = ran && ran.position < at.position;
  const isAsked = resolution && answersIn(history, resolution.request, 'causeway.choose', id);
  if (isHere && isAsked) return [];
  return [problem('closed-as', `${what} names no choice that somebody made and that ran`)];
}

function answersIn(history: History, request: OperationId, name: string, id: string): boolean {
  return history.entries.some(({ header, named }) => {
    if (header.kind !== 'intent' || named?.id !== request || named.name !== name) return false;
    return (named.args as { readonly case?: string } | null)?.case === id;
  });
}

function strangeCases(
  history: History,
  runsById: ReadonlyMap<CaseId, readonly ModelRun[]>,
): readonly string[] {
  return history.told
    .filter(isCaseFact)
    .filter(({ fact }) => !runsById.has(fact.id))
    .map(({ fact, at }) =>
      problem('case-first', `at ${at.position} case ${fact.id} has no violation`),
    );
}

function isCaseFact(told: ToldFact): told is ToldFact<CaseFact> {
  return told.fact.fact === 'case';
}
