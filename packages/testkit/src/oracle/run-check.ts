// What the primary ran, or would not run, for somebody: did anything stand against it? Asked of the naive
// model at that moment.
import type { ModelOperation, NaiveModel } from '../workloads/workload.ts';
import type { History, HistoryEntry } from './history.ts';
import { askerOf } from './history.ts';
import type { HomeBook } from './home-book.ts';
import { nameOf } from './model-past.ts';
import { problem } from './problem.ts';
import type { RunBook } from './run-book.ts';
import { isEscalated } from './told-cases.ts';

interface Moment<S> {
  readonly model: NaiveModel<S>;
  readonly history: History;
  /** Of now: it changes. */
  readonly state: S;
  readonly rules: RunBook<S>;
  readonly homes: HomeBook;
}

export class RunCheck<S> {
  private readonly now: Moment<S>;

  constructor(now: Moment<S>) {
    this.now = now;
  }

  /** Nothing stood against it, and it broke nothing. */
  legal(operation: ModelOperation, { position }: HistoryEntry): readonly string[] {
    const { model, state, rules } = this.now;
    const what = `${operation.id}, run at ${position}`;
    const refusal = model.refusal(state, operation);
    return [
      ...(refusal === undefined
        ? []
        : [problem('run-legal', `${what}: the model says "${refusal}"`)]),
      ...(rules.wouldBreak(state, operation)
        ? [problem('run-legal', `${what}, makes a rule worse`)]
        : []),
    ];
  }

  /** Whoever the primary judges an intent of: nobody else holds its key, and what was broken is mended. */
  free(operation: ModelOperation, entry: HistoryEntry): readonly string[] {
    const { model, homes, history } = this.now;
    const key = model.homeOf?.(operation);
    const holders = key === undefined ? [] : homes.holders(key);
    const isOthers = holders.some((holder) => holder !== operation.replica);
    const what = `${operation.id} was run at ${entry.position}`;
    return [
      ...(isOthers ? [problem('one-home', `${what}, while ${key} had another home`)] : []),
      ...this.mended(operation, askerOf(history, entry), entry),
    ];
  }

  /** What was delayed waits until the cases of its keys are closed, or given to people. */
  mended(
    operation: ModelOperation,
    asked: HistoryEntry,
    { position }: HistoryEntry,
  ): readonly string[] {
    const { model, rules, history } = this.now;
    const { mode } = asked.header.operation?.decision ?? {};
    if (mode === 'connected') return [];
    return model.touches(operation).flatMap((touched) => {
      const run = rules.openRun(touched);
      if (!run || isEscalated(history, run)) return [];
      const what = `${operation.id}, delayed, was answered at ${position}`;
      return [problem('mended-first', `${what}, and ${nameOf(touched)} was broken`)];
    });
  }
}
