// One operation, start to end: validate, decide, check, reserve, apply, seal, save. The order is
// the promise: whatever is refused is refused before anything is written (ARCHITECTURE §3).
import type { Bound, EffectRecord } from '../app/operation.ts';
import { recordEffects } from '../app/record-effects.ts';
import { Bug } from '../assert.ts';
import { noteRightsMoved, rightsAsked } from '../escrow/device-rights.ts';
import type { SpentRow } from '../escrow/grant.ts';
import type { OperationId } from '../identity.ts';
import type { StoredIntent } from '../intents/intent.ts';
import { cancelIntent, isAnswered, startIntent } from '../intents/keep-intents.ts';
import type { Moment } from '../moment.ts';
import type { Refused } from '../outcome.ts';
import { refuse } from '../outcome.ts';
import type { DecidingOperation, ReplicaState } from '../replica-state.ts';
import { raiseReceipt } from '../replica-state.ts';
import { askStore } from './ask-store.ts';
import {
  checkAgain,
  judgeAgain,
  judgeRequest,
  operationNamed,
  type Prepared,
  type RunRequest,
  refuseThrown,
} from './judge-request.ts';
import { asJson, sealEdits, sealOperation, sealRemainder } from './seal.ts';
import type { StoreResult } from './stored.ts';

/** Starts an operation. Its receipt says how it goes on. */
export function requestRun(state: ReplicaState, request: RunRequest, moment: Moment): void {
  if (state.receipts.has(request.id)) return;
  state.receipts.set(request.id, { type: 'deciding' });
  const bound = request.bound ?? state.app.operations[request.name]?.bound;
  const prepared = judgeRequest(state, { ...request, ...(bound && { bound }) }, moment);
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
  const request = { id: operation, name, args, ...(dedupKey !== undefined && { dedupKey }) };
  const prepared = judgeAgain(state, known, request, moment);
  if (prepared.type === 'here') reserve(state, operation, prepared.deciding, moment);
  else if (prepared.type === 'refused') cancelIntent(state, operation, moment, prepared);
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
