// One operation, start to end: validate, decide, check, reserve, apply, seal, save. The order is
// the promise: whatever is refused is refused before anything is written (ARCHITECTURE §3).
import type { Bound, EffectRecord, Effects, Operation, Schema } from '../app/operation.ts';
import { recordEffects } from '../app/record-effects.ts';
import { assert, Bug } from '../assert.ts';
import { canonicalJson } from '../bytes/canonical-json.ts';
import { dedupKeyBytesMax, isDedupKey } from '../causality/change-codec.ts';
import { noteRightsMoved, rightsAsked, rightsKnown, wantRights } from '../escrow/device-rights.ts';
import type { SpentRow } from '../escrow/grant.ts';
import type { OperationId } from '../identity.ts';
import type { StoredIntent } from '../intents/intent.ts';
import { cancelIntent, isAnswered, startIntent } from '../intents/keep-intents.ts';
import { overlaying } from '../intents/overlay.ts';
import type { Moment } from '../moment.ts';
import type { ArgumentIssue, OpContext, Refused } from '../outcome.ts';
import { refuse } from '../outcome.ts';
import { decide } from '../partition/decide.ts';
import { homesOf } from '../partition/homes.ts';
import type { ReplicaInput } from '../replica-input.ts';
import type { DecidingOperation, ReplicaState } from '../replica-state.ts';
import { raiseReceipt } from '../replica-state.ts';
import { askStore } from './ask-store.ts';
import { asJson, sealEdits, sealOperation, sealRemainder } from './seal.ts';
import type { StoreResult } from './stored.ts';

type RunRequest = Extract<ReplicaInput, { type: 'runRequested' }>;
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

/** Starts an operation. Its receipt says how it goes on. */
export function requestRun(state: ReplicaState, request: RunRequest, moment: Moment): void {
  if (state.receipts.has(request.id)) return;
  state.receipts.set(request.id, { type: 'deciding' });
  const bound = request.bound ?? state.app.operations[request.name]?.bound;
  const prepared = prepare(state, () =>
    judge(state, { ...request, ...(bound && { bound }) }, moment),
  );
  if (prepared.type === 'refused') {
    state.receipts.set(request.id, prepared);
    return;
  }
  if (bound) state.lateAtMs.set(request.id, moment.monotonicMs + bound.withinMs);
  if (prepared.type === 'ask') askPrimary(state, request, prepared, bound, moment);
  else reserve(state, request.id, prepared.deciding, moment);
}

/** It becomes an intent; refused where it could only wait in vain. */
export function askPrimary(
  state: ReplicaState,
  request: Pick<RunRequest, 'id' | 'expiresInMs' | 'dependsOn'>,
  { asked, dependsOn }: Extract<Prepared, { type: 'ask' }>,
  bound: Bound | undefined,
  moment: Moment,
): void {
  const { name, args, subjects, op, decision } = asked;
  const isCut = state.mode === 'partitioned';
  if (state.link.isOpen && !isCut && !state.link.hasPrimary) {
    return finishRefused(state, request.id, refuse({ code: 'no-primary' }), moment);
  }
  // It would only wait for its bound: better said at once.
  if (isCut && bound?.onTimeout === 'cancel') {
    return finishRefused(state, request.id, refuse({ code: 'timed-out' }), moment);
  }
  const { expiresInMs } = request;
  const intent: StoredIntent = {
    operation: op.id,
    name,
    args: asJson(args),
    subjects,
    codeVersion: state.app.version,
    wallMs: moment.wallMs,
    decision,
    expiresWallMs: expiresInMs === undefined ? undefined : moment.wallMs + expiresInMs,
    dependsOn: [...(request.dependsOn ?? []), ...dependsOn],
    ...(op.dedupKey !== undefined && { dedupKey: op.dedupKey }),
    writer: state.author.writer,
    state: 'waiting',
  };
  startIntent(state, intent, bound);
}

function reserve(
  state: ReplicaState,
  operation: OperationId,
  deciding: DecidingOperation,
  moment: Moment,
): void {
  state.deciding.set(operation, deciding);
  const asked = rightsAsked(state, deciding.rights, moment);
  const isLimited = deciding.rows.some((row) => row.max !== undefined && row.amount > 0);
  const isConditional = isLimited || asked.length > 0;
  if (deciding.rows.length + asked.length > 0) {
    const { writer } = state.author;
    const rows = deciding.rows.map(
      (row) => ({ ...row, operation, writer, state: 'reserved' }) as const,
    );
    const next = isConditional ? ({ next: 'apply', operation } as const) : undefined;
    const rights = asked.length > 0 ? { rights: { operation, writer, asked } } : {};
    askStore(state, { type: 'reserve', rows, ...rights }, next);
  }
  if (!isConditional) applyReserved(state, operation, moment);
}

