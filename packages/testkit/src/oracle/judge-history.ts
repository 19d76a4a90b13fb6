// Is a whole log what it should be? Everything that the engine says of it, found once more from the
// log alone through a model that shares no code with the engine.
import type { Fact, Json, LogEntry, OperationId } from '@causeway/core';
import type { Workload } from '../workloads/workload.ts';
import { findDisorder } from './audit-order.ts';
import { computePasts } from './causal-past.ts';
import { compareAnswers } from './compare-answers.ts';
import { compareCases } from './compare-cases.ts';
import { compareHistoryLost } from './compare-history-lost.ts';
import { compareIntents } from './compare-intents.ts';
import { comparePossible } from './compare-possible.ts';
import { compareRemarks } from './compare-remarks.ts';
import { compareVerdicts } from './compare-verdicts.ts';
import { compareViolations } from './compare-violations.ts';
import type { History } from './history.ts';
import { readHistory } from './history.ts';
import { findBrokenLogRules } from './log-rules.ts';
import { problem } from './problem.ts';
import type { ModelRun, ModelViolation } from './replay.ts';
import { replayModel } from './replay-model.ts';

/** What should be in a log, and what is wrong with the one that is. */
export interface HistoryVerdict {
  /** One sentence each, as `check: sentence`, with positions and ids. Empty: all is well. */
  readonly problems: readonly string[];
  /** What a document with exactly this log shows; undefined for a workload without a model. */
  readonly content: Json | undefined;
  /** How far the log says that it was audited. */
  readonly auditedTo: number;
  readonly refusedById: ReadonlyMap<OperationId, string>;
  readonly staleById: ReadonlyMap<OperationId, string>;
  readonly violations: readonly ModelViolation[];
  readonly runs: readonly ModelRun[];
}

/**
 * Judges the log of one document against the model of its application.
 *
 * @remarks `isSettled`: everything was audited and every settling delay has passed, so that nothing
 * may be left open. Cost: O(entries² / 64 + entries × keys).
 */
export function judgeHistory(
  workload: Pick<Workload, 'app' | 'model' | 'neverBroken' | 'people'>,
  log: readonly LogEntry[],
  o: { readonly isSettled: boolean },
): HistoryVerdict {
  const history = readHistory(log);
  const always = [
    ...findBrokenLogRules(history),
    ...findDisorder(history),
    ...compareHistoryLost(history),
  ];
  if (o.isSettled) always.push(...findUnaudited(history));
  const { auditedTo } = history;
  if (!workload.model) {
    const problems = [...always, ...factsWithoutModel(history)];
    const nothing = { refusedById: new Map(), staleById: new Map(), violations: [], runs: [] };
    return { problems, content: undefined, auditedTo, ...nothing };
  }
  const replay = replayModel(workload.model, history, computePasts(history.entries));
  const { content, refusedById, staleById, violations, runs } = replay;
  const problems = [
    ...always,
    ...replay.problems,
    ...(o.isSettled ? replay.unended : []),
    ...violations
      .filter(({ invariant }) => workload.neverBroken?.includes(invariant))
      .map(({ invariant, key, position }) =>
        problem('never-broken', `${invariant} of ${key} was broken at ${position}`),
      ),
    ...compareIntents(history, { isSettled: o.isSettled }),
    ...compareAnswers(history, { people: workload.people, isSettled: o.isSettled }),
    ...compareVerdicts(history, replay),
    ...compareRemarks(history, replay.remarks),
    ...compareViolations(history, replay),
    ...comparePossible(history, replay, workload.app.definition),
    ...compareCases(history, replay, { app: workload.app.definition, isSettled: o.isSettled }),
  ];
  return { problems, content, auditedTo, refusedById, staleById, violations, runs };
}

function findUnaudited({ entries, auditedTo }: History): readonly string[] {
  const last = entries.findLast(({ header }) => header.kind === 'operation');
  if (!last || last.position <= auditedTo) return [];
  return [problem('audited', `${last.named?.id} at ${last.position} was never audited`)];
}

/** Refused for who holds a key, or as an intent: no matter of what the application declares. */
function isOfPolicy(history: History, fact: Fact): boolean {
  if (fact.fact !== 'refused') return false;
  const { operation } = history.entriesById.get(fact.operation)?.header ?? {};
  return operation === undefined || operation.decision.cell === 'home';
}

/** Facts that come without any rule: how far the audit is, what became of intents, who holds keys. */
const saysNothing: ReadonlySet<string> = new Set([
  ...['audited', 'executed', 'home', 'recall'],
  // Effects outside need no rule.
  ...['effect-claimed', 'effect-answered', 'effect-dropped', 'history-lost'],
]);

/** Without rules nothing can be broken: the audit has nothing to say but how far it is. */
function factsWithoutModel(history: History): readonly string[] {
  return history.told
    .filter(({ fact }) => !saysNothing.has(fact.fact) && !isOfPolicy(history, fact))
    .map(({ fact, at }) => problem('no-rules', `at ${at.position} there is a fact "${fact.fact}"`));
}
