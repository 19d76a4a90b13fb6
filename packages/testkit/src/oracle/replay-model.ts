// The whole history once more, through the naive model: what should stand, what was broken and by
// whom, and what mended it. Of the facts it takes only which case a compensation says it is for.
import type {
  CaseFact,
  EscrowFact,
  Fact,
  OperationId,
  RefusedFact,
  SagaFailedFact,
} from '@causeway/core';
import type { ModelKey, ModelOperation, NaiveModel } from '../workloads/workload.ts';
import { ActBook } from './act-book.ts';
import type { CausalPasts } from './causal-past.ts';
import { harmDone, wrongHarm } from './harm.ts';
import type { History, HistoryEntry } from './history.ts';
import { isEdit, readCompensationId, readResolutionId, readSagaStepId } from './history.ts';
import { HomeBook } from './home-book.ts';
import { toModelOperation, updateOf } from './model-operation.ts';
import { nameOf } from './model-past.ts';
import { problem } from './problem.ts';
import { RemarkBook } from './remark-book.ts';
import type { ModelCompensation, ModelRun, Replay } from './replay.ts';
import { RightsBook } from './rights-book.ts';
import { RunBook } from './run-book.ts';
import { RunCheck } from './run-check.ts';
import { SagaBook } from './saga-book.ts';
import { openingOf } from './told-cases.ts';

/** Replays a history. Cost: O(entries × keys), and O(entries) more per violation. */
export function replayModel<S>(model: NaiveModel<S>, history: History, pasts: CausalPasts): Replay {
  return new ModelReplay(model, history, pasts).replay();
}

class ModelReplay<S> {
  private readonly model: NaiveModel<S>;
  private readonly history: History;
  private readonly pasts: CausalPasts;
  private readonly state: S;
  private readonly refusedById = new Map<OperationId, string>();
  private readonly staleById = new Map<OperationId, string>();
  private readonly rights = new RightsBook();
  private readonly sagas: SagaBook;
  /** Who holds which key, and how. */
  private readonly homes = new HomeBook();
  /** Operations and intents that the facts call refused. */
  private readonly toldRefused: ReadonlySet<OperationId>;
  /** Intents that the primary ran. */
  private readonly executed = new Set<OperationId>();
  private readonly compensations: ModelCompensation[] = [];
  private readonly acts: ActBook<S>;
  /** Cases given to people though the model would have mended them. */
  private readonly needless = new Set<string>();
  private readonly claimed = new Set<string>();
  private readonly problems: string[] = [];
  private readonly book: RemarkBook<S>;
  private readonly rules: RunBook<S>;
  private readonly check: RunCheck<S>;

  constructor(model: NaiveModel<S>, history: History, pasts: CausalPasts) {
    this.model = model;
    this.history = history;
    this.pasts = pasts;
    this.state = model.initial();
    this.sagas = new SagaBook(history, (name, args) => model.stepsOf?.(name, args) ?? []);
    this.acts = new ActBook(model, pasts);
    this.book = new RemarkBook(model, pasts);
    this.rules = new RunBook(model, this.state);
    const { state, rules, homes } = this;
    this.check = new RunCheck({ model, history, state, rules, homes });
    this.toldRefused = new Set(
      history.told.flatMap(({ fact }) => (fact.fact === 'refused' ? [fact.operation] : [])),
    );
  }

  replay(): Replay {
    for (const entry of this.history.entries) {
      if (entry.header.kind === 'operation') this.takeOperation(entry);
      if (entry.header.kind === 'result') this.takeResult(entry);
      if (isEdit(entry.header)) this.takeEdit(entry);
      for (const fact of entry.facts) {
        if (fact.fact === 'refused') this.takeRefusal(fact, entry);
        if (fact.fact === 'case') this.takeCase(entry, fact);
        if (fact.fact === 'home') this.problems.push(...this.homes.take(fact));
        if (fact.fact === 'grant') this.rights.give(fact);
        if (fact.fact === 'grant-closed' && fact.why === 'returned')
          this.rights.takeBack(fact.grant);
        if (fact.fact === 'escrow') this.compareTotals(entry, fact);
        this.takeSagaFact(fact, entry);
      }
    }
    const { refusedById, staleById, compensations, problems, rules, book } = this;
    const { violations, runs } = rules;
    const { remarks } = book;
    const content = this.model.content(this.state);
    const unended = this.sagas.finish();
    const past = (id: OperationId, at: ModelKey) => this.acts.pastOf(id, at);
    const { judged } = this.acts;
    return {
      ...{ refusedById, staleById, violations, runs, compensations, content, problems },
      unended,
      remarks,
      needless: this.needless,
      past,
      judged,
    };
  }

  /** Of what the application does not guard nobody asks; a model without edits takes none. */
  private takeEdit(entry: HistoryEntry): void {
    const { named, position, sealed } = entry;
    const edit = this.model.edit?.(this.state, sealed.payload);
    if (!named || !edit) return;
    const { writer: editor } = entry.author;
    this.acts.edit(sealed.payload, { id: named.id, position, editor, about: edit.touches });
    this.book.noteUnnamed(this.state, { id: named.id, position, mayCover: edit.mayCover });
    if (position <= this.history.auditedTo) this.compare(entry, named.id);
  }

