// The state of a causally closed set of committed changes, on a real document: what an operation's
// author had before its eyes, and that with some of the concurrent ones.
// @see docs/adr/0013-attribution.md
import type { DocumentReplica } from '../app/document-type.ts';
import { Bug } from '../assert.ts';
import type { CausalPlace } from '../causality/context.ts';
import { isBefore } from '../causality/context.ts';
import { attempt } from './attempt.ts';
import type { WindowEntry } from './audit-window.ts';
import { incomingOf, savePast } from './audit-window.ts';
import type { PrimaryState } from './primary-state.ts';
import type { RuleKey } from './rules.ts';
import { deficitOf } from './rules.ts';

/** How badly a rule fails in a state, and in that state with the trigger. */
export interface Step {
  readonly before: number;
  readonly after: number;
}

/** The past of an operation, ready to be built on. */
export interface BuiltPast {
  /**
   * With these operations, everything that they had seen, and nothing else. Undefined where the
   * application's code throws on it, or a change does not fit: its author had not seen what it said.
   * Cost: a copy of the document, and the changes.
   */
  step(rule: RuleKey, kept: readonly CausalPlace[]): Step | undefined;
}

/**
 * Builds the past of a committed operation. What is void now is void in it.
 *
 * @remarks Cost: O(document + window), the first time O(log): see `savePast`. Undefined where its author's
 * view is older than the window.
 */
export function buildPast(state: PrimaryState, trigger: CausalPlace): BuiltPast | undefined {
  const { startPosition, entries } = state.window;
  if (startPosition > trigger.seen || startPosition >= trigger.position) return undefined;
  const later = entries.filter(({ place }) => place.position <= trigger.position);
  const own = later.find(({ place }) => place.position === trigger.position);
  const past = savedPastWith(
    state,
    later.filter(({ place }) => isBefore(place, trigger)),
  );
  const concurrent = later.filter((one) => one !== own && !isBefore(one.place, trigger));
  return (
    past && {
      step(rule, kept) {
        const copy = openReader(state, past);
        try {
          const chosen = concurrent.filter(({ place }) => isIn(kept, place));
          if (!applyAll(copy, chosen)) return undefined;
          const before = deficitIn(state, copy, rule);
          if (!applyAll(copy, own ? [own] : [])) return undefined;
          const after = deficitIn(state, copy, rule);
          return before === undefined || after === undefined ? undefined : { before, after };
        } finally {
          copy.close();
        }
      },
    }
  );
}

/** It is one of them, or one of them stands on it. */
function isIn(kept: readonly CausalPlace[], place: CausalPlace): boolean {
  return kept.some((one) => one.position === place.position || isBefore(place, one));
}

function savedPastWith(
  state: PrimaryState,
  entries: readonly WindowEntry[],
): Uint8Array | undefined {
  const past = savePast(state.window, (saved) => openReader(state, saved));
  const document = openReader(state, past);
  try {
    return applyAll(document, entries) ? document.save() : undefined;
  } finally {
    document.close();
  }
}

/** A reader, as the audited document is: nobody writes under its id. */
function openReader(
  { definition, document }: PrimaryState,
  saved: Uint8Array | undefined,
): DocumentReplica {
  const copy = definition.document.open({ clientId: document.clientId });
  if (saved && !copy.load(saved)) {
    copy.close();
    throw new Bug('past-unreadable', 'a replica cannot read what another one saved');
  }
  return copy;
}

function applyAll(copy: DocumentReplica, entries: readonly WindowEntry[]): boolean {
  return copy.applyAll(entries.map(incomingOf)).length === 0;
}

function deficitIn(
  { definition }: PrimaryState,
  document: DocumentReplica,
  [invariant, key]: RuleKey,
): number | undefined {
  const told = attempt(() => deficitOf({ definition, document }, invariant, key));
  return 'value' in told ? told.value : undefined;
}
