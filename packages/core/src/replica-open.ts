// From what the device kept to a running replica: snapshot, log tail, then the queue on top.
import type { Change } from './causality/change.ts';
import { decodeHeader } from './causality/change-codec.ts';
import { chainGenesis, chainNext } from './causality/hash-chain.ts';
import type { LogEntry, LogHead } from './causality/log-entry.ts';
import { applyCommitted, noteOperation, takeForeign } from './causality/receive.ts';
import { emptyFold, outcomeOf } from './coordination/fold.ts';
import type { OperationId, WriterId } from './identity.ts';
import type { Moment } from './moment.ts';
import { toPosition } from './outcome.ts';
import { askStore } from './queue/ask-store.ts';
import { resumeEffects } from './queue/device-effects.ts';
import { decodeSnapshot, encodeSnapshot } from './queue/snapshot.ts';
import type { StoreCommand, StoredDocument } from './queue/stored.ts';
import type { ReplicaSetup, ReplicaState } from './replica-state.ts';

/** A tail this long is folded into a new snapshot at the next opening. */
const tailEntriesMax = 500;
const defaultChangeBytesMax = 900_000;

/**
 * Opens a replica under a fresh writer. What was saved is there at once, tentative changes of dead
 * writers included; nothing waits for the network.
 *
 * @remarks Cost: O(snapshot + tail + queue). Feed it `clockAdvanced` once to send what it asks for.
 */
export function openReplica(
  setup: ReplicaSetup,
  stored: StoredDocument,
  moment: Moment,
): ReplicaState {
  const state = emptyState(setup, moment);
  loadCommitted(state, stored, moment);
  resumeQueue(state, stored);
  resumeEffects(state, stored.effects);
  resumeEpisode(state, stored);
  releaseSettledRows(state, stored);
  return state;
}

/** A tab that died may have left in the queue what another one already saw committed. */
function resumeQueue(state: ReplicaState, stored: StoredDocument): void {
  const dequeued: { writer: WriterId; seq: number }[] = [];
  for (const { change } of stored.queue) {
    const { author, seq } = change;
    const isCommitted = seq <= (state.roster.get(author.writer)?.seq ?? 0);
    if (isCommitted) dequeued.push({ writer: author.writer, seq });
    else takeForeign(state, change);
  }
  const { head } = state;
  if (!head || dequeued.length === 0) return;
  askStore(state, { type: 'commit', entries: [], head, dequeued, settled: [] });
}

function emptyState(setup: ReplicaSetup, moment: Moment): ReplicaState {
  const never = Number.POSITIVE_INFINITY;
  return {
    ...setup,
    mode: 'suspect',
    why: 'opening',
    episode: undefined,
    episodes: [],
    episodeOperations: [],
    link: {
      isOpen: false,
      isSubscribed: false,
      hasEchoed: false,
      hasPrimary: false,
      changeBytesMax: defaultChangeBytesMax,
      outbox: [],
      inFlight: 0,
      headPosition: 0,
      relayVector: new Map(),
      retryAtMs: never,
      refused: new Map(),
    },
    head: undefined,
    auditDue: { position: 0, sinceMs: moment.monotonicMs },
    roster: new Map(),
    fold: emptyFold(),
    chain: { seq: 0, hash: chainGenesis(setup.hash, setup.id, setup.author) },
    unstatedDots: [],
    heldSiblings: [],
    queue: new Map(),
    deciding: new Map(),
    receipts: new Map(),
    committedAt: new Map(),
    awaiting: new Map(),
    lateAtMs: new Map(),
    edits: { updates: [], touched: [], sealAtMs: never },
    effects: new Map(),
    store: {
      waiting: [],
      inFlight: [],
      ticket: 0,
      failure: undefined,
      retryAtMs: never,
      attempt: 0,
    },
    frozen: undefined,
    isStepping: false,
    asked: [],
  };
}

