// The intents of this replica: kept on the device while they wait, handed over once recovery is done,
// and answered by the log. Until it is handed over an intent can be dropped without a trace.
import type { Bound } from '../app/operation.ts';
import type { OperationHeader } from '../causality/change.ts';
import { decodeOperationPayload } from '../causality/change-codec.ts';
import type { OperationId, WriterId } from '../identity.ts';
import type { Moment } from '../moment.ts';
import type { Refused } from '../outcome.ts';
import { isOutcome, refuse } from '../outcome.ts';
import { askStore } from '../queue/ask-store.ts';
import { sealIntent } from '../queue/seal.ts';
import type { StoreResult } from '../queue/stored.ts';
import type { KeptIntent, ReplicaState } from '../replica-state.ts';
import { raiseReceipt } from '../replica-state.ts';
import type { StoredIntent } from './intent.ts';
import { cancellationId, engineRequests, isEngineRequest } from './intent.ts';

/** Keeps it, or hands it over at once where the primary can be reached. */
export function startIntent(state: ReplicaState, intent: StoredIntent, bound?: Bound): void {
  const kept: KeptIntent = { intent, stage: 'saving', onTimeout: bound?.onTimeout ?? 'delay' };
  state.intents.set(intent.operation, kept);
  // What was handed over is regretted at once: after recovery it would have been run.
  const isUrgent = intent.name === engineRequests.cancel;
  if (isUrgent || (canSubmit(state) && intent.dependsOn.length === 0)) {
    submit(state, kept);
    return;
  }
  askStore(
    state,
    { type: 'save-intent', intent },
    { next: 'intent-saved', operation: intent.operation },
  );
}

/** It is on this device: it survives a reload. */
export function intentSaved(state: ReplicaState, operation: OperationId): void {
  const kept = state.intents.get(operation);
  if (!kept) return;
  if (kept.stage === 'saving') kept.stage = 'waiting';
  const isAsked = !isEngineRequest(kept.intent.name);
  if (state.mode === 'partitioned' && isAsked) state.episodeOperations.push(operation);
  raiseReceipt(state, operation, { type: 'saved', strength: state.strength, as: 'intent' });
}

/** After merge and audit, never on an open socket alone: the mode says when recovery is over. */
function canSubmit(state: ReplicaState): boolean {
  const { link, mode, frozen } = state;
  return mode === 'connected' && link.isSubscribed && link.hasPrimary && !frozen;
}

/** Hands over what may go now, in the order in which it was asked. Cost: O(intents). */
export function submitIntents(state: ReplicaState, moment: Moment): void {
  if (state.intents.size === 0 || !canSubmit(state)) return;
  for (const kept of state.intents.values()) {
    const { operation } = kept.intent;
    if (kept.stage !== 'waiting' || !isMine(state, kept) || state.deciding.has(operation)) continue;
    if (isAnswered(state, operation)) {
      // A restored device had forgotten that it was handed over.
      dropWaiting(state, kept, refuse({ code: 'cancelled' }));
      intentAnswered(state, operation, state.head?.position ?? 0);
      continue;
    }
    // A disk may have taken longer to keep it than it was worth.
    const ground = hasExpired(kept, moment)
      ? refuse({ code: 'expired' })
      : groundOf(state, kept.intent);
    if (ground === 'unknown') continue;
    if (ground !== 'firm') {
      dropWaiting(state, kept, ground);
      continue;
    }
    kept.stage = 'submitting';
    const { writer } = state.author;
    askStore(
      state,
      { type: 'claim-intent', operation, writer },
      { next: 'intent-claimed', operation },
    );
  }
}

/** The log says what became of it. */
export function isAnswered({ fold }: ReplicaState, operation: OperationId): boolean {
  const isRun = fold.executed.has(operation) || fold.proceeded.has(operation);
  return isRun || fold.refusedById.has(operation);
}

/** Its own writer hands it over, or an heir where that one died. */
function isMine(state: ReplicaState, { intent }: KeptIntent): boolean {
  return intent.writer === state.author.writer || !state.alive.has(intent.writer);
}

