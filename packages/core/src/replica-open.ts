// From what the device kept to a running replica: snapshot, log tail, then the queue on top.
import { noOwnOperations } from './acknowledgement/own-operations.ts';
import { guardedRoots } from './app/guarded-roots.ts';
import type { Change } from './causality/change.ts';
import { sealedBytes } from './causality/change.ts';
import { decodeHeader } from './causality/change-codec.ts';
import { headAfter, headAtStart } from './causality/follow-head.ts';
import { chainGenesis, chainNext } from './causality/hash-chain.ts';
import type { LogEntry } from './causality/log-entry.ts';
import { applyCommitted, isCutOff, noteOperation } from './causality/receive.ts';
import { takeForeign } from './causality/siblings.ts';
import { emptyFold, outcomeOf } from './coordination/fold.ts';
import type { OperationId, WriterId } from './identity.ts';
import { noteIntent } from './intents/follow-log.ts';
import { isEngineRequest } from './intents/intent.ts';
import { followKept, intentSaved } from './intents/keep-intents.ts';
import type { Moment } from './moment.ts';
import { toPosition } from './outcome.ts';
import { askStore } from './queue/ask-store.ts';
import { resumeEffects } from './queue/device-effects.ts';
import { decodeSnapshot } from './queue/snapshot.ts';
import type { StoredDocument } from './queue/stored.ts';
import { isFromLog } from './queue/stored.ts';
import { askSnapshot } from './queue/take-snapshot.ts';
import { noteMerged } from './recovery/note-merged.ts';
import type { DeviceRights, ReplicaSetup, ReplicaState } from './replica-state.ts';
import { pendingKey, raiseReceipt } from './replica-state.ts';

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
  const state = emptyState(setup, stored, moment);
  const loaded = loadCommitted(state, stored, moment);
  noteLost(state, stored);
  resumeQueue(state, stored);
  followKept(state, stored.intents, state.alive);
  // When they came nobody here knows any more.
  for (const grant of state.fold.escrow.grantsById.keys()) {
    state.rights.seenMs.set(grant, Number.NEGATIVE_INFINITY);
  }
  resumeEffects(state, stored.effects);
  resumeEpisode(state, stored);
  // What another tab received meanwhile came together as well.
  if (state.episode?.merged) noteMerged(state, loaded.before, loaded.changes);
  if (loaded.changes.length > tailEntriesMax && state.head) askSnapshot(state, state.head);
  releaseSettledRows(state, stored);
  return state;
}

/** It waits for what nobody here has: shown as pending, but nothing new must stand on it. */
function setAside(state: ReplicaState, change: Change): void {
  const { author, seq, header } = change;
  const kept = { change, touched: [], isApplied: false, isSaved: true, position: undefined };
  state.queue.set(pendingKey(author.writer, seq), kept);
  noteIntent(state, change);
  const id = header.operation?.id;
  if (id) raiseReceipt(state, id, { type: 'saved', strength: state.strength, as: 'applied' });
}

/** A tab that died may have left in the queue what another one already saw committed. */
function resumeQueue(state: ReplicaState, stored: StoredDocument): void {
  const dequeued: { writer: WriterId; seq: number }[] = [];
  for (const { change } of stored.queue) {
    const { writer } = change.author;
    if (isCommitted(state, writer, change.seq)) dequeued.push({ writer, seq: change.seq });
    else if (isCutOff(state, change)) setAside(state, change);
    else takeForeign(state, change);
  }
  for (const { change } of state.damaged) {
    if (change && isCommitted(state, change.writer, change.seq)) dequeued.push(change);
  }
  const { head } = state;
  if (!head || dequeued.length === 0) return;
  askStore(state, { type: 'commit', entries: [], head, dequeued, settled: [], effects: [] });
}

function emptyState(setup: ReplicaSetup, stored: StoredDocument, moment: Moment): ReplicaState {
  const never = Number.POSITIVE_INFINITY;
  return {
    ...setup,
    alive: setup.alive ?? new Set(),
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
    intents: new Map(),
    rights: keptRights(stored),
    receipts: new Map(),
    committedAt: new Map(),
    own: noOwnOperations(),
    guardedRoots: guardedRoots(setup.app, setup.document),
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
    damaged: stored.damaged ?? [],
    lost: new Map(),
    isSnapshotLost: false,
    frozen: undefined,
    isStepping: false,
    asked: [],
  };
}

