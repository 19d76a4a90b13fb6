// A store without a disk, with the semantics of the real one: for tests, simulation and pages where
// nothing can be kept. Several stores on one database are tabs of one profile.
import type {
  Change,
  DocumentId,
  LimitRow,
  LogEntry,
  LogHead,
  QueuedChange,
  ReplicaId,
  SealedChange,
  StoreCommand,
  StoredDocument,
  StoredEffect,
  StoredEpisode,
  StoreResult,
} from '@causeway/core';
import { bytesToJson, decodeHeader, jsonToBytes } from '@causeway/core';
import type { ReplicaStore } from './store.ts';
import {
  closedFailure,
  compareEffects,
  compareEpisodes,
  compareRows,
  StoreFailure,
} from './store.ts';

interface DocumentTables {
  head: LogHead | undefined;
  snapshot: StoredDocument['snapshot'];
  tail: readonly LogEntry[];
  queue: readonly QueuedChange[];
  rows: ReadonlyMap<string, LimitRow>;
  effects: ReadonlyMap<string, StoredEffect>;
  episodes: ReadonlyMap<string, StoredEpisode>;
}

interface Tab {
  readonly siblingListeners: Set<(document: DocumentId) => void>;
  readonly lostListeners: Set<(failure: StoreFailure) => void>;
}

/** What survives a reload: shared by the tabs of one profile. */
export interface MemoryDatabase {
  replica: ReplicaId | undefined;
  lastOrder: number;
  readonly documents: Map<DocumentId, DocumentTables>;
  readonly tabs: Set<Tab>;
}

export function createMemoryDatabase(): MemoryDatabase {
  return { replica: undefined, lastOrder: 0, documents: new Map(), tabs: new Set() };
}

const emptyTables: DocumentTables = {
  head: undefined,
  snapshot: undefined,
  tail: [],
  queue: [],
  rows: new Map(),
  effects: new Map(),
  episodes: new Map(),
};

export function memoryStore(database: MemoryDatabase = createMemoryDatabase()): ReplicaStore {
  const tab: Tab = { siblingListeners: new Set(), lostListeners: new Set() };
  database.tabs.add(tab);
  const tables = (document: DocumentId): DocumentTables => {
    if (!database.tabs.has(tab)) throw closedFailure();
    return database.documents.get(document) ?? emptyTables;
  };
  return {
    kind: 'memory',
    strength: 'memory',
    async open({ fresh }) {
      if (!database.tabs.has(tab)) throw closedFailure();
      database.replica ??= fresh;
      return { replica: database.replica };
    },
    load: async (document) => toStored(document, tables(document)),
    async commit(document, commands) {
      const draft: Draft = { ...tables(document), lastOrder: database.lastOrder };
      const results = runAll(draft, commands);
      const { lastOrder, ...changed } = draft;
      database.lastOrder = lastOrder;
      database.documents.set(document, changed);
      if (commands.some(({ type }) => type === 'enqueue')) tellSiblings(database, tab, document);
      return results;
    },
    rows: async (document) => toStored(document, tables(document)).rows,
    queueAfter: async (document, order) =>
      toStored(document, tables(document)).queue.filter((queued) => queued.order > order),
    async releaseDead(document, alive) {
      const kept = tables(document);
      const rows = [...kept.rows].filter(
        ([, row]) => row.state === 'spent' || alive.has(row.writer),
      );
      database.documents.set(document, { ...kept, rows: new Map(rows) });
    },
    async documents() {
      if (!database.tabs.has(tab)) throw closedFailure();
      return [...database.documents]
        .filter(([, { head, queue }]) => head !== undefined || queue.length > 0)
        .map(([id, { queue }]) => ({ id, pending: queue.length }))
        .sort((a, b) => (a.id < b.id ? -1 : 1));
    },
    onSibling: (listener) => listen(tab.siblingListeners, listener),
    onLost: (listener) => listen(tab.lostListeners, listener),
    async close() {
      database.tabs.delete(tab);
    },
    async destroy() {
      database.tabs.delete(tab);
      database.documents.clear();
      database.replica = undefined;
      database.lastOrder = 0;
      const failure = new StoreFailure('closed', 'another tab deleted this data', { retry: true });
      for (const { lostListeners } of database.tabs) {
        for (const tell of lostListeners) tell(failure);
      }
    },
  };
}

function listen<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Not before the commit's own answer, as with a real channel. */
function tellSiblings({ tabs }: MemoryDatabase, from: Tab, document: DocumentId): void {
  queueMicrotask(() => {
    for (const tab of tabs) {
      if (tab === from) continue;
      for (const hear of tab.siblingListeners) hear(document);
    }
  });
}

function toStored(document: DocumentId, tables: DocumentTables): StoredDocument {
  const { head, snapshot, tail, queue, rows, effects, episodes } = tables;
  return {
    document,
    head: head && copyHead(head),
    snapshot: snapshot && { position: snapshot.position, bytes: snapshot.bytes.slice() },
    tail: tail.map(copyEntry),
    queue: queue.map(({ order, change }) => ({ order, change: copyChange(change) })),
    rows: [...rows.values()].map((row) => ({ ...row })).sort(compareRows),
    effects: [...effects.values()].map(copyEffect).sort(compareEffects),
    episodes: [...episodes.values()].map(copyEpisode).sort(compareEpisodes),
    damaged: [],
  };
}

interface Draft extends DocumentTables {
  lastOrder: number;
}

