// Effects at the primary (G25): each is claimed in the log before anybody acts, acted on as often as
// its delivery allows and under one key, never for what is void or held, and in the end none is
// forgotten. Read from the log alone; the model says what should have happened.
import type {
  CaseFact,
  EffectType,
  Fact,
  LogEntry,
  OperationId,
  SagaState,
  ViolationFact,
} from '@causeway/core';
import { canonicalJson, decodeEffects, decodeFacts, decodeHeader } from '@causeway/core';
import { expectedEffects } from '../oracle/expected-effects.ts';
import { readCompensationId, readHistory, readSagaStepId } from '../oracle/history.ts';
import type { HistoryVerdict } from '../oracle/judge-history.ts';
import type { NaiveModel } from '../workloads/workload.ts';
import type { HandlerCall } from '../world/far-end.ts';
import type { Watcher } from '../world/world.ts';
import type { Evidence } from './evidence.ts';

/** An effect that the log knows of, and all that it says of it. */
interface Tracked {
  readonly operation: OperationId;
  readonly name: string;
  readonly payload: string;
  /** The claims, in order. */
  readonly claims: { readonly token: string; readonly attempt: number }[];
  /** What was said last: `claimed`, an answer, or why it was dropped. */
  said: string;
}

const ended: readonly string[] = [
  ...['done', 'given-up', 'unknown'],
  ...['refused', 'withheld', 'invalid', 'undone'],
];
const openStates: readonly string[] = ['open', 'settling', 'claimed', 'escalated'];

export class OutboxWatch implements Watcher {
  private readonly effects = new Map<string, Tracked>();
  private readonly cases = new Map<string, { state: string; readonly names: Set<string> }>();
  private readonly sagas = new Map<string, SagaState>();
  private readonly refused = new Set<string>();
  private readonly executed = new Set<string>();
  private readonly o: Evidence;

  constructor(o: Evidence) {
    this.o = o;
  }

  onCommitted(entries: readonly LogEntry[]): void {
    for (const entry of entries) this.take(entry);
  }

  onHandlerCall(call: HandlerCall): void {
    const { key, attempt, name, payload } = call;
    const effect = this.effects.get(key);
    const what = `attempt ${attempt} of ${name} ${key}`;
    if (!effect) {
      this.report(`${what}: nothing in the log has this key`);
      return;
    }
    const claim = effect.claims.at(-1);
    if (effect.said !== 'claimed' || claim?.attempt !== attempt) {
      this.report(`${what} before its claim was in the log: that says ${effect.said}`);
    }
    if (effect.name !== name || effect.payload !== canonicalJson(payload ?? null)) {
      this.report(`${what} is not what was recorded`);
    }
    this.checkAlone(call, what);
  }

  /** All that was to be done outside is done, given up or withheld, but for what people hold. */
  get isSettled(): boolean {
    for (const { said, operation } of this.effects.values()) {
      const waits =
        this.isHeld(operation, ['escalated']) || this.sagaOf(operation)?.state === 'stuck';
      const isLeft = said === 'waiting' && this.isLeft(operation);
      if (!ended.includes(said) && !waits && !isLeft) return false;
    }
    return true;
  }

  /** Without a primary nobody acts outside: what stands waits for one. */
  private isLeft(operation: string): boolean {
    if (this.o.world.relay.auditors === 'primary' || this.refused.has(operation)) return false;
    const { state = 'done' } = this.sagaOf(operation) ?? {};
    return state === 'done' || state === 'forward';
  }

  describe(): string {
    const open = [...this.effects].filter(([, { said }]) => !ended.includes(said));
    return open.map(([key, { said }]) => `${key} ${said}`).join(', ');
  }

