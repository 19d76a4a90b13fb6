// What did a commit do to the rules of its keys? Every increase of a deficit is one violation of the
// open case; back to 0 the case is over.
// @see Brewer, CAP Twelve Years Later, "Partition recovery".
import { caseId, violationId } from './case.ts';
import { blameFor } from './explain-violation.ts';
import { notePossible } from './note-possible.ts';
import type { CaseWork, KeyedOperation, PrimaryState } from './primary-state.ts';
import { keyName } from './primary-state.ts';
import { measureAnew } from './quarantine.ts';
import type { Audited } from './read-operation.ts';
import { isResolution, isResultOfIntent } from './read-operation.ts';
import { marginOf, violationName } from './rules.ts';
import { weightOf } from './sum-trials.ts';

/** A key that a change concerns, and how badly it failed before. */
export interface TouchedKey {
  readonly invariant: string;
  readonly key: string;
  /** Who had not seen it may break the rule together with it. */
  readonly isActedOn: boolean;
  readonly before: number;
  /** Of a rule that is a sum: how far it was from failing. */
  readonly margin: number | undefined;
}

/** Compares the deficit of a key before and after a change, and notes what became worse or whole. */
export function compareDeficits(
  state: PrimaryState,
  audited: Audited & { readonly stands: boolean },
  { invariant, key, isActedOn, before, margin }: TouchedKey,
  nowMs: number,
): void {
  const name = keyName(invariant, key);
  const after = measureAnew(state, audited, [invariant, key]);
  if (after === undefined) return; // Nobody can say how it stands: what was said of it before stands.
  const history = historyOf(state, name);
  const isResult = isResultOfIntent(state, audited);
  const isChosen = isResolution(audited); // Somebody did it, as an operation.
  const { kind } = audited.header;
  const isMending = kind === 'result' && !isResult && !isChosen;
  const { summary, place } = audited;
  const rule = [invariant, key] as const;
  const step = { before: margin, after: marginOf(state, rule) };
  // Its asker may have gone on without the result: then it is in states that the result is not in.
  const weight = isResult ? undefined : weightOf(step, history.at(-1));
  const one: KeyedOperation = { summary, place, isMending, margin: step.after, weight };
  const work = state.cases.get(name);
  if (work) {
    work.deficit = after;
    if (!isChosen) work.affected.push(audited.summary);
    if (after === 0) endRun(state, name, work);
  }
  // What is void explains nothing: nothing is left of it. A cancellation did nothing.
  if (!audited.stands || (kind !== 'operation' && kind !== 'result')) return;
  if (kind === 'operation') {
    const isSearched = state.definition.invariants[invariant]?.record === 'possible';
    if (after > before) noteViolation(state, { invariant, key, before, after }, one, nowMs);
    else if (isSearched) notePossible(state, { rule, trigger: one });
  }
  if (isActedOn) history.push(one);
}

/** Looked up once: of a hundred thousand keys few are in any cache. */
function historyOf({ history }: PrimaryState, name: string): KeyedOperation[] {
  const known = history.get(name);
  if (known) return known;
  const fresh: KeyedOperation[] = [];
  history.set(name, fresh);
  return fresh;
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
  const { summary } = trigger;
  const name = keyName(invariant, key);
  const named = violationName(state, [invariant, key], summary.id);
  const { version } = named;
  const work = state.cases.get(name) ?? {
    id: caseId(state.hash, named),
    invariant,
    key,
    openedMs: nowMs,
    deficit: after,
    affected: [],
    triggers: [],
    isEscalated: false,
  };
  work.triggers.push(summary);
  work.isEscalated = false; // What people were asked was another question.
  work.deficit = after;
  state.cases.set(name, work);
  state.facts.push({
    fact: 'violation',
    id: violationId(state.hash, named),
    case: work.id,
    invariant,
    ...(version !== 1 && { version }),
    key,
    from: before,
    to: after,
    class: 'commit',
    trigger: summary,
    ...blameFor(state, [invariant, key], trigger),
    position: summary.position,
  });
}