  private takeOperation(entry: HistoryEntry): void {
    const operation = this.operationAt(entry);
    // It proceeded after the primary had run it: the same act, counted once.
    if (!operation) return;
    if (this.executed.has(operation.id)) {
      this.acts.done(operation);
      return;
    }
    const isAudited = entry.position <= this.history.auditedTo;
    const refusal = isAudited ? this.refusalOf(entry, operation) : undefined;
    const { operation: header } = entry.header;
    const short = header && this.rights.refuses(header, operation.replica);
    if (header && short === undefined) this.rights.use(header);
    if (refusal === undefined && short !== undefined) {
      this.refusedById.set(operation.id, `no rights on ${short} were left for it`);
      return;
    }
    if (refusal !== undefined) {
      const isKept = this.model.isKept(operation);
      (isKept ? this.staleById : this.refusedById).set(operation.id, refusal);
      if (!isKept) return;
    }
    this.model.apply(this.state, operation);
    this.book.note(this.state, operation);
    if (!isAudited) return;
    this.acts.judge(operation);
    this.compare(entry, operation.id);
  }

  private refusalOf(entry: HistoryEntry, operation: ModelOperation): string | undefined {
    const again = this.book.refusal(operation);
    if (again !== undefined) return again;
    const isHome = entry.header.operation?.decision.cell === 'home';
    const key = isHome ? this.model.homeOf?.(operation) : undefined;
    const held = key === undefined ? undefined : this.homes.shareOf(key, operation.replica);
    if (key === undefined || held === 'exclusive') {
      return this.model.refusal(this.state, operation);
    }
    if (!this.toldRefused.has(operation.id)) {
      const what = `${operation.id} at ${entry.position} acted on ${key}`;
      this.problems.push(problem('one-home', `${what}, which its replica did not hold`));
    }
    return `${key} was held elsewhere by then`;
  }

  /** What is said of rights must add up to what there is. */
  private compareTotals({ position }: HistoryEntry, fact: EscrowFact): void {
    const headroom = this.model.headroom?.(this.state, fact);
    const { pool, outstanding, debt, key } = fact;
    if (headroom === undefined || headroom === pool + outstanding - debt) return;
    const told = `pool ${pool}, outstanding ${outstanding}, debt ${debt} at ${position}`;
    this.problems.push(problem('rights-identity', `${key} has ${headroom}, and not ${told}`));
  }

  private takeSagaFact(fact: Fact, at: HistoryEntry): void {
    const { sagas, problems } = this;
    if (fact.fact === 'saga') problems.push(...sagas.begin(fact, at));
    if (fact.fact === 'saga-step') {
      problems.push(...sagas.told(fact, at, (entry) => this.keysAt(entry)));
    }
    if (fact.fact === 'saga-failed')
      problems.push(...sagas.fail(fact, this.hasReason(fact, at), at));
    if (fact.fact === 'saga-moved') problems.push(...sagas.move(fact, at));
    if (fact.fact === 'executed') problems.push(...sagas.answered(fact.operation, at));
  }

  /** What stands of an entry wrote to these keys. */
  private keysAt(entry: HistoryEntry): readonly string[] {
    const operation = this.operationAt(entry);
    if (!operation || readCompensationId(operation.id)) return [];
    return this.refusedById.has(operation.id) ? [] : this.model.touches(operation).map(nameOf);
  }

  /** Could the step that is said to fail not be run indeed? */
  private hasReason({ saga, code, reason }: SagaFailedFact, at: HistoryEntry): boolean {
    const call = this.sagas.nextCall(saga);
    const asked = this.history.requests.get(saga);
    if (!call || !asked) return true;
    const [name, args] = call;
    const { author, position } = asked;
    const hasSeen = (): boolean => false;
    const update = new Uint8Array(0);
    const operation = { id: saga, name, args, replica: author.replica, position, hasSeen, update };
    if (code === 'requires' || code === 'would-violate') {
      this.problems.push(...this.check.mended(operation, asked, at));
    }
    if (code === 'requires') return this.model.refusal(this.state, operation) === reason;
    return code !== 'would-violate' || this.rules.wouldBreak(this.state, operation);
  }

  /** The primary ran it for somebody: alone, or as a step. */
  private isExecution({ named }: HistoryEntry): boolean {
    if (!named) return false;
    return this.history.intentsById.has(named.id) || readSagaStepId(named.id) !== undefined;
  }