  /** The last word: exactly what the model wants was done outside. */
  finish<S>(verdict: HistoryVerdict, model: NaiveModel<S> | undefined): void {
    const { truth, world } = this.o;
    const acted = new Set(world.farEnd.handled.map(({ key }) => key));
    for (const [key, { operation, said, name }] of this.effects) {
      if (said === 'done' && !acted.has(key)) this.report(`${name} ${key} is done, and is not`);
      if (this.sagaOf(operation)?.state === 'undone' && said !== 'undone') {
        this.report(`${name} ${key} of an undone saga: ${said}`);
      }
      if (!verdict.refusedById.has(operation)) continue;
      if (said !== 'refused') this.report(`${name} ${key} of a void operation: ${said}`);
      if (acted.has(key)) this.report(`${name} ${key} was done, and its operation is void`);
    }
    if (!model?.effects) return;
    const expected = expectedEffects(world.app.definition, readHistory(truth.entries), model);
    for (const [key, wanted] of expected) {
      const found = this.effects.get(key);
      if (found?.name === wanted.name && found.payload === wanted.payload) continue;
      this.report(`${key} should be ${wanted.name} ${wanted.payload}, not ${found?.payload}`);
    }
    for (const [key, { operation }] of this.effects) {
      if (expected.has(key) || readCompensationId(operation)) continue;
      this.report(`${key} is an effect that no operation has`);
    }
  }

  private take(entry: LogEntry): void {
    const header = decodeHeader(entry.sealed.header);
    if (!header) return;
    if (header.kind === 'coordination') {
      const facts = decodeFacts(entry.sealed.payload) ?? [];
      for (const fact of facts) this.takeFact(fact, entry.position, facts);
      return;
    }
    const id = header.operation?.id;
    const isDoing = header.kind === 'operation' || header.kind === 'result';
    const isAgain = header.kind === 'operation' && id !== undefined && this.executed.has(id);
    if (id === undefined || !isDoing || isAgain) return;
    for (const { index, name, payload } of decodeEffects(entry.sealed.effects)) {
      if (this.typeOf(name)?.runs !== 'primary' || this.effects.has(`${id}:${index}`)) continue;
      const text = canonicalJson(payload ?? null);
      const tracked: Tracked = { operation: id, name, payload: text, claims: [], said: 'waiting' };
      this.effects.set(`${id}:${index}`, tracked);
    }
  }

  private takeFact(fact: Fact, position: number, beside: readonly Fact[]): void {
    switch (fact.fact) {
      case 'refused':
        this.refused.add(fact.operation);
        break;
      case 'executed':
        this.executed.add(fact.operation);
        break;
      case 'violation':
        this.takeViolation(fact);
        break;
      case 'saga':
        this.sagas.set(fact.saga, 'forward');
        break;
      case 'saga-moved':
        this.sagas.set(fact.saga, fact.state);
        break;
      case 'case':
        this.takeCase(fact);
        break;
      case 'effect-claimed':
        this.takeClaim(fact, position);
        break;
      case 'effect-answered':
        this.takeAnswer(fact, position);
        break;
      case 'effect-dropped':
        this.takeDrop(fact, position, beside);
        break;
      default:
        break;
    }
  }

  private takeViolation(fact: ViolationFact): void {
    const found = this.cases.get(fact.case) ?? { state: 'open', names: new Set() };
    for (const { id } of fact.participants) found.names.add(id);
    this.cases.set(fact.case, found);
  }

  private takeCase({ id, state }: CaseFact): void {
    const found = this.cases.get(id);
    if (found && openStates.includes(found.state)) found.state = state;
  }

