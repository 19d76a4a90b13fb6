// Converged is not valid: for each committed change and each touched (invariant, key) compare the
// deficit before and after. Every commit that increases it is one violation of the open case.
// @see Brewer, CAP Twelve Years Later, "Partition recovery"; Bayou (SOSP 1995), dependency checks.
import type { Recorded, Schemas } from '../app/operation.ts';
import { assert } from '../assert.ts';
import type { Json } from '../bytes/canonical-json.ts';
import type { ChangeHeader, OperationHeader } from '../causality/change.ts';
import { decodeHeader, decodeOperationPayload } from '../causality/change-codec.ts';
import type { CausalPlace } from '../causality/context.ts';
import { isConcurrent } from '../causality/context.ts';
import type { LogEntry } from '../causality/log-entry.ts';
import type { OperationSummary } from '../coordination/facts.ts';
import type { WriterId } from '../identity.ts';
import { caseId, violationId } from './case.ts';
import type { CaseWork, KeyedOperation, PrimaryState } from './primary-state.ts';
import { keyName } from './primary-state.ts';

/** A named entry, decoded and ready to be judged. */
interface Audited {
  readonly header: ChangeHeader;
  readonly operation: OperationHeader;
  readonly summary: OperationSummary;
  readonly recorded: Recorded<Schemas>;
  readonly place: CausalPlace;
  readonly update: Uint8Array;
}
interface TouchedKey {
  readonly invariant: string;
  readonly key: string;
  readonly before: number;
}

/** Applies one committed edit or operation and notes what the audit finds. Cost: O(touched keys). */
export function auditEntry(state: PrimaryState, entry: LogEntry, nowMs: number): void {
  const header = decodeHeader(entry.sealed.header);
  if (!header) return;
  inherit(state, entry, header);
  const audited = header.operation && readOperation(state, entry, header, header.operation);
  if (!audited) {
    const applied = state.document.apply({
      update: entry.sealed.payload,
      position: entry.position,
    });
    noteForged(state, entry.position, applied);
    return;
  }
  const judged = judge(state, audited);
  // A rule that throws is the author's mistake, and no reason to void what somebody did.
  const touched = judged.keys.map(
    ([invariant, key]): TouchedKey => ({
      invariant,
      key,
      before: deficitOf(state, invariant, key),
    }),
  );
  if (audited.update.length > 0) {
    const { operation } = audited;
    const applied = state.document.apply({
      update: audited.update,
      operation: operation.id,
      position: entry.position,
    });
    noteForged(state, entry.position, applied);
  }
  const stands = judged.stale === undefined || judgeStale(state, audited, judged) === 'kept';
  for (const one of touched) compareDeficits(state, { ...audited, stands }, one, nowMs);
}

function inherit(state: PrimaryState, entry: LogEntry, header: ChangeHeader): void {
  const { writer } = entry.author;
  const dots = state.inherited.get(writer) ?? new Map<WriterId, number>();
  if (header.context.dots.length === 0 && state.inherited.has(writer)) return;
  const grown = new Map(dots);
  for (const dot of header.context.dots) grown.set(dot.writer, dot.seq);
  state.inherited.set(writer, grown);
}

function readOperation(
  state: PrimaryState,
  entry: LogEntry,
  header: ChangeHeader,
  operation: OperationHeader,
): Audited | undefined {
  const payload = decodeOperationPayload(entry.sealed.payload);
  if (!payload) return undefined;
  const { author, seq, position } = entry;
  const { id, name, user, wallMs, decision } = operation;
  const { replica } = author;
  const args: Json = payload.args;
  const declared = state.definition.operations[name];
  const told = attempt(() => (header.kind === 'operation' ? declared?.subjects?.(args) : []));
  const subjects = 'value' in told ? (told.value ?? []) : [];
  const { mode } = decision;
  return {
    header,
    operation,
    summary: {
      id,
      name,
      args,
      replica,
      user,
      mode,
      wallMs,
      position,
      externalised: !!header.effects,
    },
    recorded: { id, name, args, replica, mode, wallMs, user: { id: user, roles: [] }, subjects },
    place: {
      position,
      writer: author.writer,
      seq,
      seen: header.context.position,
      inherited: state.inherited.get(author.writer) ?? new Map(),
    },
    update: payload.update,
  };
}

function noteForged(
  state: PrimaryState,
  position: number,
  applied: ReturnType<PrimaryState['document']['apply']>,
): void {
  // Nobody can apply what is refused here, but for what was written under this reader's own id.
  const isOurs = applied.type === 'refused' && applied.reason === 'client-id-in-use';
  assert(!isOurs, 'reader-wrote', `position ${position} was written as the audit's own reader`);
  if (applied.type !== 'applied') return;
  for (const { root, entry } of applied.forged) {
    state.facts.push({ fact: 'forged-entry', position, root, entry });
  }
}

interface Judged {
  readonly keys: readonly RuleKey[];
  /** Why it no longer stands on the state just before. */
  readonly stale: string | undefined;
  /** The application's own code threw on it: it can be judged by nobody. */
  readonly isPoison: boolean;
}

/**
 * What a hostile or outdated client had committed may be anything: where the application's code
 * throws on the operation itself, the operation is void, and the audit goes on.
 */