/**
 * The bound of an intent has passed. `cancel`: it is refused; `proceed`: it is done here, as its row
 * allows while cut off, under the same id; `delay`: it goes on waiting.
 */
export function followLate(state: ReplicaState, operation: OperationId, moment: Moment): void {
  const kept = state.intents.get(operation);
  const isRegretted = state.receipts.get(operation)?.type === 'cancelling';
  if (!kept || kept.onTimeout === 'delay' || isRegretted) return;
  const timedOut = refuse({ code: 'timed-out' });
  if (kept.onTimeout === 'cancel') return cancelIntent(state, operation, moment, timedOut);
  const { name, args, dedupKey } = kept.intent;
  const known = operationNamed(state, name);
  if (!known) return cancelIntent(state, operation, moment, timedOut);
  const prepared = prepare(state, () =>
    consider(
      state,
      known,
      { id: operation, name, args, ...(dedupKey !== undefined && { dedupKey }) },
      moment,
    ),
  );
  if (prepared.type === 'here') reserve(state, operation, prepared.deciding, moment);
  else if (prepared.type === 'refused') cancelIntent(state, operation, moment, prepared);
}

/** What the application's code threw: a refusal, and raised to the caller where it is misuse. */
function refuseThrown(state: ReplicaState, error: unknown): Refused {
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

/** Everything that can be refused without touching the disk. */
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
  request: Pick<RunRequest, 'id' | 'name' | 'args' | 'bound' | 'dedupKey'>,
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

function checkAgain(
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

/** The stand-in limit said no; nothing was written. */
export function refuseReserved(
  state: ReplicaState,
  operation: OperationId,
  result: Extract<StoreResult, { type: 'limit-refused' | 'rights-refused' }>,
  moment: Moment,
): void {
  const { invariant, key, remaining } = result;
  if (result.type === 'rights-refused') {
    // Another tab took them between the decision and the disk.
    const refused = refuse({ code: 'no-rights', invariant, key, remaining });
    return finishRefused(state, operation, refused, moment);
  }
  const refused = refuse({ code: 'stand-in-limit', invariant, key, remaining });
  finishRefused(state, operation, refused, moment);
}

/** One that proceeds after its bound may be at the relay as an intent: then that is cancelled. */
function finishRefused(
  state: ReplicaState,
  operation: OperationId,
  refused: Refused,
  moment: Moment,
): void {
  state.deciding.delete(operation);
  state.lateAtMs.delete(operation);
  if (isAnswered(state, operation)) return; // The primary was faster: its answer counts.
  if (state.intents.has(operation)) cancelIntent(state, operation, moment, refused);
  else raiseReceipt(state, operation, refused);
}

/** Nothing stands in the way any more: apply to the document, seal, and save. */
export function applyReserved(
  state: ReplicaState,
  id: OperationId,
  moment: Moment,
  spent: readonly SpentRow[] = [],
): void {
  const deciding = state.deciding.get(id);
  if (!deciding) return;
  const operation = operationNamed(state, deciding.name);
  if (!operation) throw new Bug('lost-operation', `${deciding.name} vanished from its app`);
  if (isAnswered(state, id))
    return giveBack(state, deciding, refuse({ code: 'cancelled' }), moment);
  sealEdits(state);
  const { args, op } = deciding;
  // While the reservation was being written others may have changed what `requires` looks at.
  const stale = state.document.isBusy
    ? refuse({ code: 'transaction-open' })
    : checkAgain(state, operation, args, op);
  if (stale) return giveBack(state, deciding, stale, moment);
  const effects: EffectRecord[] = [];
  const context = { ...op, effect: recordEffects(state.app.effects, effects) };
  const ran = state.document.run({ operation: id }, (roots) => operation.run(roots, args, context));
  if (ran.type === 'threw') {
    sealRemainder(state, ran.update);
    return giveBack(state, deciding, refuseThrown(state, ran.error), moment);
  }
  state.deciding.delete(id);
  state.intents.delete(id); // It proceeds: what the primary may make of it counts under the same id.
  sealOperation(state, deciding, { ran, effects, spent }, moment);
}

function giveBack(
  state: ReplicaState,
  { op, rows, rights }: DecidingOperation,
  refused: Refused,
  moment: Moment,
): void {
  if (rows.length + rights.length > 0) askStore(state, { type: 'release', operation: op.id });
  noteRightsMoved(state, [op.id], 'released');
  finishRefused(state, op.id, refused, moment);
}

/** Effects are only recorded here; the acts follow once the record is on disk. */
