// With which version's code is an operation judged? With that of the version it was made with; the
// newest stands in for one that is not loaded, as far as it understands the operation.
// @see docs/adr/0016-checkpoints-and-versions.md
import type { AppDefinition } from '../app/app-definition.ts';
import type { Operation, Schema } from '../app/operation.ts';
import type { Json } from '../bytes/canonical-json.ts';
import type { OperationHeader } from '../causality/change.ts';
import { attempt } from './attempt.ts';
import type { PrimaryState } from './primary-state.ts';

type Versions = Pick<PrimaryState, 'definition' | 'previous'>;

/** The application's code for one operation. */
export interface OperationCode {
  /** Of the operation's version, or the newest in its place. */
  readonly definition: AppDefinition;
  /** Undefined where that version declares no such operation. */
  readonly declared: Operation<unknown, AppDefinition['effects'], Schema> | undefined;
  /** The version that it was made with is loaded. */
  readonly isLoaded: boolean;
  /** What the code is called with: as recorded, or as the newest schema reads them. */
  readonly args: unknown;
  /** Neither the version itself is loaded nor can the newest stand in: says what to load. */
  readonly missing: string | undefined;
  /** Whose policy says which keys it needs: the newest's, where that knows such an operation. */
  readonly policy: AppDefinition;
}

/** The definition of that version; undefined where it is not loaded. */
export function definitionFor(state: Versions, codeVersion: number): AppDefinition | undefined {
  const { definition, previous } = state;
  if (definition.version === codeVersion) return definition;
  return previous.find(({ version }) => version === codeVersion);
}

/** Total: a schema that throws accepts nothing. Cost: for another version than the newest, its schema's. */
export function codeOf(
  state: Versions,
  { name, codeVersion }: Pick<OperationHeader, 'name' | 'codeVersion'>,
  args: Json,
): OperationCode {
  const newest = state.definition;
  const own = definitionFor(state, codeVersion);
  const found = { isLoaded: own !== undefined, missing: undefined };
  if (own === newest) {
    return { ...found, definition: own, declared: operationOf(own, name), args, policy: newest };
  }
  const standIn = validated(newest, name, args);
  const isUnderstood = 'value' in standIn;
  if (own) {
    const policy = isUnderstood ? newest : own;
    return { ...found, definition: own, declared: operationOf(own, name), args, policy };
  }
  const remedy = `load version ${codeVersion} of "${newest.name}" beside it`;
  return {
    ...found,
    definition: newest,
    declared: operationOf(newest, name),
    args: isUnderstood ? standIn.value : args,
    missing: isUnderstood ? undefined : `version ${newest.version} ${standIn.why}: ${remedy}`,
    policy: newest,
  };
}

function operationOf({ operations }: AppDefinition, name: string): OperationCode['declared'] {
  return Object.hasOwn(operations, name) ? operations[name] : undefined;
}

function validated(
  definition: AppDefinition,
  name: string,
  args: Json,
): { readonly value: unknown } | { readonly why: string } {
  const declared = operationOf(definition, name);
  if (!declared) return { why: `has no operation "${name}"` };
  const told = attempt(() => declared.args['~standard'].validate(args));
  const isRead = 'value' in told && !(told.value instanceof Promise) && !told.value.issues;
  return isRead
    ? { value: told.value.value }
    : { why: `does not take these arguments of "${name}"` };
}
