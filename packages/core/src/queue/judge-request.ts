// May it be done now, and where? All that can be said of a request without touching the disk: known,
// valid, allowed by the table in this mode, and with what it requires in the view (ARCHITECTURE §3).
import type { Effects, Operation, Schema } from '../app/operation.ts';
import { assert, Bug } from '../assert.ts';
import { canonicalJson } from '../bytes/canonical-json.ts';
import { dedupKeyBytesMax, isDedupKey } from '../causality/change-codec.ts';
import { rightsKnown, wantRights } from '../escrow/device-rights.ts';
import type { OperationId } from '../identity.ts';
import { overlaying } from '../intents/overlay.ts';
import type { Moment } from '../moment.ts';
import type { ArgumentIssue, OpContext, Refused } from '../outcome.ts';
import { refuse } from '../outcome.ts';
import { decide } from '../partition/decide.ts';
import { homesOf } from '../partition/homes.ts';
import type { ReplicaInput } from '../replica-input.ts';
import type { DecidingOperation, ReplicaState } from '../replica-state.ts';

export type RunRequest = Extract<ReplicaInput, { type: 'runRequested' }>;
type ValidRequest = Pick<RunRequest, 'id' | 'name' | 'args' | 'bound' | 'dedupKey'>;
type AnyOperation = Operation<unknown, Effects, Schema>;

/** Validated, and sent where the table says. */
export type Prepared =
  | { readonly type: 'here'; readonly deciding: DecidingOperation }
  | {
      readonly type: 'ask';
      readonly asked: Omit<DecidingOperation, 'rows' | 'rights'>;
      /** Waiting intents whose overlays it reads. */
      readonly dependsOn: readonly OperationId[];
    }
  | Refused;

/** A request as it came: refused where anything speaks against it. */
export function judgeRequest(state: ReplicaState, request: RunRequest, moment: Moment): Prepared {
  return prepare(state, () => judge(state, request, moment));
}

/** One that was found valid before, decided anew by what holds now. */
export function judgeAgain(
  state: ReplicaState,
  operation: AnyOperation,
  request: ValidRequest,
  moment: Moment,
): Prepared {
  return prepare(state, () => consider(state, operation, request, moment));
}

/** What the application's code threw: a refusal, and raised to the caller where it is misuse. */
export function refuseThrown(state: ReplicaState, error: unknown): Refused {
  if (error instanceof Bug) state.asked.push({ type: 'raiseBug', bug: error });
  const message = error instanceof Error ? error.message : String(error);
  return refuse({ code: 'failed', message });
}

/** Whatever the application's code throws, the step goes on: nothing else may be lost by it. */
function prepare(state: ReplicaState, work: () => Prepared): Prepared {
  try {
    return work();
  } catch (error) {
    return refuseThrown(state, error);
  }
}

function judge(state: ReplicaState, request: RunRequest, moment: Moment): Prepared {
  if (state.document.isBusy) return refuse({ code: 'transaction-open' });
  const operation = operationNamed(state, request.name);
  if (!operation) {
    const known = Object.keys(state.app.operations);
    return refuse({ code: 'unknown-operation', name: request.name, known });
  }
  const validated = validate(operation, request.args, state.link.changeBytesMax);
  if ('code' in validated) return validated;
  return consider(state, operation, { ...request, args: validated.args }, moment);
}

function consider(
  state: ReplicaState,
  operation: AnyOperation,
  request: ValidRequest,
  moment: Moment,
): Prepared {
  const { name, args, bound } = request;
  const op = contextOf(state, request, moment);
  const subjects = operation.subjects?.(args) ?? [];
  const [homes, rights] = [homesOf(state), rightsKnown(state, moment)];
  const decided = state.document.read((view) =>
    decide(state.app, view, { name, args, subjects, op, bound, homes, rights }),
  ).value;
  if (decided.type === 'refused') return decided;
  const asked = { name, args, subjects, op, decision: decided.decision };
  const { refused, read } = checkRequires(state, operation, args, op);
  // What it reads may come to be only with an intent that waits: then it waits, too.
  const overlays = overlaying(state, new Set([...subjects, ...read]));
  const dependsOn = overlays.filter((other) => other !== op.id); // What it would show itself is no ground.
  if (dependsOn.length > 0) {
    const decision = { ...decided.decision, reason: 'overlay' } as const;
    return { type: 'ask', asked: { ...asked, decision }, dependsOn };
  }
  if (refused) return refused;
  wantRights(state, decided.rights);
  if (decided.type === 'ask') return { type: 'ask', asked, dependsOn: [] };
  return { type: 'here', deciding: { ...asked, rows: decided.rows, rights: decided.rights } };
}

function contextOf(
  { user, author, mode }: ReplicaState,
  { id, dedupKey }: Pick<RunRequest, 'id' | 'dedupKey'>,
  { wallMs }: Moment,
): OpContext {
  const isUsable = dedupKey === undefined || isDedupKey(dedupKey);
  assert(isUsable, 'bad-dedup-key', `a dedupKey is a text of 1 to ${dedupKeyBytesMax} bytes`);
  const { replica } = author;
  return { id, user, replica, mode, wallMs, ...(dedupKey !== undefined && { dedupKey }) };
}

export function operationNamed(state: ReplicaState, name: string): AnyOperation | undefined {
  return Object.hasOwn(state.app.operations, name) ? state.app.operations[name] : undefined;
}

function validate(
  operation: AnyOperation,
  args: unknown,
  changeBytesMax: number,
): { readonly args: unknown } | Refused {
  const answer = operation.args['~standard'].validate(args);
  if (answer instanceof Promise) {
    throw new Bug('async-schema', 'argument schemas must validate synchronously');
  }
  if (answer.issues) return refuse({ code: 'invalid-args', issues: answer.issues });
  const text = jsonOrIssue(answer.value);
  if (typeof text !== 'string') return refuse({ code: 'invalid-args', issues: [text] });
  // Half of a change is left for what `run` writes: an applied change cannot be taken back.
  if (text.length > changeBytesMax / 2) return refuse({ code: 'too-large' });
  return { args: answer.value };
}

function jsonOrIssue(value: unknown): string | ArgumentIssue {
  try {
    return canonicalJson(value);
  } catch (error) {
    if (error instanceof Bug && error.code === 'not-json') return { message: error.message };
    throw error;
  }
}

/** Bayou's dependency check, on the view of this device, and which keys it looked at. */
function checkRequires(
  state: ReplicaState,
  operation: AnyOperation,
  args: unknown,
  op: OpContext,
): { readonly refused: Refused | undefined; readonly read: readonly string[] } {
  const { requires } = operation;
  if (!requires) return { refused: undefined, read: [] };
  const { value: answer, touched } = state.document.read((view) => requires(view, args, op));
  const read = touched.flatMap(({ key }) => (key === undefined ? [] : [key]));
  if (answer === true) return { refused: undefined, read };
  const reason = answer === false ? 'requires' : answer;
  return { refused: refuse({ code: 'requires', reason }), read };
}

export function checkAgain(
  state: ReplicaState,
  operation: AnyOperation,
  args: unknown,
  op: OpContext,
): Refused | undefined {
  try {
    return checkRequires(state, operation, args, op).refused;
  } catch (error) {
    return refuseThrown(state, error);
  }
}
