// The primary of one document: converge, audit, compensate, run what waited, let effects go. It follows the log, judges each named
// change in commit order, and appends what it found on the condition that nothing named came between.
import { isNamed } from '../causality/change.ts';
import { decodeHeader } from '../causality/change-codec.ts';
import { chainNext } from '../causality/hash-chain.ts';
import type { LogEntry } from '../causality/log-entry.ts';
import type { Moment } from '../moment.ts';
import { auditEntry } from './audit-entry.ts';
import { moveWindow } from './audit-window.ts';
import { followFacts, followIntent } from './follow-facts.ts';
import { nextAppend } from './next-append.ts';
import { followEffects, takeAnswer } from './outbox.ts';
import type { PrimaryEffect, PrimaryInput } from './primary-io.ts';
import type { PrimaryState } from './primary-state.ts';

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
    case 'handlerAnswered':
      takeAnswer(state, input, moment);
      break;
    case 'clockAdvanced':
      break;
  }
  // Of somebody's append the half may have come: its facts say what the other half means.
  const isHalf = state.resultPosition > 0 && state.resultPosition === state.position;
  const isBehind = isHalf || (input.type === 'entriesCommitted' && input.isMore === true);
  const next = state.append || isBehind ? [] : nextAppend(state, moment);
  return [...state.asked.splice(0), ...next];
}

/**
 * Takes one committed entry, and decides nothing yet: what `stepPrimary` does with each, and a replay
 * does alone. Entries come in commit order; one that came before changes nothing.
 */
export function followEntry(state: PrimaryState, entry: LogEntry, moment: Moment): void {
  if (entry.position <= state.position) return;
  const header = decodeHeader(entry.sealed.header);
  if (header?.kind === 'coordination') followFacts(state, entry, moment);
  else if (header?.kind === 'intent') followIntent(state, entry, header);
  else if (header) auditEntry(state, entry, { header, nowMs: moment.monotonicMs });
  moveWindow(state);
  if (header) followEffects(state, entry, header);
  state.position = entry.position;
  if (header && isNamed(header.kind)) state.namedPosition = entry.position;
  if (header?.kind === 'operation') state.operationPosition = entry.position;
  const hasFacts = header?.kind === 'result' || header?.kind === 'cancelled';
  if (hasFacts) state.resultPosition = entry.position;
  if (entry.author.writer !== state.author.writer) return;
  state.chain = { seq: entry.seq, hash: chainNext(state.hash, state.chain.hash, entry.sealed) };
  if (state.append && entry.seq >= state.append.lastSeq) state.append = undefined;
}
