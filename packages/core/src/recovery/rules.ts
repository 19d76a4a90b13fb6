// Which keys of which invariants are concerned, and how badly does each of them fail?
import type { Touch } from '../app/document-type.ts';
import type { Recorded, Schemas } from '../app/operation.ts';
import type { OperationId } from '../identity.ts';
import { attempt } from './attempt.ts';
import type { ViolationName } from './case.ts';
import type { OperationCode } from './code-versions.ts';
import type { PrimaryState } from './primary-state.ts';
import { keyName } from './primary-state.ts';

export type RuleKey = readonly [invariant: string, key: string];

/**
 * Which keys of which invariants an operation touches. The rules are the newest version's; how its keys
 * follow from an operation is said by the version that the operation was made with, where it had the rule.
 */
export function keysOf(
  state: PrimaryState,
  {
    code,
    recorded,
  }: { readonly code: Pick<OperationCode, 'definition'>; readonly recorded: Recorded<Schemas> },
): readonly RuleKey[] {
  return Object.entries(state.definition.invariants).flatMap(([invariant, newest]) => {
    const own = code.definition.invariants[invariant];
    const { keys } = own ?? newest;
    const ask = (): readonly string[] =>
      keys ? state.document.read((view) => keys(recorded, view)).value : recorded.subjects;
    // A rule that came later need not know what was done before it.
    const told = own ? { value: ask() } : attempt(ask);
    const named = 'value' in told ? told.value : recorded.subjects;
    return [...new Set(named)].map((key): RuleKey => [invariant, key]);
  });
}

/**
 * What a compensation may mend: whatever is broken, or was until just now. The application is not asked for its keys, which
 * it declares for its own operations only.
 */
export function openKeys(state: PrimaryState): readonly RuleKey[] {
  const named = [...state.cases.values(), ...state.healed].map(
    ({ invariant, key }) => [keyName(invariant, key), [invariant, key]] as const,
  );
  return [...new Map<string, RuleKey>(named).values()];
}

/** Keys that are open beside these: what people choose for a case may mend a key that it does not name. */
export function otherOpenKeys(state: PrimaryState, keys: readonly RuleKey[]): readonly RuleKey[] {
  const named = new Set(keys.map(([invariant, key]) => keyName(invariant, key)));
  return openKeys(state).filter(([invariant, key]) => !named.has(keyName(invariant, key)));
}

/** How badly the invariant fails on the current state, ≥ 0. */
export function deficitOf(
  state: Pick<PrimaryState, 'definition' | 'document'>,
  invariant: string,
  key: string,
): number {
  return judgeKey(state, [invariant, key]).value;
}

/** The deficit, and what was read for it. */
export function judgeKey(
  { definition, document }: Pick<PrimaryState, 'definition' | 'document'>,
  [invariant, key]: RuleKey,
): { readonly value: number; readonly touched: readonly Touch[] } {
  const declared = definition.invariants[invariant];
  if (!declared) return { value: 0, touched: [] };
  return document.read((view) => {
    if (declared.deficit) return Math.max(0, declared.deficit(view, key));
    if (declared.margin) return Math.max(0, -declared.margin(view, key));
    return declared.holds(view, key) ? 0 : 1;
  });
}

/** The keys that an edit of a root which the invariant guards may concern; none where that throws. */
export function guardedKeys(
  { definition, document }: Pick<PrimaryState, 'definition' | 'document'>,
  invariant: string,
): readonly string[] {
  const ask = definition.invariants[invariant]?.guardKeys;
  const told = attempt(() => (ask ? document.read((view) => [...ask(view)]).value : []));
  return 'value' in told ? told.value : [];
}

/** How far the key is from failing; undefined for a rule that is no sum, or throws. */
export function marginOf(
  { definition, document }: Pick<PrimaryState, 'definition' | 'document'>,
  [invariant, key]: RuleKey,
): number | undefined {
  const margin = definition.invariants[invariant]?.margin;
  const told = margin && attempt(() => document.read((view) => margin(view, key)).value);
  return told && 'value' in told ? told.value : undefined;
}

/** What identifies a violation of the key: everyone finds the same. */
export function violationName(
  { id, definition }: Pick<PrimaryState, 'id' | 'definition'>,
  [invariant, key]: RuleKey,
  trigger: OperationId,
): ViolationName {
  const version = definition.invariants[invariant]?.version ?? 1;
  return { document: id, invariant, version, key, trigger };
}
