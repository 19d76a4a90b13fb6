// Sagas once more, as a book with one page for each: what its steps are by the model, how many stand, and
// what may come next. Of the facts it takes nothing for granted but their order.
import type {
  Json,
  OperationId,
  SagaFact,
  SagaFailedFact,
  SagaMovedFact,
  SagaStepFact,
} from '@causeway/core';
import { canonicalJson } from '@causeway/core';
import type { ModelCall, ModelStep } from '../workloads/workload.ts';
import type { History, HistoryEntry } from './history.ts';
import { readSagaStepId } from './history.ts';
import { problem } from './problem.ts';

/** The engine's own word for how often an undoing is tried again. */
const undoRetries = 5;

interface Page {
  readonly id: OperationId;
  readonly steps: readonly ModelStep[];
  state: SagaMovedFact['state'];
  standing: number;
  /** How often the next thing to do failed in a row. */
  failures: number;
}

type StepsOf = (name: string, args: Json) => readonly ModelStep[];

export class SagaBook {
  private readonly pages = new Map<OperationId, Page>();
  private readonly history: History;
  private readonly stepsOf: StepsOf;

  constructor(history: History, stepsOf: StepsOf) {
    this.history = history;
    this.stepsOf = stepsOf;
  }

  /** A new page; what is wrong with it, if anything is. */
  begin({ saga: id, name, args, total }: SagaFact, at: HistoryEntry): readonly string[] {
    const what = `saga ${id}, begun at ${at.position},`;
    const asked = this.history.requests.get(id);
    if (!asked || asked.position > at.position || asked.named?.name !== 'causeway.start-saga') {
      return [problem('saga-step', `${what} was not asked for`)];
    }
    if (this.pages.has(id)) return [problem('saga-step', `${what} had begun before`)];
    const steps = this.stepsOf(name, args);
    this.pages.set(id, {
      ...{ id, steps, state: 'forward', standing: 0, failures: 0 },
    });
    const isSame = canonicalJson(asked.named.args) === canonicalJson({ name, args });
    if (isSame && total === steps.length) return [];
    return [
      problem('saga-step', `${what} has ${total} steps of ${name}, the model ${steps.length}`),
    ];
  }

  /** A result under a step's id: is it the next one, and does it do what that step does? */
  step(entry: HistoryEntry): readonly string[] {
    const named = entry.named && readSagaStepId(entry.named.id);
    const page = named && this.pages.get(named.saga);
    const what = `${entry.named?.id} at ${entry.position}`;
    if (!named || !page) return [problem('saga-step', `${what} is of no saga that had begun`)];
    const next = nextOf(page);
    if (next?.deed !== named.deed || next.step !== named.step) {
      const due = next ? `${next.deed} ${next.step}` : 'nothing';
      return [problem('saga-step', `${what} came, and ${due} was due`)];
    }
    page.standing = named.deed === 'do' ? named.step : named.step - 1;
    page.failures = 0;
    const [name, args] = next.call;
    const isSame =
      entry.named?.name === name && canonicalJson(entry.named.args) === canonicalJson(args);
    return isSame ? [] : [problem('saga-step', `${what} does something else than that step`)];
  }

  /**
   * Nothing is said of a step that is not in the log; and who is listed used what it wrote, all of them.
   * `keysAt`: what of an entry that stands the model says it touched.
   */
  told(
    { saga, step, deed, affected = [] }: SagaStepFact,
    at: HistoryEntry,
    keysAt: (entry: HistoryEntry) => readonly string[],
  ): readonly string[] {
    const entry = this.history.entriesById.get(`s:${saga}:${step}:${deed}` as OperationId);
    if (!entry || entry.position > at.position) {
      const what = `at ${at.position} ${deed} ${step} of ${saga}`;
      return [problem('saga-step', `${what} is told, and is not in the log`)];
    }
    const done = this.history.entriesById.get(`s:${saga}:${step}:do` as OperationId);
    if (deed === 'do' || !done) return [];
    const others = [...this.history.entriesById].filter(([id, other]) => {
      const isBetween = other.position > done.position && other.position < entry.position;
      return isBetween && readSagaStepId(id)?.saga !== saga;
    });
    const between = new Set(others.map(([id]) => id));
    const listed = new Set(affected.map(({ id }) => id));
    const keys = new Set(keysAt(done));
    const wrong = [...listed].filter((id) => !between.has(id));
    const missing = others
      .filter(([id, other]) => !listed.has(id) && keysAt(other).some((key) => keys.has(key)))
      .map(([id]) => id);
    return [
      ...wrong.map((id) => `${id} had nothing to do with step ${step} of ${saga}`),
      ...missing.map((id) => `${id} is not listed, though it used step ${step} of ${saga}`),
    ].map((text) => problem('saga-affected', text));
  }

