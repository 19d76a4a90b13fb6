// Turning work into changes: a header, a payload, a link in this writer's hash chain. Hashes are
// computed per sealed change, never per keystroke; runs of edits wait 12 ms for each other.
import type { Ran, Touch } from '../app/document-type.ts';
import type { EffectRecord } from '../app/operation.ts';
import { jsonToBytes } from '../bytes/canonical-json.ts';
import type { Change, ChangeHeader } from '../causality/change.ts';
import { encodeHeader, encodeOperationPayload } from '../causality/change-codec.ts';
import { chainNext } from '../causality/hash-chain.ts';
import type { Moment } from '../moment.ts';
import type { DecidingOperation, ReplicaState } from '../replica-state.ts';
import { pendingKey } from '../replica-state.ts';
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
  enqueue(state, { kind: 'edit' }, payload, { touched, effects: [], isStrict: false });
}

/** What a throwing `run` left in the CRDT's clocks: no content, but a link others must have. */
export function sealRemainder(state: ReplicaState, update: Uint8Array): void {
  if (update.length === 0) return;
  enqueue(state, { kind: 'edit' }, update, { touched: [], effects: [], isStrict: false });
}

export function sealOperation(
  state: ReplicaState,
  deciding: DecidingOperation,
  ran: Extract<Ran, { type: 'ran' }>,
  effects: readonly EffectRecord[],
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
  };
  const args = asJson(deciding.args);
  const payload = encodeOperationPayload({ args, update: ran.update });
  enqueue(state, { kind: 'operation', operation }, payload, {
    touched: ran.touched,
    effects,
    isStrict: true,
  });
}

/** The canonical form is what is stored and what every replica audits with. */
function asJson(value: unknown) {
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
  const effects = storedEffects(state, change, o.effects);
  askStore(
    state,
    { type: 'enqueue', change, effects, isStrict: o.isStrict },
    { next: 'saved', change, effects },
  );
}

function storedEffects(
  state: ReplicaState,
  change: Change,
  records: readonly EffectRecord[],
): readonly StoredEffect[] {
  const operation = change.header.operation?.id;
  if (!operation) return [];
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
  state.receipts.set(operation, { type: 'saved', strength: state.strength, as: 'applied' });
  if (state.mode === 'partitioned') state.episodeOperations.push(operation);
}
