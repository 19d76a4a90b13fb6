// What would rules that came later have found in a log? The log goes through the newer version once; what
// is said of the rules that the recorded version had is left to the audit of that one.
import type { AppDefinition } from '../app/app-definition.ts';
import type { ViolationFact } from '../coordination/case-facts.ts';
import type { Fact } from '../coordination/facts.ts';
import { attempt } from './attempt.ts';
import { followEntry } from './primary.ts';
import { openPrimary } from './primary-state.ts';
import { readRecorded } from './recorded-answers.ts';
import type { Replay } from './replay-audit.ts';

export interface NewerReplay extends Replay {
  /** Whose rules the log was audited by: `setup.definition` is the newer one. */
  readonly recordedBy: AppDefinition;
}

export interface NewerFindings {
  /** None of them is in the log, and none was mended. */
  readonly violations: readonly ViolationFact[];
  /** The newer code threw: nothing after this entry was looked at. */
  readonly threw: { readonly position: number; readonly message: string } | undefined;
}

/** Total. Cost: as the audit of the log, without its answers. */
export function replayNewer({ setup, entries, recordedBy, onEntry }: NewerReplay): NewerFindings {
  const { verdicts } = readRecorded(entries());
  const state = openPrimary({ ...setup, verdicts });
  const violations: ViolationFact[] = [];
  const isAdded = (fact: Fact): fact is ViolationFact => {
    if (fact.fact !== 'violation') return false;
    const before = recordedBy.invariants[fact.invariant];
    const now = setup.definition.invariants[fact.invariant];
    return !before || (before.version ?? 1) < (now?.version ?? 1);
  };
  for (const entry of entries()) {
    const { position } = entry;
    onEntry?.(position);
    const told = attempt(() => followEntry(state, entry, { monotonicMs: 0, wallMs: 0, random: 0 }));
    if ('thrown' in told) return { violations, threw: { position, message: told.thrown } };
    violations.push(...state.facts.filter(isAdded));
    state.facts = state.facts.filter((fact) => !isAdded(fact));
  }
  return { violations, threw: undefined };
}
