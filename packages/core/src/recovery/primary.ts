// The primary of one document: converge, audit, compensate. It follows the log, judges each named
// change in commit order, and appends what it found on the condition that nothing named came between.
import { jsonToBytes } from '../bytes/canonical-json.ts';
import type { ChangeHeader, SealedChange } from '../causality/change.ts';
import { isNamed } from '../causality/change.ts';
import { decodeHeader, encodeHeader, encodeOperationPayload } from '../causality/change-codec.ts';
import { chainNext } from '../causality/hash-chain.ts';
import type { LogEntry } from '../causality/log-entry.ts';
import type { CaseFact, Fact } from '../coordination/facts.ts';
import { decodeFacts, encodeFacts } from '../coordination/facts.ts';
import { foldFact, isClosed } from '../coordination/fold.ts';
import { parseOperationId } from '../identity.ts';
import type { Moment } from '../moment.ts';
import { auditEntry } from './auditor.ts';
import type { Mending } from './compensate.ts';
import { dueMs, mend } from './compensate.ts';
import type { PrimaryEffect, PrimaryInput } from './primary-io.ts';
import type { CaseWork, PrimaryState } from './primary-state.ts';

/**
 * Advances the primary by one input. Total and deterministic, as `stepReplica` is.
 *
 * @remarks Mutates `state`, which belongs to its driver alone. Cost: O(touched keys) per entry; a
 * compensation costs a copy of the document.
 */
export function stepPrimary(
  state: PrimaryState,
  input: PrimaryInput,
  moment: Moment,
): readonly PrimaryEffect[] {
  switch (input.type) {
    case 'entriesCommitted':
      for (const entry of input.entries) followEntry(state, entry, moment);
      break;
    case 'appendRefused':
    case 'linkReplaced':
      state.append = undefined;
      break;
    case 'clockAdvanced':
      break;
  }
  return state.append ? [] : nextAppend(state, moment);
}

function followEntry(state: PrimaryState, entry: LogEntry, moment: Moment): void {
  if (entry.position <= state.position) return;
  const header = decodeHeader(entry.sealed.header);
  if (header?.kind === 'coordination') followFacts(state, entry);
  else auditEntry(state, entry, moment.monotonicMs);
  state.position = entry.position;
  if (header && isNamed(header.kind)) state.namedPosition = entry.position;
  if (header?.kind === 'operation') state.operationPosition = entry.position;
  if (entry.author.writer !== state.author.writer) return;
  state.chain = { seq: entry.seq, hash: chainNext(state.hash, state.chain.hash, entry.sealed) };
  if (state.append && entry.seq >= state.append.lastSeq) state.append = undefined;
}

/** What is in the log stands: it replaces what this incarnation found itself. */
function followFacts(state: PrimaryState, entry: LogEntry): void {
  for (const fact of decodeFacts(entry.sealed.payload) ?? []) {
    foldFact(state.fold, fact);
    if (fact.fact === 'verdict') state.document.judge([fact.verdict]);
    if (fact.fact === 'case') followCase(state, fact);
  }
  state.facts = state.facts.filter((fact) => !isRecorded(state, fact));
}

function followCase(state: PrimaryState, fact: CaseFact): void {
  const isAbout = (work: CaseWork): boolean => work.id === fact.id;
  if (isClosed(fact.state)) {
    for (const [name, work] of state.cases) if (isAbout(work)) state.cases.delete(name);
    state.healed = state.healed.filter((work) => !isAbout(work));
  } else if (fact.state === 'escalated') {
    for (const work of [...state.cases.values(), ...state.healed]) {
      if (isAbout(work)) work.isEscalated = true;
    }
  }
}

function isRecorded(state: PrimaryState, fact: Fact): boolean {
  const { fold } = state;
  switch (fact.fact) {
    case 'violation':
      return (
        fold.casesById.get(fact.case)?.violations.some((known) => known.id === fact.id) ?? false
      );
    case 'refused':
      return fold.refusedById.has(fact.operation);
    case 'stale':
      return fold.staleById.has(fact.operation);
    case 'forged-entry':
      return fact.position <= fold.auditedTo;
    case 'case': {
      const known = fold.casesById.get(fact.id);
      return known !== undefined && (isClosed(known.state) || known.state === fact.state);
    }
    case 'audited':
    case 'verdict':
      return false;
  }
}

function nextAppend(state: PrimaryState, moment: Moment): readonly PrimaryEffect[] {
  const isBehind = state.operationPosition > state.fold.auditedTo;
  if (isBehind || state.facts.length > 0) return [append(state, [factsChange(state, [])])];
  const due = nextDue(state);
  if (!due) return [];
  if (moment.monotonicMs < due.atMs) return [{ type: 'wakeAt', monotonicMs: due.atMs }];
  return mendCase(state, due.work, moment);
}

function nextDue(
  state: PrimaryState,
): { readonly work: CaseWork; readonly atMs: number } | undefined {
  const healed = state.healed.find((work) => !work.isEscalated); // Nothing is left to wait for.
  let next = healed && { work: healed, atMs: Number.NEGATIVE_INFINITY };
  for (const work of state.cases.values()) {
    const atMs = dueMs(state, work);
    if (!work.isEscalated && (!next || atMs < next.atMs)) next = { work, atMs };
  }
  return next;
}

function mendCase(state: PrimaryState, work: CaseWork, moment: Moment): readonly PrimaryEffect[] {
  const mending = mend(state, work, moment);
  const facts = factsChange(state, [
    mending.fact,
    ...(mending.result?.ran.verdicts ?? []).map(
      (verdict) => ({ fact: 'verdict', verdict }) as const,
    ),
  ]);
  if (!mending.result) return [append(state, [facts])];
  return [append(state, [resultChange(state, mending.result, moment), facts])];
}

function factsChange(state: PrimaryState, more: readonly Fact[]): SealedChange {
  const audited: Fact = { fact: 'audited', upTo: state.position };
  const header = sealHeader(state, { kind: 'coordination' });
  const payload = encodeFacts([...state.facts, ...more, audited]);
  return { header, payload, effects: new Uint8Array(0) };
}

function resultChange(
  state: PrimaryState,
  result: NonNullable<Mending['result']>,
  moment: Moment,
): SealedChange {
  const effects = result.effects.length > 0 ? jsonToBytes(result.effects) : new Uint8Array(0);
  const id = parseOperationId(result.operation);
  const { invariant } = result.args;
  const header = sealHeader(state, {
    kind: 'result',
    ...(id && {
      operation: {
        id,
        name: `compensate.${invariant}`,
        codeVersion: state.definition.version,
        user: 'primary',
        wallMs: moment.wallMs,
        decision: { mode: 'connected', cell: 'safe', invariant },
      },
    }),
    ...(result.effects.length > 0 && {
      effects: { count: result.effects.length, hash: state.hash(effects) },
    }),
  });
  const payload = encodeOperationPayload({ args: result.args, update: result.ran.update });
  return { header, payload, effects };
}

function sealHeader(state: PrimaryState, what: Omit<ChangeHeader, 'context'>): Uint8Array {
  const context = { epoch: state.epoch, position: state.position, dots: [] };
  return encodeHeader({ ...what, context });
}

function append(state: PrimaryState, changes: readonly SealedChange[]): PrimaryEffect {
  const { seq, hash } = state.chain;
  let last = hash;
  for (const change of changes) last = chainNext(state.hash, last, change);
  state.append = { lastSeq: seq + changes.length };
  return {
    type: 'append',
    firstSeq: seq + 1,
    previous: hash,
    changes,
    last,
    ifNamedHead: state.namedPosition,
  };
}
