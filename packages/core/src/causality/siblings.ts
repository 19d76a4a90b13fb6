// What other tabs of this replica made: shown here as tentative, once all that it stands on is here.
import type { WriterId } from '../identity.ts';
import { noteIntent } from '../intents/follow-log.ts';
import { sealEdits } from '../queue/seal.ts';
import type { QueuedChange } from '../queue/stored.ts';
import type { PendingChange, ReplicaState } from '../replica-state.ts';
import { pendingKey, raiseReceipt } from '../replica-state.ts';
import type { Change } from './change.ts';
import { decodeOperationPayload } from './change-codec.ts';

/** Other tabs saved changes: they belong to this replica, and are shown as tentative here too. */
export function receiveSiblings(state: ReplicaState, changes: readonly QueuedChange[]): void {
  state.heldSiblings.push(...changes.map((queued) => queued.change));
  releaseHeldSiblings(state);
}

/** A sibling may have seen more of the log than this tab: its changes wait for those entries. */
export function releaseHeldSiblings(state: ReplicaState): void {
  const held = state.heldSiblings;
  if (held.length === 0) return;
  state.heldSiblings = held.filter((change) => {
    if (isKnown(state, change.author.writer, change.seq)) return false;
    if (!isFounded(state, change)) return true;
    takeForeign(state, change);
    return false;
  });
}

/** Everything that its author had seen is here: entries, dots, and its own change before. */
function isFounded(state: ReplicaState, { author, seq, header }: Change): boolean {
  const { position, dots } = header.context;
  return (
    position <= (state.head?.position ?? 0) &&
    (seq === 1 || isKnown(state, author.writer, seq - 1)) &&
    dots.every((dot) => isKnown(state, dot.writer, dot.seq))
  );
}

function isKnown(state: ReplicaState, writer: WriterId, seq: number): boolean {
  const committed = state.roster.get(writer)?.seq ?? 0;
  return seq <= committed || state.queue.has(pendingKey(writer, seq));
}

/** Takes an uncommitted change of this replica that another writer made. */
export function takeForeign(state: ReplicaState, change: Change): void {
  sealEdits(state);
  const { author, seq, header, sealed, hash } = change;
  const operation = header.operation?.id;
  const update = operation ? decodeOperationPayload(sealed.payload)?.update : sealed.payload;
  noteIntent(state, change);
  const incoming = { update: update ?? new Uint8Array(0), ...(operation && { operation }) };
  const applied =
    incoming.update.length > 0 ? state.document.apply(incoming) : { type: 'applied', touched: [] };
  const pending: PendingChange = {
    change,
    touched: 'touched' in applied ? applied.touched : [],
    isApplied: applied.type === 'applied',
    isSaved: true,
    position: undefined,
  };
  state.queue.set(pendingKey(author.writer, seq), pending);
  if (operation && header.kind !== 'intent') {
    raiseReceipt(state, operation, { type: 'saved', strength: state.strength, as: 'applied' });
  }
  if (state.link.isSubscribed) state.link.outbox.push(pending);
  const others = state.unstatedDots.filter((dot) => dot.writer !== author.writer);
  state.unstatedDots = [...others, { writer: author.writer, seq, hash }];
}
