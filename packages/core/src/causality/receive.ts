// Following the log: entries come in commit order, are verified against the hash chains as a whole,
// applied, and only then kept. Anything that does not fit is refused before it touches the document.
import { noteOwn } from '../acknowledgement/note-own.ts';
import { isSameBytes } from '../bytes/hash.ts';
import { applyFacts, revive } from '../coordination/apply-facts.ts';
import { outcomeOf } from '../coordination/fold.ts';
import type { OperationId } from '../identity.ts';
import type { ResultEffect } from '../intents/follow-log.ts';
import { effectsOfResult, noteIntent } from '../intents/follow-log.ts';
import type { Moment } from '../moment.ts';
import { askStore } from '../queue/ask-store.ts';
import { refillOutbox } from '../queue/push.ts';
import { sealEdits } from '../queue/seal.ts';
import { noteMerged } from '../recovery/note-merged.ts';
import type { ArrivedItem, ReplicaInput } from '../replica-input.ts';
import type { PendingChange, ReplicaState, RosterEntry } from '../replica-state.ts';
import { pendingKey } from '../replica-state.ts';
import type { Change } from './change.ts';
import { decodeHeader, decodeOperationPayload } from './change-codec.ts';
import { headAfter, headAtStart } from './follow-head.ts';
import { chainGenesis, chainNext } from './hash-chain.ts';
import type { LogEntry, LogHead } from './log-entry.ts';
import { releaseHeldSiblings } from './siblings.ts';

/** The relay answered where it stands. */
export function subscribed(
  state: ReplicaState,
  answer: Extract<ReplicaInput, { type: 'subscribed' }>,
  moment: Moment,
): void {
  state.link.headPosition = answer.head.position;
  state.link.relayVector = new Map(answer.vector);
  if (answer.relation !== 'resumed') {
    // An empty or older log is an unreasonable answer: keep everything, follow nothing. (trap 12)
    state.frozen = `relay-${answer.relation}`;
    return;
  }
  state.frozen = undefined;
  state.link.isSubscribed = true;
  state.link.retryAtMs = Number.POSITIVE_INFINITY;
  state.head ??= headAtStart(state.hash, state.id, answer.head);
  state.auditDue.sinceMs = moment.monotonicMs;
  refillOutbox(state);
}

/** What the relay needs to resume: asked at each new link. */
export function askToSubscribe(state: ReplicaState): void {
  const vector = new Map<string, readonly [Change['author']['writer'], number]>();
  for (const { change, position } of state.queue.values()) {
    if (position !== undefined || isCutOff(state, change)) continue;
    vector.set(change.author.writer, [change.author.writer, change.seq]);
  }
  state.asked.push({ type: 'subscribe', known: state.head, vector: [...vector.values()] });
}

/** Nothing from a damaged change on can be sent: nobody here has what comes before it. */
export function isCutOff(state: ReplicaState, { author, seq }: Change): boolean {
  return seq >= (state.lost.get(author.writer)?.seq ?? Number.POSITIVE_INFINITY);
}

const noBytes = new Uint8Array(0);

interface Verified {
  readonly changes: readonly Change[];
  readonly head: LogHead;
  readonly roster: ReadonlyMap<string, RosterEntry>;
}

export function receiveEntries(
  state: ReplicaState,
  arrived: Extract<ReplicaInput, { type: 'entriesReceived' }>,
  moment: Moment,
): void {
  const { head } = state;
  if (!head || state.frozen) return;
  const known = head.position + 1 - arrived.from;
  if (known >= arrived.items.length && known > 0) return; // All of it was here before.
  if (known !== 0) {
    state.link.isSubscribed = false;
    return askToSubscribe(state);
  }
  const verified = verify(state, head, arrived.items);
  if (!verified || !isSameBytes(verified.head.prefixHash, arrived.prefixHash)) {
    state.frozen = 'log-diverged';
    state.asked.push({ type: 'dropLink', why: 'log-diverged' });
    return;
  }
  sealEdits(state);
  applyVerified(state, head, verified, moment);
}

/** Recomputes every hash of the batch before anything of it is applied. Cost: 3 hashes per change. */
function verify(
  state: ReplicaState,
  head: LogHead,
  items: readonly ArrivedItem[],
): Verified | undefined {
  const changes: Change[] = [];
  const roster = new Map<string, RosterEntry>();
  let reached = head;
  for (const item of items) {
    const change = linkOf(state, roster, item);
    if (!change) return undefined;
    roster.set(change.author.writer, { record: change.author, seq: change.seq, hash: change.hash });
    reached = headAfter(state.hash, reached, change);
    changes.push(change);
  }
  return { changes, head: reached, roster };
}