/** What it builds on was confirmed, refused, or is not known yet. (Hamsaz: dependencies) */
function groundOf(state: ReplicaState, { dependsOn }: StoredIntent): 'firm' | 'unknown' | Refused {
  for (const on of dependsOn) {
    const receipt = state.receipts.get(on);
    const isRefused = receipt?.type === 'refused' || state.fold.refusedById.has(on);
    if (isRefused) return refuse({ code: 'depends', on });
    if (state.intents.has(on) || (receipt && !isOutcome(receipt))) return 'unknown';
  }
  return 'firm';
}

export function intentClaimed(
  state: ReplicaState,
  operation: OperationId,
  result: StoreResult,
  moment: Moment,
): void {
  const kept = state.intents.get(operation);
  if (!kept) return;
  // Another tab has it, or dropped it: what becomes of it comes with the log, or from that tab.
  if (result.type === 'intent-taken') kept.stage = 'submitted';
  else submit(state, kept);
  if (state.receipts.get(operation)?.type === 'cancelling') sendCancel(state, operation, moment);
}

function submit(state: ReplicaState, kept: KeptIntent): void {
  kept.stage = 'submitted';
  kept.intent = { ...kept.intent, writer: state.author.writer };
  sealIntent(state, kept.intent);
}

/** A person, or the operation's own bound, wants it no more. */
export function cancelIntent(
  state: ReplicaState,
  operation: OperationId,
  moment: Moment,
  refusal: Refused = refuse({ code: 'cancelled' }),
): void {
  const kept = state.intents.get(operation);
  if (!kept || kept.stage === 'dropping') return; // Applied, or answered: too late.
  if (kept.stage === 'saving' || kept.stage === 'waiting') dropWaiting(state, kept, refusal);
  else askToCancel(state, operation, moment);
}

/** Once: a disk that is slow, or fails for a while, must not be asked again at every turn. */
function dropWaiting(state: ReplicaState, kept: KeptIntent, refusal: Refused): void {
  const { operation } = kept.intent;
  kept.stage = 'dropping';
  askStore(
    state,
    { type: 'drop-intent', operation },
    { next: 'intent-dropped', operation, refusal },
  );
}

export function intentDropped(
  state: ReplicaState,
  { operation, refusal }: { readonly operation: OperationId; readonly refusal: Refused },
  result: StoreResult,
  moment: Moment,
): void {
  const kept = state.intents.get(operation);
  if (!kept) return;
  if (result.type === 'intent-taken') {
    kept.stage = 'submitted';
    return askToCancel(state, operation, moment);
  }
  state.intents.delete(operation);
  state.lateAtMs.delete(operation);
  raiseReceipt(state, operation, refusal);
}

/** It may be at the relay: its result or its cancellation commits, and the log says which. */
function askToCancel(state: ReplicaState, target: OperationId, moment: Moment): void {
  raiseReceipt(state, target, { type: 'cancelling' });
  // A cancellation must not come before what it cancels.
  if (state.intents.get(target)?.stage !== 'submitting') sendCancel(state, target, moment);
}

function sendCancel(state: ReplicaState, target: OperationId, moment: Moment): void {
  const operation = cancellationId(state.author.writer, target);
  if (state.receipts.has(operation)) return; // Asked before.
  state.receipts.set(operation, { type: 'deciding' });
  startIntent(state, {
    operation,
    name: engineRequests.cancel,
    args: { operation: target },
    subjects: [],
    wallMs: moment.wallMs,
    decision: { mode: state.mode, cell: 'safe', invariant: '*', reason: 'engine' },
    expiresWallMs: undefined,
    dependsOn: [],
    writer: state.author.writer,
    state: 'waiting',
  });
}

/** What was not handed over in time goes no more. */
export function expireIntents(state: ReplicaState, moment: Moment): void {
  for (const kept of state.intents.values()) {
    if (kept.stage === 'waiting' && hasExpired(kept, moment)) {
      dropWaiting(state, kept, refuse({ code: 'expired' }));
    }
  }
}

