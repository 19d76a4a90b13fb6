// Sending what is saved, in order, and within a window; the relay's log deduplicates, so after any
// doubt the same changes are simply sent again under the same names.
import { sealedBytes } from '../causality/change.ts';
import { chainGenesis } from '../causality/hash-chain.ts';
import type { Moment } from '../moment.ts';
import type { ReplicaInput } from '../replica-input.ts';
import type { PendingChange, ReplicaState } from '../replica-state.ts';
import { pendingKey } from '../replica-state.ts';

const windowChanges = 1_024;
const pushChangesMax = 512;
const retryMs = 250;

/** Pushes from the outbox as far as the window allows. Cost: O(changes sent). */
export function pushQueue(state: ReplicaState): void {
  const { link } = state;
  if (!link.isSubscribed || state.frozen || Number.isFinite(link.retryAtMs)) return;
  while (link.outbox.length > 0 && link.inFlight < windowChanges) {
    holdTooLarge(state);
    const run = nextRun(state);
    if (run.length === 0) return;
    const first = run[0];
    const last = run.at(-1);
    if (!first || !last) return;
    link.inFlight += run.length;
    state.asked.push({
      type: 'push',
      author: first.change.author,
      firstSeq: first.change.seq,
      previous: hashBefore(state, first),
      changes: run.map((pending) => pending.change.sealed),
      last: last.change.hash,
    });
  }
}

/** What the relay would not take is not sent: the writer's tail stays here, and the status says why. */
function holdTooLarge({ link }: ReplicaState): void {
  const [first] = link.outbox;
  if (
    !first ||
    first.position !== undefined ||
    sealedBytes(first.change.sealed) <= link.changeBytesMax
  )
    return;
  const { author, seq } = first.change;
  if (!link.refused.has(author.writer)) link.refused.set(author.writer, { seq, code: 'too-large' });
}

/** The longest run of one writer's consecutive changes at the front of the outbox. */
function nextRun(state: ReplicaState): readonly PendingChange[] {
  const { outbox, refused, changeBytesMax } = state.link;
  const run: PendingChange[] = [];
  let bytes = 0;
  let taken = 0;
  for (const pending of outbox) {
    const { author, seq } = pending.change;
    const last = run.at(-1)?.change;
    const follows = !last || (last.author.writer === author.writer && last.seq + 1 === seq);
    const size = sealedBytes(pending.change.sealed);
    const isFull =
      run.length >= pushChangesMax || (run.length > 0 && bytes + size > changeBytesMax);
    const isDone = pending.position !== undefined || refused.has(author.writer);
    if (!isDone && (!follows || isFull)) break;
    taken += 1;
    if (isDone) continue;
    run.push(pending);
    bytes += size;
  }
  outbox.splice(0, taken);
  return run;
}

function hashBefore(state: ReplicaState, pending: PendingChange): Uint8Array {
  const { author, seq } = pending.change;
  const before = state.queue.get(pendingKey(author.writer, seq - 1));
  if (before) return before.change.hash;
  const committed = state.roster.get(author.writer);
  return committed?.seq === seq - 1 ? committed.hash : chainGenesis(state.hash, state.id, author);
}

/**
 * After a new subscription, or a refusal: everything saved that the relay does not have goes again.
 * What it has was acknowledged in vain, and comes back with the entries that are resumed.
 */
export function refillOutbox(state: ReplicaState): void {
  const { link } = state;
  link.inFlight = 0;
  link.outbox = [...state.queue.values()].filter(
    ({ change, isSaved, position }) =>
      isSaved &&
      position === undefined &&
      change.seq > (link.relayVector.get(change.author.writer) ?? 0),
  );
}

const worthRetrying: readonly string[] = ['gap', 'missing-dependency', 'storage-failed', 'moved'];

/** The relay refused a push. Either a retry mends it, or this writer's tail stays on this device. */
export function pushWasRefused(
  state: ReplicaState,
  refusal: Extract<ReplicaInput, { type: 'pushRefused' }>,
  moment: Moment,
): void {
  const { link } = state;
  if (worthRetrying.includes(refusal.code)) {
    link.retryAtMs = moment.monotonicMs + retryMs * (1 + moment.random);
    return;
  }
  link.refused.set(refusal.writer, { seq: refusal.seq, code: refusal.code });
  refillOutbox(state);
}