function loadCommitted(state: ReplicaState, stored: StoredDocument, moment: Moment): void {
  if (stored.snapshot && !loadSnapshot(state, stored.snapshot.bytes)) {
    // The tail stands on it: without it nothing is known, so the log is followed from its beginning.
    state.why = 'snapshot-unreadable';
    return;
  }
  const epoch = stored.head?.epoch ?? 0;
  const start = state.head?.position ?? 0;
  const tail = stored.tail.filter((entry) => entry.position > start);
  for (const entry of tail) loadEntry(state, entry, { epoch, moment });
  if (!stored.head) return;
  const reached = tail.at(-1)?.position ?? start;
  // A gap would mean lost records: follow the log again from where the records end.
  if (reached === stored.head.position) state.head = stored.head;
  const { head } = state;
  if (tail.length > tailEntriesMax && head) askStore(state, snapshotOf(state, head));
}

/** False when it cannot be read; nothing is changed then. */
function loadSnapshot(state: ReplicaState, bytes: Uint8Array): boolean {
  const snapshot = decodeSnapshot(bytes);
  if (!snapshot || !state.document.load(snapshot.document)) return false;
  state.head = snapshot.head;
  for (const entry of snapshot.roster) state.roster.set(entry.record.writer, entry);
  state.fold = snapshot.fold;
  state.auditDue.position = snapshot.auditDuePosition;
  for (const [operation, position] of snapshot.awaiting) {
    awaitOutcome(state, operation, { epoch: snapshot.head.epoch, position });
  }
  return true;
}

/** An own operation that is in the log, and whose outcome is not known yet. */
function awaitOutcome(
  state: ReplicaState,
  operation: OperationId,
  { epoch, position }: { readonly epoch: number; readonly position: number },
): void {
  const at = toPosition(epoch, position);
  state.awaiting.set(operation, position);
  state.committedAt.set(operation, at);
  state.receipts.set(operation, { type: 'committed', position: at });
}

function loadEntry(
  state: ReplicaState,
  entry: LogEntry,
  { epoch, moment }: { readonly epoch: number; readonly moment: Moment },
): void {
  const header = decodeHeader(entry.sealed.header);
  if (!header) return;
  const { author, seq, sealed, position } = entry;
  const before = state.roster.get(author.writer)?.hash;
  const hash = chainNext(state.hash, before ?? chainGenesis(state.hash, state.id, author), sealed);
  const change: Change = { author, seq, header, sealed, hash };
  state.roster.set(author.writer, { record: author, seq, hash });
  applyCommitted(state, change, position);
  noteOperation(state, change, position, moment);
  const isOwn = author.replica === state.author.replica;
  if (isOwn && header.operation) awaitOutcome(state, header.operation.id, { epoch, position });
}

function snapshotOf(state: ReplicaState, head: LogHead): StoreCommand {
  const bytes = encodeSnapshot({
    head,
    roster: [...state.roster.values()],
    fold: state.fold,
    auditDuePosition: state.auditDue.position,
    awaiting: [...state.awaiting],
    document: state.document.save(),
  });
  return { type: 'snapshot', position: head.position, bytes };
}

/** An episode that a reload interrupted goes on: being cut is not over because a page was. */
function resumeEpisode(state: ReplicaState, stored: StoredDocument): void {
  state.episodes = stored.episodes.filter((episode) => episode.endedWallMs !== undefined);
  const open = stored.episodes.filter((episode) => episode.endedWallMs === undefined).at(-1);
  if (!open) return;
  state.episode = open;
  state.mode = 'partitioned';
  state.why = open.why;
  for (const { change } of stored.queue) {
    const { operation } = change.header;
    if (operation?.decision.mode === 'partitioned') state.episodeOperations.push(operation.id);
  }
}

/** Limit rows whose operation was confirmed before the rows could be dropped. */
function releaseSettledRows(state: ReplicaState, stored: StoredDocument): void {
  const settled = [...state.awaiting].filter(([operation, position]) =>
    outcomeOf(state.fold, operation, position),
  );
  for (const [operation, position] of settled) {
    const outcome = outcomeOf(state.fold, operation, position);
    state.awaiting.delete(operation);
    if (outcome) state.receipts.set(operation, outcome);
  }
  const queued = new Set(stored.queue.map(({ change }) => change.header.operation?.id));
  for (const { operation, state: row } of stored.rows) {
    const isOver = row === 'spent' && !queued.has(operation) && !state.awaiting.has(operation);
    if (isOver) askStore(state, { type: 'release', operation });
  }
}