function hasExpired({ intent }: KeptIntent, { wallMs }: Moment): boolean {
  return wallMs >= (intent.expiresWallMs ?? Number.POSITIVE_INFINITY);
}

/** When the next one expires, by the monotonic clock. */
export function nextExpiryMs(state: ReplicaState, moment: Moment): number {
  let next = Number.POSITIVE_INFINITY;
  for (const { intent, stage } of state.intents.values()) {
    if (stage === 'waiting') next = Math.min(next, intent.expiresWallMs ?? next);
  }
  return moment.monotonicMs + Math.max(0, next - moment.wallMs);
}

/** What this device keeps, as read at opening or after another tab changed it. */
export function followKept(
  state: ReplicaState,
  intents: readonly StoredIntent[],
  alive: ReadonlySet<WriterId>,
): void {
  state.alive = alive;
  for (const intent of intents) {
    const { operation } = intent;
    if (intent.state === 'dropped') {
      state.intents.delete(operation);
      raiseReceipt(state, operation, refuse({ code: 'cancelled' }));
      continue;
    }
    takeBack(state, intent);
    if (state.intents.has(operation) || isOver(state, operation)) continue;
    const stage = intent.state === 'waiting' ? 'waiting' : 'submitted';
    state.intents.set(operation, { intent, stage, onTimeout: 'delay' });
    intentSaved(state, operation);
    markCancelling(state, intent);
  }
}

/**
 * Also where it was dropped, or went on without an answer, after the disk was read: what is read late
 * must not revive it.
 */
function isOver(state: ReplicaState, operation: OperationId): boolean {
  const receipt = state.receipts.get(operation);
  const isTold = receipt !== undefined && (isOutcome(receipt) || receipt.type === 'committed');
  const isApplied = receipt?.type === 'saved' && receipt.as === 'applied';
  const isCommitted = state.own.byId.get(operation)?.as === 'applied';
  return isAnswered(state, operation) || isTold || isApplied || isCommitted;
}

/** The tab that had begun to hand it over died before there was a change of it. */
function takeBack(state: ReplicaState, intent: StoredIntent): void {
  const known = state.intents.get(intent.operation);
  if (intent.state !== 'waiting' || known?.stage !== 'submitted') return;
  if (!state.alive.has(known.intent.writer) && known.intent.writer !== state.author.writer) {
    known.stage = 'waiting'; // Whoever claims it first has it.
  }
}

/** A change of this replica that hands over an intent: from the queue, or from the log. */
export function noteHandedOver(
  state: ReplicaState,
  operation: OperationHeader,
  payload: Uint8Array,
  writer: WriterId,
): void {
  const { id, name, codeVersion, wallMs, decision, dedupKey } = operation;
  if (isAnswered(state, id)) return;
  const known = state.intents.get(id);
  const intent: StoredIntent = known?.intent ?? {
    operation: id,
    name,
    args: decodeOperationPayload(payload)?.args ?? null,
    subjects: [],
    codeVersion,
    wallMs,
    decision,
    expiresWallMs: undefined,
    dependsOn: [],
    ...(dedupKey !== undefined && { dedupKey }),
    writer,
    state: 'submitting',
  };
  state.intents.set(id, {
    intent: { ...intent, writer },
    stage: 'submitted',
    onTimeout: known?.onTimeout ?? 'delay',
  });
  raiseReceipt(state, id, { type: 'saved', strength: state.strength, as: 'intent' });
  markCancelling(state, intent);
}

function markCancelling(state: ReplicaState, { name, args }: StoredIntent): void {
  if (name !== engineRequests.cancel) return;
  const target = (args as { readonly operation?: OperationId } | null)?.operation;
  if (target && state.receipts.has(target)) raiseReceipt(state, target, { type: 'cancelling' });
}

/** The primary's answer is in the log at `position`. */
export function intentAnswered(
  state: ReplicaState,
  operation: OperationId,
  position: number,
): void {
  if (!state.intents.delete(operation)) return;
  state.lateAtMs.delete(operation);
  if (!state.awaiting.has(operation)) state.awaiting.set(operation, position);
}
