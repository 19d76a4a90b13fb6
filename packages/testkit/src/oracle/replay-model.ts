// The whole history once more, through the naive model: what should stand, what was broken and by
// whom, and what mended it. Of the facts it takes only which case a compensation says it is for.
import type { Json, OperationId, ViolationFact } from '@causeway/core';
import type { ModelKey, ModelOperation, NaiveModel } from '../workloads/workload.ts';
import type { CausalPasts } from './causal-past.ts';
import type { History, HistoryEntry } from './history.ts';
import { readCompensationId } from './history.ts';
import { problem } from './problem.ts';

/** One commit that made a key worse. */
export interface ModelViolation extends ModelKey {
  readonly trigger: OperationId;
  readonly position: number;
  readonly from: number;
  readonly to: number;
  /** The concurrent operations on the key that stand, in commit order, and the trigger at the end. */
  readonly participants: readonly OperationId[];
}

/** A key of an invariant from deficit 0 back to 0: what should be one case. */
export interface ModelRun extends ModelKey {
  readonly violations: ModelViolation[];
  /** The entry that brought the deficit back to 0. */
  endedAt: number | undefined;
}

/** A compensation in the log. `run` is undefined where no fact before it opened its case. */
export interface ModelCompensation {
  readonly at: HistoryEntry;
  readonly caseId: string;
  readonly step: 'restore' | 'amend';
  readonly run: ModelRun | undefined;
  /** Whether the run was over before. */
  readonly wasHealed: boolean;
  readonly deficitAfter: number;
}

export interface Replay {
  readonly refusedById: ReadonlyMap<OperationId, string>;
  readonly staleById: ReadonlyMap<OperationId, string>;
  readonly violations: readonly ModelViolation[];
  readonly runs: readonly ModelRun[];
  readonly compensations: readonly ModelCompensation[];
  readonly content: Json;
  readonly problems: readonly string[];
}

/** Replays a history. Cost: O(entries × keys), and O(entries) more per violation. */
export function replayModel<S>(model: NaiveModel<S>, history: History, pasts: CausalPasts): Replay {
  return new ModelReplay(model, history, pasts).replay();
}

const nameOf = ({ invariant, key }: ModelKey): string => JSON.stringify([invariant, key]);

class ModelReplay<S> {
  private readonly model: NaiveModel<S>;
  private readonly history: History;
  private readonly pasts: CausalPasts;
  private readonly state: S;
  private readonly refusedById = new Map<OperationId, string>();
  private readonly staleById = new Map<OperationId, string>();
  private readonly violations: ModelViolation[] = [];
  private readonly runs: ModelRun[] = [];
  private readonly compensations: ModelCompensation[] = [];
  private readonly problems: string[] = [];
  private deficits: ReadonlyMap<string, ModelKey & { readonly deficit: number }>;

  constructor(model: NaiveModel<S>, history: History, pasts: CausalPasts) {
    this.model = model;
    this.history = history;
    this.pasts = pasts;
    this.state = model.initial();
    this.deficits = this.deficitsOf(this.state);
  }

  replay(): Replay {
    for (const entry of this.history.entries) {
      if (entry.header.kind === 'operation') this.takeOperation(entry);
      if (entry.header.kind === 'result') this.takeResult(entry);
    }
    const { refusedById, staleById, violations, runs, compensations, problems } = this;
    const content = this.model.content(this.state);
    return { refusedById, staleById, violations, runs, compensations, content, problems };
  }

  private takeOperation(entry: HistoryEntry): void {
    const operation = this.operationAt(entry);
    if (!operation) return;
    const isAudited = entry.position <= this.history.auditedTo;
    const refusal = isAudited ? this.model.refusal(this.state, operation) : undefined;
    if (refusal !== undefined) {
      const isKept = this.model.isKept(operation);
      (isKept ? this.staleById : this.refusedById).set(operation.id, refusal);
      if (!isKept) return;
    }
    this.model.apply(this.state, operation);
    if (isAudited) this.compareDeficits(entry, operation.id);
  }

