// Turning work into changes: a header, a payload, a link in this writer's hash chain. Hashes are
// computed per sealed change, never per keystroke; runs of edits wait 12 ms for each other.
import type { Ran, Touch } from '../app/document-type.ts';
import type { EffectRecord } from '../app/operation.ts';
import type { Json } from '../bytes/canonical-json.ts';
import { jsonToBytes } from '../bytes/canonical-json.ts';
import type { Change, ChangeHeader } from '../causality/change.ts';
import { encodeHeader, encodeOperationPayload } from '../causality/change-codec.ts';
import { chainNext } from '../causality/hash-chain.ts';
import type { SpentRow } from '../escrow/grant.ts';
import type { OperationId } from '../identity.ts';
import type { StoredIntent } from '../intents/intent.ts';
import type { Moment } from '../moment.ts';
import { editId } from '../recovery/edit-id.ts';
import type { DecidingOperation, ReplicaState } from '../replica-state.ts';
import { pendingKey, raiseReceipt } from '../replica-state.ts';
import { askStore } from './ask-store.ts';
import type { StoredEffect } from './stored.ts';

/** Within one animation frame, and long enough to gather what one keystroke causes. */
const sealAfterMs = 12;
const noBytes = new Uint8Array(0);

export function captureEdit(
  state: ReplicaState,
  update: Uint8Array,
  touched: readonly Touch[],
  moment: Moment,
): void {
  const { edits } = state;
  edits.updates.push(update);
  edits.touched.push(...touched);
  edits.sealAtMs = Math.min(edits.sealAtMs, moment.monotonicMs + sealAfterMs);
}

/** Closes the run of edits, if there is one. */
export function sealEdits(state: ReplicaState): void {
  const { updates, touched } = state.edits;
  if (updates.length === 0) return;
  state.edits = { updates: [], touched: [], sealAtMs: Number.POSITIVE_INFINITY };
  const payload = state.document.merge(updates);
  const guarded = touched.filter(({ root }) => state.guardedRoots.has(root));
  for (const { root } of guarded) {
    if (state.own.guardedEdits.has(root)) continue;
    state.own.guardedEdits.set(root, editId(state.author.writer, state.chain.seq + 1));
  }
  // Named, so that whatever the primary appends beside it has seen it first.
  const kind = guarded.length > 0 ? 'guarded-edit' : 'edit';
  enqueue(state, { kind }, payload, { touched, effects: [], isStrict: false });
}

/** What a throwing `run` left in the CRDT's clocks: no content, but a link others must have. */
export function sealRemainder(state: ReplicaState, update: Uint8Array): void {
  if (update.length === 0) return;
  enqueue(state, { kind: 'edit' }, update, { touched: [], effects: [], isStrict: false });
}

export function sealOperation(
  state: ReplicaState,
  deciding: DecidingOperation,
  {
    ran,
    effects,
    spent,
  }: {
    readonly ran: Extract<Ran, { type: 'ran' }>;
    readonly effects: readonly EffectRecord[];
    readonly spent: readonly SpentRow[];
  },
  moment: Moment,
): void {
  const { op, name, decision } = deciding;
  const operation = {
    id: op.id,
    name,
    codeVersion: state.app.version,
    user: op.user.id,
    wallMs: moment.wallMs,
    decision,
    ...(spent.length > 0 && { rights: spent }),
    ...(op.dedupKey !== undefined && { dedupKey: op.dedupKey }),
  };
  const args = asJson(deciding.args);
  const payload = encodeOperationPayload({ args, update: ran.update });
  enqueue(state, { kind: 'operation', operation }, payload, {
    touched: ran.touched,
    effects,
    isStrict: true,
  });
}

/** Name and arguments, and no content yet: the primary makes that. */
export function sealIntent(state: ReplicaState, intent: StoredIntent): void {
  const { operation: id, name, wallMs, decision, dedupKey } = intent;
  const { app, user } = state;
  const { codeVersion = app.version } = intent;
  const operation = {
    ...{ id, name, codeVersion, user: user.id, wallMs, decision },
    ...(dedupKey !== undefined && { dedupKey }),
  };
  const payload = encodeOperationPayload({ args: intent.args, update: noBytes });
  enqueue(state, { kind: 'intent', operation }, payload, {
    touched: [],
    effects: [],
    isStrict: true,
  });
}

/** The canonical form is what is stored and what every replica audits with. */
export function asJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value));
}

function enqueue(
  state: ReplicaState,
  what: Omit<ChangeHeader, 'context' | 'effects'>,
  payload: Uint8Array,
  o: {
    readonly touched: readonly Touch[];
    readonly effects: readonly EffectRecord[];
    readonly isStrict: boolean;
  },
): void {
  const effectBytes = o.effects.length > 0 ? jsonToBytes(o.effects) : noBytes;
  const header: ChangeHeader = {
    ...what,
    context: {
      epoch: state.head?.epoch ?? 0,
      position: state.head?.position ?? 0,
      dots: state.unstatedDots,
    },
    ...(o.effects.length > 0 && {
      effects: { count: o.effects.length, hash: state.hash(effectBytes) },
    }),
  };
  state.unstatedDots = [];
  const sealed = { header: encodeHeader(header), payload, effects: effectBytes };
  const hash = chainNext(state.hash, state.chain.hash, sealed);
  const seq = state.chain.seq + 1;
  state.chain = { seq, hash };
  const change: Change = { author: state.author, seq, header, sealed, hash };
  state.queue.set(pendingKey(change.author.writer, seq), {
    change,
    touched: o.touched,
    isApplied: true,
    isSaved: false,
    position: undefined,
  });
  const effects = change.header.operation
    ? deviceEffects(state, change.header.operation.id, o.effects)
    : [];
  askStore(
    state,
    { type: 'enqueue', change, effects, isStrict: o.isStrict },
    { next: 'saved', change, effects },
  );
}

/** The acts of an operation that happen on this device. */
export function deviceEffects(
  state: ReplicaState,
  operation: OperationId,
  records: readonly EffectRecord[],
): readonly StoredEffect[] {
  return records
    .filter((record) => state.app.effects[record.name]?.runs === 'device')
    .map((record) => ({ ...record, operation, state: 'recorded' }));
}

/** The change is on this device: it may be shown as saved, and sent. (I1) */
export function changeSaved(state: ReplicaState, change: Change): void {
  const pending = state.queue.get(pendingKey(change.author.writer, change.seq));
  if (pending) {
    pending.isSaved = true;
    if (state.link.isSubscribed) state.link.outbox.push(pending);
  }
  const operation = change.header.operation?.id;
  if (!operation) return;
  const as = change.header.kind === 'intent' ? 'intent' : 'applied';
  raiseReceipt(state, operation, { type: 'saved', strength: state.strength, as });
  if (state.mode === 'partitioned') state.episodeOperations.push(operation);
}
