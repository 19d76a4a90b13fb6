// Does a committed operation stand on the state just before it, and which keys does it concern?
// @see Terry et al., Bayou (SOSP 1995), §4.2, dependency checks.
import type { RefusedFact, StaleFact } from '../coordination/facts.ts';
import type { OperationId } from '../identity.ts';
import { homeCells } from '../partition/decide.ts';
import { covers } from '../partition/homes.ts';
import { attempt } from './attempt.ts';
import { judgeCommitted } from './audit-window.ts';
import { voidDuplicateOf } from './duplicates.ts';
import type { PrimaryState } from './primary-state.ts';
import { quarantine } from './quarantine.ts';
import type { Audited } from './read-operation.ts';
import { isResolution, isResultOfIntent } from './read-operation.ts';
import type { RuleKey } from './rules.ts';
import { keysOf, openKeys, otherOpenKeys } from './rules.ts';

export interface Stale {
  readonly code: 'requires' | 'not-home' | 'failed' | 'duplicate';
  readonly reason: string;
  /** `duplicate`: what stands in its place. */
  readonly of?: OperationId;
  /** `not-home`: which key. */
  readonly key?: string;
  /** `failed`: the version of the application that is not loaded. */
  readonly codeVersion?: number;
  /** The application's own code threw on it: it can be judged by nobody. */
  readonly isPoison?: true;
  /** Of a replay: said in the log, and not judged again. */
  readonly recorded?: RefusedFact | StaleFact;
}

export interface Judged {
  readonly keys: readonly RuleKey[];
  /** Compared as well, and not acted on. */
  readonly others?: readonly RuleKey[];
  /** Why it no longer stands on the state just before. */
  readonly stale: Stale | undefined;
}

/**
 * What a hostile or outdated client had committed may be anything: where the application's code
 * throws on the operation itself, the operation is void, and the audit goes on.
 */
export function judgeOperation(state: PrimaryState, audited: Audited): Judged {
  const isChosen = isResolution(audited);
  if (audited.header.kind !== 'operation' && !isResultOfIntent(state, audited) && !isChosen) {
    return { keys: openKeys(state), stale: undefined };
  }
  const { code, thrown } = audited;
  if (!code.isLoaded && state.verdicts) return recordedJudgement(state, audited);
  if (code.missing !== undefined) {
    const { codeVersion } = audited.operation;
    const stale: Stale = { code: 'failed', reason: code.missing, codeVersion };
    return { keys: openKeys(state), stale };
  }
  if (thrown !== undefined) return { keys: [], stale: poisoned(thrown) };
  const told = attempt(() => {
    const stale = audited.header.kind === 'operation' ? staleReason(state, audited) : undefined;
    const keys = keysOf(state, audited);
    return { keys, stale, ...(isChosen && { others: otherOpenKeys(state, keys) }) };
  });
  return 'value' in told ? told.value : { keys: [], stale: poisoned(told.thrown) };
}

/** Nobody can judge it again: what is recorded of it stands. */
function recordedJudgement(state: PrimaryState, audited: Audited): Judged {
  const { code, header, operation, thrown } = audited;
  const isKnown = code.missing === undefined && thrown === undefined;
  const told = attempt(() => (isKnown ? keysOf(state, audited) : openKeys(state)));
  const keys = 'value' in told ? told.value : openKeys(state);
  const recorded = header.kind === 'operation' ? state.verdicts?.get(operation.id) : undefined;
  if (!recorded) return { keys, stale: undefined };
  return { keys, stale: { code: 'failed', reason: recorded.reason, recorded } };
}

function poisoned(reason: string): Stale {
  return { code: 'requires', reason, isPoison: true };
}

/** Why it no longer stands on the state just before; undefined when it does. */
function staleReason(state: PrimaryState, audited: Audited): Stale | undefined {
  const { recorded } = audited;
  const twin = voidDuplicateOf(state, { ...audited, ...audited.summary });
  if (twin) return twin;
  const lost = audited.operation.decision.cell === 'home' && lostHome(state, audited);
  if (lost) return { code: 'not-home', reason: `${lost} was held elsewhere by then`, key: lost };
  const requires = audited.code.declared?.requires;
  if (!requires) return undefined;
  const { args } = recorded;
  const answer = state.document.read((view) => requires(view, args, recorded)).value;
  if (answer === true) return undefined;
  return { code: 'requires', reason: answer === false ? 'requires' : answer };
}

/** A key that its author acted as the home of, and is not the home of where the log put it. */
function lostHome(state: PrimaryState, { code, recorded }: Audited): string | undefined {
  const { value: cells } = state.document.read((view) => homeCells(code.policy, view, recorded));
  const { replica, args } = recorded;
  return cells
    .map(({ key, share }) => ({ key: key(args), share }))
    .find(({ key, share }) => !covers(state.fold.homes.get(key)?.get(replica), share))?.key;
}

/** Void only where nothing left the system: cash cannot be un-paid. (Bayou's merge, Brewer's limits) */
export function judgeStale(
  state: PrimaryState,
  { code, operation, summary }: Audited,
  { isPoison, recorded, ...stale }: Stale,
): 'kept' | 'void' {
  const { id } = operation;
  const declared = code.declared?.whenStale;
  const isDeclared = (declared ?? (summary.externalised ? 'keep' : 'void')) === 'keep';
  const isKept = recorded
    ? recorded.fact === 'stale'
    : isDeclared && !isPoison && stale.code !== 'duplicate';
  if (isKept) {
    state.facts.push({ fact: 'stale', operation: id, reason: stale.reason });
    return 'kept';
  }
  judgeCommitted(state, [{ operation: id, verdict: 'void' }]);
  state.facts.push(recorded ?? { fact: 'refused', operation: id, ...stale });
  if (isPoison) quarantine(state, { operation: id, reason: stale.reason });
  return 'void';
}
