// One operation, start to end: validate, decide, check, reserve, apply, seal, save. The order is
// the promise: whatever is refused is refused before anything is written (ARCHITECTURE §3).
import type { EffectRecord, Effects, Operation, Schema } from '../app/operation.ts';
import { Bug } from '../assert.ts';
import { canonicalJson } from '../bytes/canonical-json.ts';
import type { OperationId } from '../identity.ts';
import type { Moment } from '../moment.ts';
import type { ArgumentIssue, OpContext, Refused } from '../outcome.ts';
import { refuse } from '../outcome.ts';
import { decide } from '../partition/decide.ts';
import type { ReplicaInput } from '../replica-input.ts';
import type { DecidingOperation, ReplicaState } from '../replica-state.ts';
import { askStore } from './ask-store.ts';
import { sealEdits, sealOperation, sealRemainder } from './seal.ts';
import type { StoreResult } from './stored.ts';

type RunRequest = Extract<ReplicaInput, { type: 'runRequested' }>;
type AnyOperation = Operation<unknown, Effects, Schema>;

/** Starts an operation. Its receipt says how it goes on. */
export function requestRun(state: ReplicaState, request: RunRequest, moment: Moment): void {
  if (state.receipts.has(request.id)) return;
  state.receipts.set(request.id, { type: 'deciding' });
  const prepared = prepare(state, request, moment);
  if ('type' in prepared) {
    state.receipts.set(request.id, prepared);
    return;
  }
  const bound = request.bound ?? state.app.operations[request.name]?.bound;
  if (bound) state.lateAtMs.set(request.id, moment.monotonicMs + bound.withinMs);
  state.deciding.set(request.id, prepared);
  const isConditional = prepared.rows.some((row) => row.max !== undefined && row.amount > 0);
  if (prepared.rows.length > 0) {
    const { id } = request;
    const { writer } = state.author;
    const rows = prepared.rows.map(
      (row) => ({ ...row, operation: id, writer, state: 'reserved' }) as const,
    );
    const next = isConditional ? ({ next: 'apply', operation: id } as const) : undefined;
    askStore(state, { type: 'reserve', rows }, next);
  }
  if (!isConditional) applyReserved(state, request.id, moment);
}

/** What the application's code threw: a refusal, and raised to the caller where it is misuse. */
function refuseThrown(state: ReplicaState, error: unknown): Refused {
  if (error instanceof Bug) state.asked.push({ type: 'raiseBug', bug: error });
  const message = error instanceof Error ? error.message : String(error);
  return refuse({ code: 'failed', message });
}

/** Whatever the application's code throws, the step goes on: nothing else may be lost by it. */
function prepare(
  state: ReplicaState,
  request: RunRequest,
  moment: Moment,
): DecidingOperation | Refused {
  try {
    return judge(state, request, moment);
  } catch (error) {
    return refuseThrown(state, error);
  }
}

/** Everything that can be refused without touching the disk. */
function judge(
  state: ReplicaState,
  request: RunRequest,
  moment: Moment,
): DecidingOperation | Refused {
  if (state.document.isBusy) return refuse({ code: 'transaction-open' });
  const operation = operationNamed(state, request.name);
  if (!operation) {
    const known = Object.keys(state.app.operations);
    return refuse({ code: 'unknown-operation', name: request.name, known });
  }
  const validated = validate(operation, request.args, state.link.changeBytesMax);
  if ('code' in validated) return validated;
  const { args } = validated;
  const op: OpContext = {
    id: request.id,
    user: state.user,
    replica: state.author.replica,
    mode: state.mode,
    wallMs: moment.wallMs,
  };
  const subjects = operation.subjects?.(args) ?? [];
  const { name } = request;
  const decided = state.document.read((view) =>
    decide(state.app, view, { name, args, subjects, op }),
  ).value;
  if (decided.type === 'refused') return decided;
  const stale = checkRequires(state, operation, args, op);
  return stale ?? { name, args, subjects, op, decision: decided.decision, rows: decided.rows };
}

function operationNamed(state: ReplicaState, name: string): AnyOperation | undefined {
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

/** Bayou's dependency check, on the view of this device. */
function checkRequires(
  state: ReplicaState,
  operation: AnyOperation,
  args: unknown,
  op: OpContext,
): Refused | undefined {
  const { requires } = operation;
  if (!requires) return undefined;
  const answer = state.document.read((view) => requires(view, args, op)).value;
  if (answer === true) return undefined;
  return refuse({ code: 'requires', reason: answer === false ? 'requires' : answer });
}

function checkAgain(
  state: ReplicaState,
  operation: AnyOperation,
  args: unknown,
  op: OpContext,
): Refused | undefined {
  try {
    return checkRequires(state, operation, args, op);
  } catch (error) {
    return refuseThrown(state, error);
  }
}

/** The stand-in limit said no; nothing was written. */
export function refuseReserved(
  state: ReplicaState,
  operation: OperationId,
  result: Extract<StoreResult, { type: 'limit-refused' }>,
): void {
  const { invariant, key, remaining } = result;
  finishRefused(state, operation, refuse({ code: 'stand-in-limit', invariant, key, remaining }));
}

function finishRefused(state: ReplicaState, operation: OperationId, refused: Refused): void {
  state.deciding.delete(operation);
  state.lateAtMs.delete(operation);
  state.receipts.set(operation, refused);
}

/** Nothing stands in the way any more: apply to the document, seal, and save. */
export function applyReserved(state: ReplicaState, id: OperationId, moment: Moment): void {
  const deciding = state.deciding.get(id);
  if (!deciding) return;
  const operation = operationNamed(state, deciding.name);
  if (!operation) throw new Bug('lost-operation', `${deciding.name} vanished from its app`);
  sealEdits(state);
  const { args, op } = deciding;
  // While the reservation was being written others may have changed what `requires` looks at.
  const stale = state.document.isBusy
    ? refuse({ code: 'transaction-open' })
    : checkAgain(state, operation, args, op);
  if (stale) return giveBack(state, id, deciding, stale);
  const effects: EffectRecord[] = [];
  const context = { ...op, effect: recorder(state, effects) };
  const ran = state.document.run({ operation: id }, (roots) => operation.run(roots, args, context));
  if (ran.type === 'threw') {
    sealRemainder(state, ran.update);
    return giveBack(state, id, deciding, refuseThrown(state, ran.error));
  }
  state.deciding.delete(id);
  sealOperation(state, deciding, ran, effects, moment);
}

function giveBack(
  state: ReplicaState,
  id: OperationId,
  deciding: DecidingOperation,
  refused: Refused,
): void {
  if (deciding.rows.length > 0) askStore(state, { type: 'release', operation: id });
  finishRefused(state, id, refused);
}

/** Effects are only recorded here; the acts follow once the record is on disk. */
function recorder(state: ReplicaState, effects: EffectRecord[]) {
  return (name: string, payload: unknown): void => {
    const type = state.app.effects[name];
    if (!type) throw new Bug('unknown-effect', `effect "${name}" is not declared in defineApp`);
    const answer = type.payload['~standard'].validate(payload);
    if (answer instanceof Promise) throw new Bug('async-schema', 'effect schemas are synchronous');
    if (answer.issues) {
      throw new Bug('invalid-effect', `${name}: ${answer.issues.map((i) => i.message).join('; ')}`);
    }
    effects.push({ index: effects.length, name, payload: answer.value });
  };
}
