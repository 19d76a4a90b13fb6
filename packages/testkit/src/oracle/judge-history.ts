// Is a whole log what it should be? Everything that the engine says of it, found once more from the
// log alone through a model that shares no code with the engine.
import type { Json, LogEntry, OperationId } from '@causeway/core';
import type { Workload } from '../workloads/workload.ts';
import { findDisorder } from './audit-order.ts';
import { computePasts } from './causal-past.ts';
import { compareCases } from './compare-cases.ts';
import { compareVerdicts } from './compare-verdicts.ts';
import { compareViolations } from './compare-violations.ts';
import type { History } from './history.ts';
import { readHistory } from './history.ts';
import { findBrokenLogRules } from './log-rules.ts';
import { problem } from './problem.ts';
import type { ModelRun, ModelViolation } from './replay-model.ts';
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
  workload: Pick<Workload, 'app' | 'model'>,
  log: readonly LogEntry[],
  o: { readonly isSettled: boolean },
): HistoryVerdict {
  const history = readHistory(log);
  const always = [...findBrokenLogRules(history), ...findDisorder(history)];
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
    ...compareVerdicts(history, replay),
    ...compareViolations(history, replay),
    ...compareCases(history, replay, { app: workload.app.definition, isSettled: o.isSettled }),
  ];
  return { problems, content, auditedTo, refusedById, staleById, violations, runs };
}

function findUnaudited({ entries, auditedTo }: History): readonly string[] {
  const last = entries.findLast(({ header }) => header.kind === 'operation');
  if (!last || last.position <= auditedTo) return [];
  return [problem('audited', `${last.named?.id} at ${last.position} was never audited`)];
}

/** Without rules nothing can be broken: the audit has nothing to say but how far it is. */
function factsWithoutModel(history: History): readonly string[] {
  return history.told
    .filter(({ fact }) => fact.fact !== 'audited')
    .map(({ fact, at }) => problem('no-rules', `at ${at.position} there is a fact "${fact.fact}"`));
}