  /** `why`: what the model has against the next call now; undefined where it could be run. */
  fail(fact: SagaFailedFact, why: boolean, at: HistoryEntry): readonly string[] {
    const page = this.pages.get(fact.saga);
    const what = `at ${at.position} ${fact.deed} ${fact.step} of ${fact.saga} is said to fail`;
    const next = page && nextOf(page);
    if (!page || next?.deed !== fact.deed || next.step !== fact.step) {
      return [problem('saga-step', `${what}, and was not due`)];
    }
    page.failures += 1;
    return why
      ? []
      : [problem('saga-step', `${what} for "${fact.reason}", the model sees no reason`)];
  }

  /** It turned, or ended: was there a reason to? */
  move({ saga, state }: SagaMovedFact, at: HistoryEntry): readonly string[] {
    const page = this.pages.get(saga);
    const what = `at ${at.position} saga ${saga} is ${state}`;
    if (!page) return [problem('saga-turn', `${what}, and never began`)];
    const isRight = this.mayMove(page, state, at);
    const was = page.state;
    page.state = state;
    if (state === 'backward') page.failures = 0;
    return isRight
      ? []
      : [problem('saga-turn', `${what}, from ${was} with ${page.standing} standing`)];
  }

  /** Who asked for an undoing was told that it is noted: then the saga is on its way back. */
  answered(request: OperationId, at: HistoryEntry): readonly string[] {
    const asked = this.history.requests.get(request)?.named;
    const { saga } = (asked?.args ?? {}) as { readonly saga?: OperationId };
    const page = saga === undefined ? undefined : this.pages.get(saga);
    if (asked?.name !== 'causeway.abort-saga' || !page) return [];
    if (page.state === 'backward' || page.state === 'undone') return [];
    return [
      problem('saga-turn', `at ${at.position} saga ${saga} is aborted, and goes on ${page.state}`),
    ];
  }

  private mayMove(page: Page, state: SagaMovedFact['state'], at: HistoryEntry): boolean {
    const next = nextOf(page);
    if (page.state === 'done' || page.state === 'undone') return false;
    if (state === 'done') return page.state === 'forward' && next === undefined;
    if (state === 'undone') return page.state === 'backward' && next === undefined;
    if (state === 'stuck') return page.state === 'backward' && page.failures === undoRetries + 1;
    const isWorn = page.state === 'forward' && page.failures > (next?.retriesMax ?? 0);
    return isWorn || (page.state !== 'backward' && this.isAborted(page, at));
  }

  private isAborted({ id }: Page, at: HistoryEntry): boolean {
    return [...this.history.requests.values()].some(({ named, position }) => {
      const { saga } = (named?.args ?? {}) as { readonly saga?: Json };
      return named?.name === 'causeway.abort-saga' && saga === id && position < at.position;
    });
  }

  /** What must run next; undefined where nothing must. */
  nextCall(saga: OperationId): ModelCall | undefined {
    const page = this.pages.get(saga);
    return page && nextOf(page)?.call;
  }

  /** Once all is settled every saga has come to an end. */
  finish(): readonly string[] {
    return [...this.pages.values()]
      .filter(({ state }) => state === 'forward' || state === 'backward')
      .map(({ id, state }) => problem('saga-end', `saga ${id} is left on its way ${state}`));
  }
}

function nextOf({ state, standing, steps }: Page):
  | {
      readonly deed: 'do' | 'undo';
      readonly step: number;
      readonly call: ModelCall;
      readonly retriesMax: number;
    }
  | undefined {
  if (state === 'forward') {
    const next = steps[standing];
    return next && { deed: 'do', step: standing + 1, call: next.run, retriesMax: next.retriesMax };
  }
  if (state !== 'backward') return undefined;
  const step = steps.slice(0, standing).findLastIndex(({ undo }) => undo !== undefined) + 1;
  const call = steps[step - 1]?.undo;
  return call && { deed: 'undo', step, call, retriesMax: undoRetries };
}