  private takeClaim(fact: Extract<Fact, { fact: 'effect-claimed' }>, position: number): void {
    const effect = this.effects.get(fact.effect);
    const what = `at ${position} ${fact.effect} is claimed`;
    if (!effect) {
      this.report(`${what}, and nobody recorded it`);
      return;
    }
    const { operation, claims, name, said } = effect;
    if (this.o.world.relay.auditors === 'clients') this.report(`${what}, and nobody may act`);
    if (ended.includes(said)) this.report(`${what} after ${said}`);
    if (this.refused.has(operation)) this.report(`${what}, and its operation is void`);
    const { state = 'done' } = this.sagaOf(operation) ?? {};
    if (state !== 'done') this.report(`${what}, and its saga is ${state}`);
    if (this.isHeld(operation)) this.report(`${what}, and its operation has an open case`);
    if (fact.attempt !== claims.length + 1) this.report(`${what} as attempt ${fact.attempt}`);
    if (claims.length > 0 && this.typeOf(name)?.delivery === 'at-most-once') {
      this.report(`${what} again, and may happen once only`);
    }
    claims.push(fact);
    effect.said = 'claimed';
  }

  /** What is recorded is what that very call answered. */
  private takeAnswer(fact: Extract<Fact, { fact: 'effect-answered' }>, position: number): void {
    const effect = this.effects.get(fact.effect);
    const claim = effect?.claims.at(-1);
    if (!effect || !claim || effect.said !== 'claimed' || claim.token !== fact.token) return;
    effect.said = fact.answer === 'failed' ? 'waiting' : fact.answer;
    if (fact.answer !== 'done') return;
    const call = this.o.world.farEnd.calls.findLast(
      ({ key, attempt }) => key === fact.effect && attempt === claim.attempt,
    );
    const answered = canonicalJson(call?.answer?.receipt ?? null);
    const told = canonicalJson(fact.receipt ?? null);
    if (told === answered && call?.actedMs !== undefined) return;
    const what = `at ${position} attempt ${claim.attempt} of ${fact.effect} is done`;
    this.report(`${what} with ${told}, and its call answered ${answered}`);
  }

  private takeDrop(
    { effect: key, why }: Extract<Fact, { fact: 'effect-dropped' }>,
    position: number,
    beside: readonly Fact[],
  ): void {
    const effect = this.effects.get(key);
    if (!effect) {
      this.report(`at ${position} ${key} is dropped, and nobody recorded it`);
      return;
    }
    const what = `at ${position} ${key} is dropped (${why})`;
    if (effect.said !== 'waiting' || effect.claims.length > 0) {
      this.report(`${what} after ${effect.said}`);
    }
    if (why === 'refused' && !this.refused.has(effect.operation)) this.report(`${what}: it stands`);
    const { state = 'done' } = this.sagaOf(effect.operation) ?? {};
    const isBack = state !== 'done' && state !== 'forward';
    if (why === 'undone' && !isBack) this.report(`${what}, and its saga is ${state}`);
    const isMended = beside.some((fact) => fact.fact === 'case' && fact.state === 'compensated');
    if (why === 'withheld' && !isMended) this.report(`${what}, and nothing was mended`);
    effect.said = why;
  }

  /** Nobody else may still be at it: what was called and not answered has its time. */
  private checkAlone({ key, atMs, name, process }: HandlerCall, what: string): void {
    const { withinMs = 30_000 } = this.typeOf(name) ?? {};
    const others = this.o.world.farEnd.calls.filter((call) => call.key === key);
    const before = others.at(-2);
    if (!before || before.answer !== undefined || before.process === process) return;
    if (atMs - before.atMs >= withinMs) return;
    this.report(`${what} while attempt ${before.attempt} was under way`);
  }

  /** Of an operation that is a step of one, on its way forward: an undoing is never taken back. */
  private sagaOf(operation: string): { readonly state: SagaState | undefined } | undefined {
    const step = readSagaStepId(operation);
    return step?.deed === 'do' ? { state: this.sagas.get(step.saga) } : undefined;
  }

  private isHeld(operation: string, by: readonly string[] = openStates): boolean {
    return [...this.cases.values()].some(
      ({ state, names }) => by.includes(state) && names.has(operation),
    );
  }

  private typeOf(name: string): EffectType | undefined {
    return this.o.world.app.definition.effects[name];
  }

  private report(what: string): void {
    this.o.findings.report('G25', what);
  }
}