  private takeResult(entry: HistoryEntry): void {
    if (this.isExecution(entry)) {
      this.takeExecuted(entry);
      return;
    }
    if (entry.named && readResolutionId(entry.named.id)) {
      this.takeResolution(entry);
      return;
    }
    const id = entry.named && readCompensationId(entry.named.id);
    if (!entry.named || !id) {
      this.problems.push(
        problem('known-result', `the result at ${entry.position} is no compensation`),
      );
      return;
    }
    const opened = openingOf(this.history, entry, id.caseId);
    const run = opened && this.rules.runOf(opened);
    if (!opened || !run) {
      const name = `${entry.named.id} at ${entry.position}`;
      this.problems.push(problem('case-first', `${name} stands before any violation of its case`));
      this.compensations.push({ at: entry, ...id, run, wasHealed: false, deficitAfter: 0 });
      return;
    }
    const wasHealed = run.endedAt !== undefined;
    this.compensate(entry, run);
    this.compare(entry, entry.named.id);
    this.problems.push(...harmDone(this.rules.violations, run, entry));
    const deficitAfter = this.rules.deficitOf(run);
    this.compensations.push({ at: entry, ...id, run, wasHealed, deficitAfter });
  }

  /** What people chose: as legal as an intent's run, and it may find its case broken. */
  private takeResolution(entry: HistoryEntry): void {
    const operation = this.operationAt(entry);
    if (!operation) return;
    this.problems.push(...this.check.legal(operation, entry));
    this.model.apply(this.state, operation);
    this.acts.done(operation);
    this.book.note(this.state, operation);
    this.compare(entry, operation.id);
  }

  /** Given to people, who were to be asked; or waived, which ends it as it is. */
  private takeCase(entry: HistoryEntry, { id, state, question }: CaseFact): void {
    const opened = openingOf(this.history, entry, id);
    const run = opened && this.rules.runOf(opened);
    if (!run) return;
    const wasClaimed = this.claimed.delete(id);
    if (state === 'claimed') this.claimed.add(id);
    // A claim that ends asks nothing anew.
    if (state === 'escalated' && (question || !wasClaimed)) {
      const isOver = run.endedAt !== undefined;
      const isTheirs = !isOver && this.model.isForPeople?.(this.state, this.rules.caseOf(run));
      const breaks = question?.cause === 'breaks' ? question.breaks : undefined;
      if (breaks)
        this.problems.push(...wrongHarm(breaks, this.rules.harmOf(this.state, run), entry));
      else if (!isTheirs) this.needless.add(id);
    }
    if (state === 'waived') run.endedAt ??= entry.position;
  }

  /** The primary ran an intent: nothing may have stood against it, and it may break nothing. */
  private takeExecuted(entry: HistoryEntry): void {
    const operation = this.operationAt(entry);
    if (!operation) return;
    this.problems.push(...this.check.legal(operation, entry));
    if (readSagaStepId(operation.id)) this.problems.push(...this.sagas.step(entry));
    this.problems.push(...this.check.free(operation, entry));
    this.executed.add(operation.id);
    this.model.apply(this.state, operation);
    this.acts.done(operation);
    this.book.note(this.state, operation);
    this.compare(entry, operation.id);
  }

  /** Of an intent: why the model would not have run it now; without a reason it is left out. */
  private takeRefusal({ operation: id, code, reason, key }: RefusedFact, at: HistoryEntry): void {
    const asked = this.history.intentsById.get(id);
    const operation = asked && this.operationAt(asked);
    if (!operation || this.history.entriesById.has(id)) return;
    if (code === 'requires' || code === 'would-violate') {
      this.problems.push(...this.check.mended(operation, asked, at));
    }
    if (code === 'no-rights') {
      this.refusedById.set(id, `no rights on ${key} are left`);
    } else if (code === 'duplicate') {
      const expected = this.book.refusal(operation);
      if (expected !== undefined) this.refusedById.set(id, expected);
    } else if (code === 'requires') {
      const expected = this.model.refusal(this.state, operation);
      if (expected !== undefined) this.refusedById.set(id, expected);
    } else if (code === 'would-violate') {
      const broken = this.rules.wouldBreak(this.state, operation);
      if (broken) this.refusedById.set(id, reason);
    } else {
      this.refusedById.set(id, reason); // Not a matter of the application's rules.
    }
  }

  private compensate(at: HistoryEntry, run: ModelRun): void {
    const { named, position } = at;
    if (!named) return;
    const broken = { ...this.rules.caseOf(run), mending: named.id };
    if (readCompensationId(named.id)?.step !== 'restore') broken.deficit = 0;
    if (broken.deficit > 0 && this.model.isForPeople?.(this.state, broken)) {
      const what = `${nameOf(run)}, mended at ${position},`;
      this.problems.push(problem('escalated', `${what} should have been given to people`));
    }
    this.acts.mend(this.state, { id: named.id, position, broken, update: updateOf(at) });
    this.book.noteUnnamed(this.state, { id: named.id, position, mayCover: false });
  }

  private compare({ position }: HistoryEntry, trigger: OperationId): void {
    this.rules.compare(this.state, { position, trigger });
  }

  private operationAt(entry: HistoryEntry): ModelOperation | undefined {
    return toModelOperation(this.history, this.pasts, entry);
  }
}
