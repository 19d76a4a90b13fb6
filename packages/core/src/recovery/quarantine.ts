// The application's code throws on what is committed: that ends no audit. The operation is listed with what
// was said, for people to look at, and everything else goes on.
import type { QuarantinedFact } from '../coordination/facts.ts';
import { attempt } from './attempt.ts';
import type { PrimaryState } from './primary-state.ts';
import type { Audited } from './read-operation.ts';
import { noteReads } from './rule-reads.ts';
import type { RuleKey } from './rules.ts';
import { judgeKey } from './rules.ts';

/** Lists an operation, once: the first thing that was said of it is the one to mend. */
export function quarantine(state: PrimaryState, found: Omit<QuarantinedFact, 'fact'>): void {
  const isListed =
    state.fold.quarantinedById.has(found.operation) ||
    state.facts.some((fact) => fact.fact === 'quarantined' && fact.operation === found.operation);
  if (!isListed) state.facts.push({ fact: 'quarantined', ...found });
}

/**
 * How badly the rule fails at this operation; undefined where the rule itself throws. That is the author's
 * mistake, and no reason to void what somebody did: it stands, unjudged by this rule.
 */
export function measure(
  state: PrimaryState,
  audited: Pick<Audited, 'operation'>,
  rule: RuleKey,
): number | undefined {
  return judge(state, audited, rule)?.value;
}

/** As {@link measure}, and what the rule looked at is remembered. */
export function measureAnew(
  state: PrimaryState,
  audited: Pick<Audited, 'operation'>,
  rule: RuleKey,
): number | undefined {
  const judged = judge(state, audited, rule);
  if (judged) noteReads(state.reads, rule, judged.touched);
  return judged?.value;
}

function judge(
  state: PrimaryState,
  { operation }: Pick<Audited, 'operation'>,
  [invariant, key]: RuleKey,
): ReturnType<typeof judgeKey> | undefined {
  const told = attempt(() => judgeKey(state, [invariant, key]));
  if ('value' in told) return told.value;
  quarantine(state, { operation: operation.id, reason: told.thrown, invariant, key });
  return undefined;
}