function runAll(draft: Draft, commands: readonly StoreCommand[]): readonly StoreResult[] {
  try {
    return commands.map((command) => runCommand(draft, command));
  } catch (cause) {
    throw new StoreFailure('failed', 'the commands cannot be kept', { retry: true, cause });
  }
}

const done: StoreResult = { type: 'done' };

function runCommand(draft: Draft, command: StoreCommand): StoreResult {
  switch (command.type) {
    case 'reserve':
      return reserve(draft, command.rows);
    case 'release':
      dropRows(draft, [command.operation]);
      return done;
    case 'enqueue':
      enqueue(draft, command);
      return done;
    case 'commit':
      commitEntries(draft, command);
      return done;
    case 'mark-effect':
      return markEffect(draft, command);
    case 'save-episode': {
      const episode = copyEpisode(command.episode);
      draft.episodes = new Map(draft.episodes).set(episode.id, episode);
      return done;
    }
    case 'snapshot':
      takeSnapshot(draft, command);
      return done;
  }
}

type Of<T extends StoreCommand['type']> = Extract<StoreCommand, { type: T }>;

function reserve(draft: Draft, asked: Of<'reserve'>['rows']): StoreResult {
  const rows = new Map(draft.rows);
  for (const { max, ...row } of asked) {
    const { invariant, key, amount, operation } = row;
    const used = [...rows.values()]
      .filter((other) => other.invariant === invariant && other.key === key)
      .filter((other) => other.operation !== operation)
      .reduce((sum, other) => sum + other.amount, 0);
    // Written so that a broken number is refused, too.
    if (max !== undefined && !(amount <= 0) && !(used + amount <= max)) {
      return { type: 'limit-refused', invariant, key, remaining: Math.max(0, max - used) || 0 };
    }
    rows.set(JSON.stringify([invariant, key, operation]), row);
  }
  draft.rows = rows;
  return done;
}

function dropRows(draft: Draft, operations: readonly string[]): void {
  const gone = new Set(operations);
  draft.rows = new Map([...draft.rows].filter(([, row]) => !gone.has(row.operation)));
}

function enqueue(draft: Draft, { change, effects }: Of<'enqueue'>): void {
  const operation = change.header.operation?.id;
  const rows = [...draft.rows].map(([name, row]): [string, LimitRow] => [
    name,
    row.operation === operation ? { ...row, state: 'spent' } : row,
  ]);
  draft.rows = new Map(rows);
  const name = nameOf(change.author.writer, change.seq);
  const isQueued = draft.queue.some(({ change: { author, seq } }) => {
    return nameOf(author.writer, seq) === name;
  });
  // Told again: its effects may have gone on since.
  if (isQueued) return;
  draft.lastOrder += 1;
  draft.queue = [...draft.queue, { order: draft.lastOrder, change: copyChange(change) }];
  for (const effect of effects) putEffect(draft, effect);
}

function nameOf(writer: string, seq: number): string {
  return `${writer}:${seq}`;
}

function markEffect(draft: Draft, { effect, from }: Of<'mark-effect'>): StoreResult {
  const now = draft.effects.get(effectName(effect))?.state;
  if (from !== undefined && now !== from) return { type: 'effect-taken' };
  putEffect(draft, effect);
  return done;
}

function effectName(effect: StoredEffect): string {
  return `${effect.operation}:${effect.index}`;
}

function putEffect(draft: Draft, effect: StoredEffect): void {
  const name = effectName(effect);
  draft.effects = new Map(draft.effects).set(name, copyEffect(effect));
}

function commitEntries(draft: Draft, { entries, head, dequeued, settled }: Of<'commit'>): void {
  const reached = draft.head?.position ?? 0;
  const fresh = entries.filter((entry) => entry.position > reached);
  if (fresh[0]?.position === reached + 1) {
    draft.tail = [...draft.tail, ...fresh.map(copyEntry)];
    draft.head = copyHead(head);
  }
  const gone = new Set(dequeued.map(({ writer, seq }) => nameOf(writer, seq)));
  draft.queue = draft.queue.filter(
    ({ change }) => !gone.has(nameOf(change.author.writer, change.seq)),
  );
  dropRows(draft, settled);
}

function takeSnapshot(draft: Draft, { position, bytes }: Of<'snapshot'>): void {
  const isNewer = position > (draft.snapshot?.position ?? 0);
  if (!isNewer || position > (draft.head?.position ?? 0)) return;
  draft.snapshot = { position, bytes: bytes.slice() };
  draft.tail = draft.tail.filter((entry) => entry.position > position);
}

function copySealed({ header, payload, effects }: SealedChange): SealedChange {
  return { header: header.slice(), payload: payload.slice(), effects: effects.slice() };
}
function copyChange({ author, seq, header, sealed, hash }: Change): Change {
  const copy = copySealed(sealed);
  const decoded = decodeHeader(copy.header) ?? header;
  return { author: { ...author }, seq, header: decoded, sealed: copy, hash: hash.slice() };
}
function copyEntry({ position, author, seq, sealed }: LogEntry): LogEntry {
  return { position, author: { ...author }, seq, sealed: copySealed(sealed) };
}
function copyHead(head: LogHead): LogHead {
  return { ...head, prefixHash: head.prefixHash.slice(), digest: head.digest.slice() };
}
function copyEffect(effect: StoredEffect): StoredEffect {
  const { payload } = effect;
  // The form in which a disk keeps it.
  return {
    ...effect,
    payload: payload === undefined ? payload : bytesToJson(jsonToBytes(payload)),
  };
}
function copyEpisode(episode: StoredEpisode): StoredEpisode {
  return { ...episode, operations: [...episode.operations] };
}
