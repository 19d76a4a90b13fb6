// Is this a fact as the primary writes them? What is of another shape is kept out, whoever vouches for
// it: every replica folds facts, and nothing that it reads may make it throw.
import { caseStates } from '../app/case-state.ts';
import { sagaStates } from '../app/saga.ts';
import type { Json } from '../bytes/canonical-json.ts';
import { isEffectId, parseOperationId } from '../identity.ts';
import { modes, primaryRefusals } from '../outcome.ts';
import { questionCauses } from './case-question.ts';

type Fields = { readonly [name: string]: Json };
type Check = (value: Json | undefined) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isCount: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
const isAmount: Check = (value) => typeof value === 'number' && value >= 0;
const isOperation: Check = (value) =>
  typeof value === 'string' && parseOperationId(value) !== undefined;
const isEffect: Check = (value) => typeof value === 'string' && isEffectId(value);
const isAnything: Check = (value) => value !== undefined;
const oneOf =
  (...allowed: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && allowed.includes(value);
const maybe =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every((item: Json) => check(item));

function shape(checks: Readonly<Record<string, Check>>): Check {
  const entries = Object.entries(checks);
  return (value) => {
    if (!isFields(value)) return false;
    return entries.every(([name, check]) => check(value[name]));
  };
}

function isFields(value: Json | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const isSummary = shape({
  id: isOperation,
  name: isText,
  args: isAnything,
  replica: isText,
  user: isText,
  mode: oneOf(...modes),
  wallMs: (value) => typeof value === 'number',
  position: isCount,
  externalised: (value) => typeof value === 'boolean',
  dedupKey: maybe(isText),
});

const isBrokenKey = shape({ invariant: isText, key: isText, from: isAmount, to: maybe(isAmount) });

/** What a fact of a case says of people. */
const ofPeople: Readonly<Record<string, Check>> = {
  question: maybe(
    shape({
      round: isCount,
      cause: oneOf(...questionCauses),
      question: isText,
      detail: maybe(isText),
      breaks: maybe(listOf(isBrokenKey)),
      choices: listOf(shape({ label: isText, operation: isText, args: isAnything })),
      resolvers: maybe(listOf(isText)),
      evidence: listOf(shape({ operation: isOperation, name: isText, payload: isAnything })),
    }),
  ),
  resolution: maybe(
    shape({
      ...{ round: isCount, label: isText, by: isText },
      ...{ operation: isOperation, request: isOperation },
    }),
  ),
  waiver: maybe(shape({ by: isText, reason: isText, request: isOperation })),
  claim: maybe(shape({ token: isCount, by: isText, replica: isText, leaseMs: isCount })),
  settlesAtMs: maybe((value) => typeof value === 'number'),
  supersededBy: maybe(isText),
};

const shapes: Readonly<Record<string, Check>> = {
  audited: shape({ upTo: isCount }),
  refused: shape({
    operation: isOperation,
    code: oneOf(...primaryRefusals),
    reason: isText,
    invariant: maybe(isText),
    key: maybe(isText),
    home: maybe(isText),
    codeVersion: maybe(isCount),
    of: maybe(isOperation),
    about: maybe(
      shape({
        ...{ case: isText, state: oneOf(...caseStates) },
        ...{ by: maybe(isText), label: maybe(isText) },
      }),
    ),
  }),
  duplicate: shape({ operation: isOperation, of: isOperation, dedupKey: isText }),
  overwritten: shape({ operation: isOperation, by: isOperation, key: isText }),
  executed: shape({ operation: isOperation }),
  proceeded: shape({ operation: isOperation }),
  home: shape({ key: isText, replica: isText, share: oneOf('exclusive', 'shared', 'none') }),
  recall: shape({ key: isText, operation: isOperation }),
  stale: shape({ operation: isOperation, reason: isText }),
  quarantined: shape({
    operation: isOperation,
    reason: isText,
    invariant: maybe(isText),
    key: maybe(isText),
  }),
  'forged-entry': shape({ position: isCount, root: isText, entry: isText }),
  verdict: shape({
    verdict: shape({
      operation: isOperation,
      verdict: oneOf('ok', 'void', 'moved'),
      root: maybe(isText),
      entry: maybe(isText),
      slot: maybe(isText),
    }),
  }),
  violation: shape({
    id: isText,
    case: isText,
    invariant: isText,
    version: maybe(isCount),
    key: isText,
    from: isAmount,
    to: isAmount,
    fault: oneOf('concurrent', 'local'),
    class: maybe(oneOf('commit', 'final')),
    explained: maybe(oneOf('minimal', 'all-writers')),
    mendings: maybe(listOf(isOperation)),
    trigger: isSummary,
    participants: listOf(isSummary),
    position: isCount,
  }),
  possible: shape({
    class: oneOf('possible'),
    explained: oneOf('minimal'),
    id: isText,
    invariant: isText,
    key: isText,
    from: isAmount,
    to: isAmount,
    fault: oneOf('concurrent', 'local'),
    trigger: isSummary,
    participants: listOf(isSummary),
    mendings: maybe(listOf(isOperation)),
    position: isCount,
  }),
  'possible-unknown': shape({
    invariant: isText,
    key: isText,
    operation: isOperation,
    why: oneOf('too-many', 'too-old'),
    position: isCount,
  }),
  case: shape({
    id: isText,
    state: oneOf(...caseStates),
    deficit: isAmount,
    isFinal: maybe((value) => value === true),
    compensation: maybe(isText),
    reason: maybe(isText),
    affected: maybe(listOf(isSummary)),
    ...ofPeople,
  }),
  grant: shape({
    grant: isText,
    root: isText,
    key: isText,
    holder: isText,
    amount: isCount,
    lastsMs: maybe(isCount),
  }),
  saga: shape({
    saga: isOperation,
    name: isText,
    args: isAnything,
    version: isCount,
    total: isCount,
    plan: isText,
    replica: isText,
    user: isText,
    mode: oneOf(...modes),
    wallMs: (value) => typeof value === 'number',
  }),
  'saga-step': shape({
    saga: isOperation,
    step: isCount,
    deed: oneOf('do', 'undo'),
    affected: maybe(listOf(isSummary)),
  }),
  'saga-failed': shape({
    saga: isOperation,
    step: isCount,
    deed: oneOf('do', 'undo'),
    code: oneOf(...primaryRefusals),
    reason: isText,
    invariant: maybe(isText),
    key: maybe(isText),
  }),
  'saga-moved': shape({
    saga: isOperation,
    state: oneOf(...sagaStates),
    step: maybe(isCount),
    reason: maybe(isText),
  }),
  'grant-closed': shape({ grant: isText, why: oneOf('returned', 'reclaimed', 'forked') }),
  escrow: shape({
    root: isText,
    key: isText,
    pool: isCount,
    outstanding: isCount,
    suspense: isCount,
    debt: isCount,
  }),
  'effect-claimed': shape({ effect: isEffect, name: isText, token: isText, attempt: isCount }),
  'effect-answered': shape({
    effect: isEffect,
    token: isText,
    answer: oneOf('done', 'failed', 'given-up', 'unknown'),
    reason: maybe(isText),
  }),
  'effect-dropped': shape({
    effect: isEffect,
    name: isText,
    why: oneOf('refused', 'withheld', 'invalid', 'undone'),
  }),
  'history-lost': shape({ operation: isOperation, count: isCount, position: isCount }),
};

/** True for a fact of a kind and shape that this version knows. Cost: O(fact). */
export function isFact(value: Json): boolean {
  if (!isFields(value)) return false;
  const kind = value['fact'];
  return typeof kind === 'string' && Object.hasOwn(shapes, kind) && shapes[kind]?.(value) === true;
}