function judge(state: PrimaryState, audited: Audited): Judged {
  const told = attempt(() => {
    const declared = state.definition.operations[audited.recorded.name];
    if (audited.header.kind === 'operation') declared?.subjects?.(audited.recorded.args);
    const stale = staleReason(state, audited);
    return { keys: keysOf(state, audited), stale, isPoison: false };
  });
  return 'value' in told ? told.value : { keys: [], stale: told.thrown, isPoison: true };
}

function attempt<T>(work: () => T): { readonly value: T } | { readonly thrown: string } {
  try {
    return { value: work() };
  } catch (error) {
    return { thrown: error instanceof Error ? error.message : String(error) };
  }
}

/** Why `requires` no longer holds on the state just before; undefined when it does. */
function staleReason(state: PrimaryState, { header, recorded }: Audited): string | undefined {
  const requires = state.definition.operations[recorded.name]?.requires;
  if (!requires || header.kind !== 'operation') return undefined;
  const { args } = recorded;
  const answer = state.document.read((view) => requires(view, args, recorded)).value;
  if (answer === true) return undefined;
  return answer === false ? 'requires' : answer;
}

/** Void only where nothing left the system: cash cannot be un-paid. (Bayou's merge, Brewer's limits) */
function judgeStale(state: PrimaryState, audited: Audited, judged: Judged): 'kept' | 'void' {
  const reason = judged.stale ?? 'requires';
  const { id, name } = audited.operation;
  const declared = state.definition.operations[name]?.whenStale;
  const isKept = (declared ?? (audited.summary.externalised ? 'keep' : 'void')) === 'keep';
  if (isKept && !judged.isPoison) {
    state.facts.push({ fact: 'stale', operation: id, reason });
    return 'kept';
  }
  state.document.judge([{ operation: id, verdict: 'void' }]);
  state.facts.push({ fact: 'refused', operation: id, code: 'requires', reason });
  return 'void';
}

type RuleKey = readonly [invariant: string, key: string];

/** Which keys of which invariants it touches. */
function keysOf(state: PrimaryState, audited: Audited): readonly RuleKey[] {
  const { invariants } = state.definition;
  return Object.entries(invariants).flatMap(([invariant, declared]) => {
    const { keys } = declared;
    const own = mendedKey(state, audited, invariant);
    const named = keys
      ? state.document.read((view) => keys(audited.recorded, view)).value
      : audited.recorded.subjects;
    return [...new Set([...own, ...named])].map((key): RuleKey => [invariant, key]);
  });
}

/** A compensation names its case in its arguments: that key is touched, whatever else is. */
function mendedKey(state: PrimaryState, audited: Audited, invariant: string): readonly string[] {
  if (audited.header.kind !== 'result') return [];
  return [...state.cases.values()]
    .filter((work) => work.invariant === invariant)
    .map((work) => work.key);
}

/** How badly the invariant fails on the current state, ≥ 0. */
export function deficitOf(
  state: Pick<PrimaryState, 'definition' | 'document'>,
  invariant: string,
  key: string,
): number {
  const declared = state.definition.invariants[invariant];
  if (!declared) return 0;
  return state.document.read((view) => {
    if (declared.deficit) return Math.max(0, declared.deficit(view, key));
    return declared.holds(view, key) ? 0 : 1;
  }).value;
}

function compareDeficits(
  state: PrimaryState,
  audited: Audited & { readonly stands: boolean },
  { invariant, key, before }: TouchedKey,
  nowMs: number,
): void {
  const name = keyName(invariant, key);
  const after = deficitOf(state, invariant, key);
  const history = state.history.get(name) ?? [];
  const one: KeyedOperation = { summary: audited.summary, place: audited.place };
  state.history.set(name, history);
  const work = state.cases.get(name);
  if (work) {
    work.deficit = after;
    work.affected.push(audited.summary);
    if (after === 0) endRun(state, name, work);
  }
  // Neither a compensation nor what is void explains anything: nobody did that.
  if (audited.header.kind !== 'operation' || !audited.stands) return;
  if (after > before) noteViolation(state, { invariant, key, before, after }, one, nowMs);
  history.push(one);
}

/** A case reaches from deficit 0 back to 0: what breaks the rule from now on is another one. */
function endRun(state: PrimaryState, name: string, work: CaseWork): void {
  state.cases.delete(name);
  work.isEscalated = false; // Whoever mended it, it is over.
  state.healed.push(work);
}

function noteViolation(
  state: PrimaryState,
  found: { invariant: string; key: string; before: number; after: number },
  trigger: KeyedOperation,
  nowMs: number,
): void {
  const { invariant, key, before, after } = found;
  const { summary, place } = trigger;
  const name = keyName(invariant, key);
  const version = state.definition.invariants[invariant]?.version ?? 1;
  const named = { document: state.id, invariant, version, key, trigger: summary.id };
  const work = state.cases.get(name) ?? {
    id: caseId(state.hash, named),
    invariant,
    key,
    openedMs: nowMs,
    deficit: after,
    affected: [],
    isEscalated: false,
  };
  work.deficit = after;
  state.cases.set(name, work);
  const concurrent = (state.history.get(name) ?? [])
    .filter((other) => isConcurrent(other.place, place))
    .map((other) => other.summary);
  state.facts.push({
    fact: 'violation',
    id: violationId(state.hash, named),
    case: work.id,
    invariant,
    key,
    from: before,
    to: after,
    fault: concurrent.length > 0 ? 'concurrent' : 'local',
    trigger: summary,
    participants: [...concurrent, summary],
    position: summary.position,
  });
}
