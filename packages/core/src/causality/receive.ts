// Following the log: entries come in commit order, are verified against the hash chains as a whole,
// applied, and only then kept. Anything that does not fit is refused before it touches the document.
import { isSameBytes } from '../bytes/hash.ts';
import { decodeFacts } from '../coordination/facts.ts';
import { foldFact, outcomeOf } from '../coordination/fold.ts';
import type { OperationId, WriterId } from '../identity.ts';
import type { Moment } from '../moment.ts';
import { askStore } from '../queue/ask-store.ts';
import { refillOutbox } from '../queue/push.ts';
import { sealEdits } from '../queue/seal.ts';
import type { QueuedChange } from '../queue/stored.ts';
import { replaceLostSnapshot } from '../queue/take-snapshot.ts';
import type { ArrivedItem, ReplicaInput } from '../replica-input.ts';
import type { PendingChange, ReplicaState, RosterEntry } from '../replica-state.ts';
import { pendingKey } from '../replica-state.ts';
import type { Change } from './change.ts';
import { decodeHeader, decodeOperationPayload } from './change-codec.ts';
import { headAfter, headAtStart } from './follow-head.ts';
import { chainGenesis, chainNext } from './hash-chain.ts';
import type { LogEntry, LogHead } from './log-entry.ts';

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
    noteOperation(state, change, position, moment);
  }
  state.head = verified.head;
  state.link.headPosition = Math.max(state.link.headPosition, verified.head.position);
  for (const entry of verified.roster.values()) state.roster.set(entry.record.writer, entry);
  const settled = settledOperations(state);
  askStore(
    state,
    { type: 'commit', entries, head: verified.head, dequeued, settled },
    { next: 'committed', changes: dequeued, settled, head: verified.head },
  );
  releaseHeldSiblings(state);
  replaceLostSnapshot(state);
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
  const operation = pending.change.header.operation?.id;
  if (!operation) return;
  state.lateAtMs.delete(operation);
  state.awaiting.set(operation, position);
  state.document.place(operation, position);
}

/** Applies a committed change of somebody else, or one read back from this device. */
export function applyCommitted(state: ReplicaState, change: Change, position: number): void {
  const { header, sealed } = change;
  if (header.kind === 'coordination') return applyFacts(state, sealed.payload);
  if (!header.operation) {
    state.document.apply({ update: sealed.payload, position });
    return;
  }
  const payload = decodeOperationPayload(sealed.payload);
  if (!payload || payload.update.length === 0) return;
  const operation = header.operation.id;
  state.document.apply({ update: payload.update, operation, position });
}

function applyFacts(state: ReplicaState, payload: Uint8Array): void {
  for (const fact of decodeFacts(payload) ?? []) {
    foldFact(state.fold, fact);
    if (fact.fact === 'verdict') state.document.judge([fact.verdict]);
    if (fact.fact === 'refused') {
      state.document.judge([{ operation: fact.operation, verdict: 'void' }]);
    }
  }
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

/** Other tabs saved changes: they belong to this replica, and are shown as tentative here too. */
export function receiveSiblings(state: ReplicaState, changes: readonly QueuedChange[]): void {
  state.heldSiblings.push(...changes.map((queued) => queued.change));
  releaseHeldSiblings(state);
}

/** A sibling may have seen more of the log than this tab: its changes wait for those entries. */
function releaseHeldSiblings(state: ReplicaState): void {
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
  if (operation && !state.receipts.has(operation)) {
    state.receipts.set(operation, { type: 'saved', strength: state.strength, as: 'applied' });
  }
  if (state.link.isSubscribed) state.link.outbox.push(pending);
  const others = state.unstatedDots.filter((dot) => dot.writer !== author.writer);
  state.unstatedDots = [...others, { writer: author.writer, seq, hash }];
}