  private takeResult(entry: HistoryEntry): void {
    const id = entry.named && readCompensationId(entry.named.id);
    if (!entry.named || !id) {
      this.problems.push(
        problem('known-result', `the result at ${entry.position} is no compensation`),
      );
      return;
    }
    const opened = this.openingOf(entry, id.caseId);
    const run = opened && this.runOf(opened);
    if (!opened || !run) {
      const name = `${entry.named.id} at ${entry.position}`;
      this.problems.push(problem('case-first', `${name} stands before any violation of its case`));
      this.compensations.push({ at: entry, ...id, run, wasHealed: false, deficitAfter: 0 });
      return;
    }
    const wasHealed = run.endedAt !== undefined;
    this.compensate(entry, run);
    this.compareDeficits(entry, entry.named.id);
    const deficitAfter = this.deficits.get(nameOf(run))?.deficit ?? 0;
    this.compensations.push({ at: entry, ...id, run, wasHealed, deficitAfter });
  }

  private compensate(at: HistoryEntry, run: ModelRun): void {
    const step = at.named && readCompensationId(at.named.id)?.step;
    const now = this.deficits.get(nameOf(run))?.deficit ?? 0;
    const deficit = step === 'restore' ? now : 0;
    const { invariant, key, violations } = run;
    this.model.compensate(this.state, { invariant, key, deficit, violations: violations.length });
  }

  /** The first violation that was told of a case, before `entry`. */
  private openingOf(entry: HistoryEntry, caseId: string): ViolationFact | undefined {
    for (const { fact, at } of this.history.told) {
      if (at.position > entry.position) return undefined;
      if (fact.fact === 'violation' && fact.case === caseId) return fact;
    }
    return undefined;
  }

  private runOf(opened: ViolationFact): ModelRun | undefined {
    return this.runs.find(
      (run) =>
        nameOf(run) === nameOf(opened) &&
        run.violations.some(({ trigger }) => trigger === opened.trigger?.id),
    );
  }

  /** Every key whose deficit this entry raised is a violation; runs begin and end. */
  private compareDeficits(entry: HistoryEntry, trigger: OperationId): void {
    const before = this.deficits;
    this.deficits = this.deficitsOf(this.state);
    for (const broken of this.deficits.values()) {
      const from = before.get(nameOf(broken))?.deficit ?? 0;
      if (broken.deficit <= from) continue;
      const { invariant, key, deficit: to } = broken;
      const violation: ModelViolation = {
        ...{ invariant, key, trigger, position: entry.position, from, to },
        participants: [...this.concurrentOn(entry, broken), trigger],
      };
      this.violations.push(violation);
      if (from === 0) this.runs.push({ invariant, key, violations: [], endedAt: undefined });
      this.openRun(broken)?.violations.push(violation);
    }
    for (const healed of before.values()) {
      if (this.deficits.has(nameOf(healed))) continue;
      const run = this.openRun(healed);
      if (run) run.endedAt = entry.position;
    }
  }

  private openRun(at: ModelKey): ModelRun | undefined {
    return this.runs.find((run) => run.endedAt === undefined && nameOf(run) === nameOf(at));
  }

  /** Earlier committed operations on the key that stand, and that the author had not seen. */
  private concurrentOn(trigger: HistoryEntry, broken: ModelKey): readonly OperationId[] {
    return this.history.entries.flatMap((entry) => {
      const { position, header } = entry;
      const isEarlier = position < trigger.position && header.kind === 'operation';
      if (!isEarlier || this.pasts.hasSeen(trigger.position, position)) return [];
      const operation = this.operationAt(entry);
      if (!operation || this.refusedById.has(operation.id)) return [];
      const touches = this.model.touches(operation).map(nameOf);
      return touches.includes(nameOf(broken)) ? [operation.id] : [];
    });
  }

  private deficitsOf(state: S): ReadonlyMap<string, ModelKey & { readonly deficit: number }> {
    return new Map(this.model.deficits(state).map((broken) => [nameOf(broken), broken]));
  }

  private operationAt(entry: HistoryEntry): ModelOperation | undefined {
    const { named, author, position } = entry;
    if (!named) return undefined;
    const hasSeen = (other: OperationId): boolean => {
      const at = this.history.entriesById.get(other);
      return at !== undefined && this.pasts.hasSeen(position, at.position);
    };
    return { ...named, replica: author.replica, position, hasSeen };
  }
}