/** The change, if it is the next link of its writer's chain. */
function linkOf(
  state: ReplicaState,
  fresh: ReadonlyMap<string, RosterEntry>,
  item: ArrivedItem,
): Change | undefined {
  const writer = item.type === 'own' ? item.writer : item.author.writer;
  const last = fresh.get(writer) ?? state.roster.get(writer);
  if (item.seq !== (last?.seq ?? 0) + 1) return undefined;
  const mine = state.queue.get(pendingKey(writer, item.seq));
  if (item.type === 'own') return mine?.change;
  const header = decodeHeader(item.sealed.header);
  if (!header) return undefined;
  const author = last?.record ?? item.author;
  const before = last?.hash ?? chainGenesis(state.hash, state.id, author);
  const hash = chainNext(state.hash, before, item.sealed);
  // A change of this replica with other content under the same name would be a fork.
  if (mine && !isSameBytes(mine.change.hash, hash)) return undefined;
  return mine?.change ?? { author, seq: item.seq, header, sealed: item.sealed, hash };
}

function applyVerified(
  state: ReplicaState,
  before: LogHead,
  verified: Verified,
  moment: Moment,
): void {
  const entries: LogEntry[] = [];
  const dequeued: { writer: Change['author']['writer']; seq: number }[] = [];
  const effects: ResultEffect[] = [];
  for (const [index, change] of verified.changes.entries()) {
    const position = before.position + 1 + index;
    const { author, seq, sealed } = change;
    entries.push({ position, author, seq, sealed });
    const pending = state.queue.get(pendingKey(author.writer, seq));
    // Also what another tab made, though this one may not have heard of it: it waits no longer.
    if (author.replica === state.author.replica) dequeued.push({ writer: author.writer, seq });
    if (state.lost.get(author.writer)?.seq === seq) findAgain(state, author.writer);
    if (pending) {
      commitPending(state, pending, position);
      if (!pending.isApplied) applyCommitted(state, change, position);
    } else {
      applyCommitted(state, change, position);
    }
    noteIntent(state, change);
    effects.push(...effectsOfResult(state, change));
    noteOperation(state, change, position, moment);
  }
  noteMerged(state, before.position, verified.changes);
  state.head = verified.head;
  state.link.headPosition = Math.max(state.link.headPosition, verified.head.position);
  for (const entry of verified.roster.values()) state.roster.set(entry.record.writer, entry);
  const settled = settledOperations(state);
  askStore(
    state,
    {
      type: 'commit',
      entries,
      head: verified.head,
      dequeued,
      settled,
      effects: effects.map(({ effect }) => effect),
    },
    {
      next: 'committed',
      changes: dequeued,
      settled,
      head: verified.head,
      effects: effects.filter(({ isOurs }) => isOurs).map(({ effect }) => effect),
    },
  );
  releaseHeldSiblings(state);
}

/** The log has what this device lost: the writer's later changes can follow it. */
function findAgain(state: ReplicaState, writer: Change['author']['writer']): void {
  state.lost.delete(writer);
  state.damaged = state.damaged.filter(({ change }) => change?.writer !== writer);
  state.link.refused.delete(writer);
  refillOutbox(state);
}

/** A change of this replica got its position: its content is here already. */
function commitPending(state: ReplicaState, pending: PendingChange, position: number): void {
  pending.position = position;
  if (pending.isSaved && state.link.inFlight > 0) state.link.inFlight -= 1;
  const { kind, operation: named } = pending.change.header;
  const operation = named?.id;
  if (!operation) return;
  if (kind === 'intent') return noteOwn(state, pending.change, []); // It waits for its answer.
  revive(state, operation);
  state.lateAtMs.delete(operation);
  state.awaiting.set(operation, position);
  noteOwn(state, pending.change, pending.touched);
  state.document.place(operation, position);
}

/** Applies a committed change of somebody else, or one read back from this device. */
export function applyCommitted(state: ReplicaState, change: Change, position: number): void {
  const { header, sealed } = change;
  if (header.kind === 'coordination') return applyFacts(state, sealed.payload, position);
  if (!header.operation) {
    state.document.apply({ update: sealed.payload, position });
    return;
  }
  const update = decodeOperationPayload(sealed.payload)?.update ?? noBytes;
  const operation = header.operation.id;
  if (header.kind === 'operation') revive(state, operation);
  const applied = update.length > 0 && state.document.apply({ update, operation, position });
  noteOwn(state, change, applied && applied.type === 'applied' ? applied.touched : []);
}

/** The audit owes an answer for everything up to here. */
export function noteOperation(
  state: ReplicaState,
  change: Change,
  position: number,
  moment: Moment,
): void {
  if (change.header.kind !== 'operation') return;
  if (state.fold.auditedTo >= state.auditDue.position) state.auditDue.sinceMs = moment.monotonicMs;
  state.auditDue.position = position;
}

function settledOperations(state: ReplicaState): readonly OperationId[] {
  const settled: OperationId[] = [];
  for (const [operation, position] of state.awaiting) {
    if (outcomeOf(state.fold, operation, position)) settled.push(operation);
  }
  return settled;
}