function keptRights(stored: StoredDocument): DeviceRights {
  return {
    rows: stored.rights,
    isLost: stored.damaged?.some(({ store }) => store === 'rights') ?? false,
    isStale: true,
    told: new Map(),
    wanted: new Map(),
    seenMs: new Map(),
    asked: 0,
  };
}

/** The log's changes after the snapshot. */
interface Loaded {
  readonly before: number;
  readonly changes: readonly Change[];
}

function loadCommitted(state: ReplicaState, stored: StoredDocument, moment: Moment): Loaded {
  if (stored.snapshot && !loadSnapshot(state, stored.snapshot.bytes)) {
    // The tail stands on it: without it nothing is known, so the log is followed from its beginning.
    loseSnapshot(state);
    return { before: 0, changes: [] };
  }
  if (state.damaged.some(({ store }) => store === 'snapshots')) loseSnapshot(state);
  const known = stored.head;
  if (!state.head && known) state.head = headAtStart(state.hash, state.id, known);
  const before = state.head?.position ?? 0;
  const changes: Change[] = [];
  for (const entry of stored.tail.filter(({ position }) => position > before)) {
    const change = loadEntry(state, entry, moment);
    // Where records are missing the head is not believed: the log is followed from where they end.
    if (!change) break;
    changes.push(change);
  }
  return { before, changes };
}

function loseSnapshot(state: ReplicaState): void {
  state.why = 'snapshot-unreadable';
  state.isSnapshotLost = true;
}

/** Own changes that were saved and can never be sent: unreadable, or over every relay's limit. */
function noteLost(state: ReplicaState, stored: StoredDocument): void {
  const note = (writer: WriterId, seq: number, code: 'damaged' | 'too-large'): void => {
    if (isCommitted(state, writer, seq)) return;
    if (seq < (state.lost.get(writer)?.seq ?? Number.POSITIVE_INFINITY)) {
      state.lost.set(writer, { seq, code });
    }
  };
  for (const { change } of state.damaged) if (change) note(change.writer, change.seq, 'damaged');
  for (const { change } of stored.queue) {
    const isTooLarge = sealedBytes(change.sealed) > defaultChangeBytesMax;
    if (isTooLarge) note(change.author.writer, change.seq, 'too-large');
  }
}

function isCommitted(state: ReplicaState, writer: WriterId, seq: number): boolean {
  return seq <= (state.roster.get(writer)?.seq ?? 0);
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
  for (const intent of snapshot.intents) {
    state.intents.set(intent.operation, { intent, stage: 'submitted', onTimeout: 'delay' });
    intentSaved(state, intent.operation);
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

/** Undefined where the entry does not follow what is known: nothing is changed then. */
function loadEntry(state: ReplicaState, entry: LogEntry, moment: Moment): Change | undefined {
  const header = decodeHeader(entry.sealed.header);
  const { author, seq, sealed, position } = entry;
  if (!header || !state.head || position !== state.head.position + 1) return undefined;
  const before = state.roster.get(author.writer)?.hash;
  const hash = chainNext(state.hash, before ?? chainGenesis(state.hash, state.id, author), sealed);
  const change: Change = { author, seq, header, sealed, hash };
  state.roster.set(author.writer, { record: author, seq, hash });
  applyCommitted(state, change, position);
  noteIntent(state, change);
  noteOperation(state, change, position, moment);
  const isOwn = author.replica === state.author.replica;
  const { epoch } = state.head;
  const isApplied = header.kind === 'operation';
  if (isOwn && isApplied && header.operation)
    awaitOutcome(state, header.operation.id, { epoch, position });
  state.head = headAfter(state.hash, state.head, change);
  return change;
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
  for (const { operation, name, decision } of stored.intents) {
    const isAsked = decision.mode === 'partitioned' && !isEngineRequest(name);
    if (isAsked) state.episodeOperations.push(operation);
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
    if (outcome) raiseReceipt(state, operation, outcome);
  }
  // Where committed records are missing nobody here can say what is over.
  if (state.damaged.some(isFromLog)) return;
  const queued = new Set(stored.queue.map(({ change }) => change.header.operation?.id));
  const isOver = (operation: OperationId): boolean =>
    !queued.has(operation) && !state.awaiting.has(operation);
  for (const { operation, writer, state: row } of stored.rows) {
    const isKnown = row === 'spent' && !state.lost.has(writer);
    if (isKnown && isOver(operation)) askStore(state, { type: 'release', operation });
  }
  for (const { store, operation } of state.damaged) {
    const isRow = store === 'limits' && operation !== undefined && state.lost.size === 0;
    if (isRow && isOver(operation)) askStore(state, { type: 'release', operation });
  }
}
