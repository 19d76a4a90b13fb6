// Which rules are broken, since when and by whom? Asked of the model after each entry that may change it.
import type { BrokenKey, OperationId, ViolationFact } from '@causeway/core';
import type { ModelCase, ModelKey, ModelOperation, NaiveModel } from '../workloads/workload.ts';
import { nameOf } from './model-past.ts';
import type { ModelRun, ModelViolation } from './replay.ts';

export class RunBook<S> {
  readonly violations: ModelViolation[] = [];
  readonly runs: ModelRun[] = [];
  private readonly model: NaiveModel<S>;
  private deficits: ReadonlyMap<string, ModelKey & { readonly deficit: number }>;

  constructor(model: NaiveModel<S>, initial: S) {
    this.model = model;
    this.deficits = this.deficitsOf(initial);
  }

  deficitOf(at: ModelKey): number {
    return this.deficits.get(nameOf(at))?.deficit ?? 0;
  }

  /** Every key whose deficit this entry raised is a violation; runs begin and end. */
  compare(
    state: S,
    { position, trigger }: { readonly position: number; readonly trigger: OperationId },
  ): void {
    const before = this.deficits;
    this.deficits = this.deficitsOf(state);
    for (const broken of this.deficits.values()) {
      const from = before.get(nameOf(broken))?.deficit ?? 0;
      if (broken.deficit <= from) continue;
      const { invariant, key, deficit: to } = broken;
      const violation: ModelViolation = {
        ...{ invariant, key, trigger, position, from, to },
      };
      this.violations.push(violation);
      // What was waived is broken still, and its run is over.
      const isNew = from === 0 || !this.openRun(broken);
      if (isNew) this.runs.push({ invariant, key, violations: [], endedAt: undefined });
      this.openRun(broken)?.violations.push(violation);
    }
    for (const healed of before.values()) {
      if (this.deficits.has(nameOf(healed))) continue;
      const run = this.openRun(healed);
      if (run) run.endedAt = position;
    }
  }

  /** The run of a key that is broken now. */
  openRun(at: ModelKey): ModelRun | undefined {
    return this.runs.find((run) => run.endedAt === undefined && nameOf(run) === nameOf(at));
  }

  /** The run that a fact tells of. */
  runOf(opened: ViolationFact): ModelRun | undefined {
    return this.runs.find(
      (run) =>
        nameOf(run) === nameOf(opened) &&
        run.violations.some(({ trigger }) => trigger === opened.trigger?.id),
    );
  }

  /** As a compensation is told of it. */
  caseOf(run: ModelRun): { -readonly [member in keyof ModelCase]: ModelCase[member] } {
    const { invariant, key, violations } = run;
    return { invariant, key, deficit: this.deficitOf(run), violations: violations.length };
  }

  /** Whether it would make a rule worse, were it done now. */
  wouldBreak(now: S, operation: ModelOperation): boolean {
    return this.worseAfter(now, (copy) => this.model.apply(copy, operation)).length > 0;
  }

  /** What mending this run would make worse beside it, were it done now. */
  harmOf(now: S, run: ModelRun): readonly BrokenKey[] {
    const broken = this.caseOf(run);
    if (run.endedAt !== undefined) broken.deficit = 0;
    const mend = (copy: S): void => this.model.compensate(copy, broken, new Uint8Array(0));
    return this.worseAfter(now, mend).filter((worse) => nameOf(worse) !== nameOf(run));
  }

  private worseAfter(now: S, act: (copy: S) => void): readonly BrokenKey[] {
    const copy = this.model.copy?.(now) ?? structuredClone(now);
    act(copy);
    return [...this.deficitsOf(copy).values()]
      .map(({ invariant, key, deficit: to }) => {
        const from = this.deficits.get(nameOf({ invariant, key }))?.deficit ?? 0;
        return { invariant, key, from, to };
      })
      .filter(({ from, to }) => to > from);
  }

  private deficitsOf(state: S): ReadonlyMap<string, ModelKey & { readonly deficit: number }> {
    return new Map(this.model.deficits(state).map((broken) => [nameOf(broken), broken]));
  }
}
