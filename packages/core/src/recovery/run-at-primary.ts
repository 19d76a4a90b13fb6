// One operation run on a copy of the audited state, for whoever asked: what it did, or why it may not.
import type { DocumentReplica, Touch } from '../app/document-type.ts';
import type { EffectRecord, Recorded, RunContext, Schemas } from '../app/operation.ts';
import { recordEffects } from '../app/record-effects.ts';
import type { RefusedFact } from '../coordination/facts.ts';
import { poolOf } from './audit-rights.ts';
import type { OperationCode } from './code-versions.ts';
import { codeOf } from './code-versions.ts';
import type { PrimaryState, WaitingIntent } from './primary-state.ts';
import { keyName } from './primary-state.ts';
import type { RuleKey } from './rules.ts';
import { deficitOf, keysOf } from './rules.ts';
import type { Result } from './seal-results.ts';

/** Why it is not run. */
export type Refusal = Omit<RefusedFact, 'fact' | 'operation'>;

/** What is asked, with its arguments as its schema reads them. */
export interface ReadIntent {
  readonly code: OperationCode;
  readonly args: unknown;
  readonly recorded: Recorded<Schemas>;
  readonly keys: readonly RuleKey[];
}

export type RanAtPrimary =
  | {
      readonly type: 'ran';
      readonly result: Result;
      /** Of `keys`, by `keyName`, with what it did. */
      readonly deficits: ReadonlyMap<string, number>;
    }
  | { readonly type: 'refused'; readonly why: Refusal };

/** Everything that can be said of an intent without the state's own rules. */
export function readIntent(
  state: PrimaryState,
  intent: Pick<WaitingIntent, 'operation' | 'args' | 'replica'>,
): ReadIntent | Refusal {
  const { name, codeVersion } = intent.operation;
  const code = codeOf(state, intent.operation, intent.args);
  const { declared } = code;
  if (code.missing !== undefined) return { code: 'failed', reason: code.missing, codeVersion };
  if (!declared) return { code: 'failed', reason: `unknown: ${name}` };
  const validated = declared.args['~standard'].validate(intent.args);
  if (validated instanceof Promise || validated.issues) {
    return { code: 'failed', reason: 'invalid-args' };
  }
  const args = validated.value;
  const recorded = recordedOf(intent, { args, subjectsOf: declared.subjects });
  return { code, args, recorded, keys: keysOf(state, { code, recorded }) };
}

/** Bayou's dependency check on the audited state; undefined where it holds. */
export function staleAtPrimary(
  state: PrimaryState,
  { code, args, recorded }: ReadIntent,
): Refusal | undefined {
  const requires = code.declared?.requires;
  if (!requires) return undefined;
  const answer = state.document.read((view) => requires(view, args, recorded)).value;
  return answer === true ? undefined : { code: 'requires', reason: answer || 'requires' };
}

/** Runs it on a copy; none of `keys` may be worse for it. Cost: a copy of the document. */
export function runAtPrimary(
  state: PrimaryState,
  { operation, args: json }: Pick<WaitingIntent, 'operation' | 'args'>,
  { code, args, recorded, keys }: ReadIntent,
): RanAtPrimary {
  const { id } = operation;
  const effects: EffectRecord[] = [];
  const context: RunContext<{}> = {
    ...recorded,
    effect: recordEffects(code.definition.effects, effects),
  };
  const copy = state.document.fork(state.author.clientId);
  try {
    const ran = copy.run({ operation: id }, (roots) => {
      code.declared?.run(roots, args, context);
    });
    if (ran.type === 'threw') {
      const reason = ran.error instanceof Error ? ran.error.message : String(ran.error);
      return { type: 'refused', why: { code: 'failed', reason } };
    }
    const short = shortOf(state, copy, ran.touched);
    if (short !== undefined) {
      const { invariant } = operation.decision;
      const reason = `no rights on ${short} are left`;
      return { type: 'refused', why: { code: 'no-rights', reason, invariant, key: short } };
    }
    const after = { definition: state.definition, document: copy };
    const deficits = new Map<string, number>();
    for (const [invariant, key] of keys) {
      const left = deficitOf(after, invariant, key);
      deficits.set(keyName(invariant, key), left);
      if (left <= deficitOf(state, invariant, key)) continue;
      const reason = `${invariant} would not hold for ${key}`;
      return { type: 'refused', why: { code: 'would-violate', reason, invariant, key } };
    }
    return { type: 'ran', result: { operation, args: json, ran, effects }, deficits };
  } finally {
    copy.close();
  }
}

/** A bounded counter from which it would take more than nobody holds. */
function shortOf(
  state: PrimaryState,
  copy: DocumentReplica,
  touched: readonly Touch[],
): string | undefined {
  const bounded = state.document.boundedRoots();
  for (const { root, key } of touched) {
    if (key === undefined || !bounded.has(root)) continue;
    const taken = state.document.boundedValue(root, key) - copy.boundedValue(root, key);
    if (taken > 0 && taken > poolOf(state, { root, key })) return key;
  }
  return undefined;
}

function recordedOf(
  { operation, replica }: Pick<WaitingIntent, 'operation' | 'replica'>,
  o: {
    readonly args: unknown;
    readonly subjectsOf: ((args: unknown) => readonly string[]) | undefined;
  },
): Recorded<Schemas> {
  const { id, name, user, wallMs, decision, dedupKey } = operation;
  const { args } = o;
  const subjects = o.subjectsOf?.(args) ?? [];
  const { mode } = decision;
  return {
    // What an operation may do follows from the log, which tells no roles: these are for answers only.
    ...{ id, name, args, replica, mode, wallMs, user: { id: user, roles: [] }, subjects },
    ...(dedupKey !== undefined && { dedupKey }),
  };
}
