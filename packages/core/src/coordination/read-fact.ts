// Is this a fact as the primary writes them? What is of another shape is kept out, whoever vouches for
// it: every replica folds facts, and nothing that it reads may make it throw.
import { caseStates } from '../app/compensation.ts';
import type { Json } from '../bytes/canonical-json.ts';
import { parseOperationId } from '../identity.ts';
import { modes } from '../outcome.ts';

type Fields = { readonly [name: string]: Json };
type Check = (value: Json | undefined) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isCount: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
const isAmount: Check = (value) => typeof value === 'number' && value >= 0;
const isOperation: Check = (value) =>
  typeof value === 'string' && parseOperationId(value) !== undefined;
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
});

const shapes: Readonly<Record<string, Check>> = {
  audited: shape({ upTo: isCount }),
  refused: shape({ operation: isOperation, code: oneOf('requires'), reason: isText }),
  stale: shape({ operation: isOperation, reason: isText }),
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
    key: isText,
    from: isAmount,
    to: isAmount,
    fault: oneOf('concurrent', 'local'),
    trigger: isSummary,
    participants: listOf(isSummary),
    position: isCount,
  }),
  case: shape({
    id: isText,
    state: oneOf(...caseStates),
    deficit: isAmount,
    compensation: maybe(isText),
    affected: maybe(listOf(isSummary)),
  }),
};

/** True for a fact of a kind and shape that this version knows. Cost: O(fact). */
export function isFact(value: Json): boolean {
  if (!isFields(value)) return false;
  const kind = value['fact'];
  return typeof kind === 'string' && Object.hasOwn(shapes, kind) && shapes[kind]?.(value) === true;
}
