// What people ask first: is my work saved, and which of it is pending? Derived from facts, each time.
import { touchName } from './acknowledgement/own-operations.ts';
import type { Touch } from './app/document-type.ts';
import type { Json } from './bytes/canonical-json.ts';
import { decodeOperationPayload } from './causality/change-codec.ts';
import type { VersionVector } from './causality/version-vector.ts';
import type { OperationId, WriterId } from './identity.ts';
import { isEngineRequest } from './intents/intent.ts';
import type { Mode, Strength } from './outcome.ts';
import type { DamagedRecord } from './queue/stored.ts';
import type { ReplicaState } from './replica-state.ts';

export interface ReplicaStatus {
  readonly mode: Mode;
  /** Why partition mode began, or why the log cannot be followed. */
  readonly why: string;
  readonly episode: string | undefined;
  readonly storage: Strength | 'storage-failed';
  /** Changes of this replica not yet committed, unsealed edits counted as one. */
  readonly pending: number;
  /** Of those, not even on this device yet. */
  readonly unsaved: number;
  /** Everything this replica has is committed. */
  readonly synced: boolean;
  readonly audit: 'current' | 'behind' | 'none';
  /** Intents that have no answer from the primary yet, wherever they are. */
  readonly delayed: number;
  /** What this device could not read back: kept as it is, for export. */
  readonly damaged: readonly DamagedRecord[];
  /** The relay refused changes of this device for good: they stay here. */
  readonly refused: string | undefined;
}

/** Cost: O(queue). */
export function statusOf(state: ReplicaState): ReplicaStatus {
  let pending = state.edits.updates.length > 0 ? 1 : 0;
  let unsaved = pending;
  for (const { position, isSaved } of state.queue.values()) {
    if (position === undefined) pending += 1;
    if (!isSaved) unsaved += 1;
  }
  let delayed = 0;
  for (const { intent, stage } of state.intents.values()) {
    if (!isEngineRequest(intent.name)) delayed += 1;
    if (stage === 'submitted') continue; // Counted with the queue, as long as it is in there.
    pending += 1;
    if (stage === 'saving') unsaved += 1;
  }
  const isAudited = state.fold.auditedTo >= state.auditDue.position;
  const [refused] = state.link.refused.values();
  return {
    mode: state.mode,
    why: state.frozen ?? state.why,
    episode: state.episode?.id,
    storage: state.store.failure ? 'storage-failed' : state.strength,
    pending,
    unsaved,
    synced:
      pending === 0 &&
      state.deciding.size === 0 &&
      state.frozen === undefined &&
      state.lost.size === 0,
    audit: !state.link.hasPrimary ? 'none' : isAudited ? 'current' : 'behind',
    delayed,
    damaged: state.damaged,
    refused: refused?.code,
  };
}

/** A named operation that is tentative: on this device, not yet committed. */
export interface PendingOperation {
  readonly id: OperationId;
  readonly name: string;
  readonly args: Json;
  readonly mode: Mode;
  readonly wallMs: number;
  readonly isSaved: boolean;
  /** `intent`: it has not happened; the primary decides. */
  readonly as: 'applied' | 'intent';
}

/** What is tentative or waits for the primary, by name, oldest first. Cost: O(queue + intents). */
export function pendingOperations(state: ReplicaState): readonly PendingOperation[] {
  const list: PendingOperation[] = [];
  for (const { change, position, isSaved } of state.queue.values()) {
    const operation = change.header.operation;
    if (!operation || position !== undefined || change.header.kind === 'intent') continue;
    const args = decodeOperationPayload(change.sealed.payload)?.args ?? null;
    const { id, name, wallMs, decision } = operation;
    list.push({ id, name, args, mode: decision.mode, wallMs, isSaved, as: 'applied' });
  }
  for (const { intent, stage } of state.intents.values()) {
    const { operation: id, name, args, wallMs, decision } = intent;
    if (isEngineRequest(name)) continue;
    const isSaved = stage !== 'saving';
    list.push({ id, name, args, mode: decision.mode, wallMs, isSaved, as: 'intent' });
  }
  return list.sort((a, b) => a.wallMs - b.wallMs);
}

/** True when something not yet committed touched one of these keys or roots. Cost: O(queue). */
export function isTentative(state: ReplicaState, read: readonly Touch[]): boolean {
  const wanted = new Set(read.map(touchName));
  const isTouched = (touch: Touch) => wanted.has(touchName(touch));
  if (state.edits.touched.some(isTouched)) return true;
  for (const { position, touched } of state.queue.values()) {
    if (position === undefined && touched.some(isTouched)) return true;
  }
  return false;
}

/** What is seen of each writer, committed and pending. Cost: O(writers + queue). */
export function versionVector(state: ReplicaState): VersionVector {
  const vector = new Map<WriterId, number>();
  for (const { record, seq } of state.roster.values()) vector.set(record.writer, seq);
  for (const { change } of state.queue.values()) {
    const { writer } = change.author;
    vector.set(writer, Math.max(change.seq, vector.get(writer) ?? 0));
  }
  return vector;
}
