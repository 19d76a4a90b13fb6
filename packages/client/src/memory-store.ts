// A store without a disk, with the semantics of the real one: for tests, simulation and pages where
// nothing can be kept. Several stores on one database are tabs of one profile.
import type {
  DocumentId,
  LimitRow,
  LogEntry,
  LogHead,
  QueuedChange,
  ReplicaId,
  StoreCommand,
  StoredDocument,
  StoredEffect,
  StoredEpisode,
  StoreResult,
  WriterId,
} from '@causeway/core';
import type { ReplicaStore } from './store.ts';

interface DocumentTables {
  head: LogHead | undefined;
  snapshot: StoredDocument['snapshot'];
  tail: readonly LogEntry[];
  queue: readonly QueuedChange[];
  rows: readonly LimitRow[];
  effects: ReadonlyMap<string, StoredEffect>;
  episodes: ReadonlyMap<string, StoredEpisode>;
}

/** What survives a reload: shared by the tabs of one profile. */
export interface MemoryDatabase {
  replica: ReplicaId | undefined;
  lastOrder: number;
  readonly documents: Map<DocumentId, DocumentTables>;
  readonly listeners: Set<{ owner: object; hear(document: DocumentId): void }>;
}

export function createMemoryDatabase(): MemoryDatabase {
  return { replica: undefined, lastOrder: 0, documents: new Map(), listeners: new Set() };
}

const emptyTables: DocumentTables = {
  head: undefined,
  snapshot: undefined,
  tail: [],
  queue: [],
  rows: [],
  effects: new Map(),
  episodes: new Map(),
};

export function memoryStore(database: MemoryDatabase = createMemoryDatabase()): ReplicaStore {
  const owner = {};
  const tables = (document: DocumentId) => database.documents.get(document) ?? emptyTables;
  return {
    kind: 'memory',
    strength: 'memory',
    async open({ fresh }) {
      database.replica ??= fresh;
      return { replica: database.replica };
    },
    load: async (document) => toStored(document, tables(document)),
    async commit(document, commands) {
      const draft = { ...tables(document) };
      const results = commands.map((command) => runCommand(database, draft, command));
      database.documents.set(document, draft);
      if (commands.some(({ type }) => type === 'enqueue')) {
        for (const one of database.listeners) {
          if (one.owner !== owner) queueMicrotask(() => one.hear(document));
        }
      }
      return results;
    },
    rows: async (document) => tables(document).rows,
    queueAfter: async (document, order) =>
      tables(document).queue.filter((queued) => queued.order > order),
    async releaseDead(document, alive) {
      const isAlive = (writer: WriterId) => alive.has(writer);
      const kept = tables(document);
      const rows = kept.rows.filter((row) => row.state === 'spent' || isAlive(row.writer));
      database.documents.set(document, { ...kept, rows });
    },
    documents: async () =>
      [...database.documents].map(([id, { queue }]) => ({ id, pending: queue.length })),
    onSibling(hear) {
      const listener = { owner, hear };
      database.listeners.add(listener);
      return () => database.listeners.delete(listener);
    },
    onLost: () => () => undefined,
    close: async () => undefined,
    async destroy() {
      database.documents.clear();
      database.replica = undefined;
    },
  };
}

function toStored(document: DocumentId, tables: DocumentTables): StoredDocument {
  const effects = [...tables.effects.values()];
  return { ...tables, document, effects, episodes: [...tables.episodes.values()] };
}

const done: StoreResult = { type: 'done' };

function runCommand(
  database: MemoryDatabase,
  draft: DocumentTables,
  command: StoreCommand,
): StoreResult {
  switch (command.type) {
    case 'reserve':
      return reserve(draft, command.rows);
    case 'release':
      draft.rows = draft.rows.filter((row) => row.operation !== command.operation);
      return done;
    case 'enqueue': {
      const operation = command.change.header.operation?.id;
      database.lastOrder += 1;
      draft.queue = [...draft.queue, { order: database.lastOrder, change: command.change }];
      draft.rows = draft.rows.map((row) =>
        row.operation === operation ? { ...row, state: 'spent' } : row,
      );
      for (const effect of command.effects) putEffect(draft, effect);
      return done;
    }
    case 'commit':
      return commitEntries(draft, command);
    case 'mark-effect':
      putEffect(draft, command.effect);
      return done;
    case 'save-episode':
      draft.episodes = new Map(draft.episodes).set(command.episode.id, command.episode);
      return done;
    case 'snapshot':
      draft.snapshot = { position: command.position, bytes: command.bytes };
      draft.tail = draft.tail.filter((entry) => entry.position > command.position);
      return done;
  }
}

function putEffect(draft: DocumentTables, effect: StoredEffect): void {
  draft.effects = new Map(draft.effects).set(`${effect.operation}:${effect.index}`, effect);
}

function reserve(
  draft: DocumentTables,
  rows: Extract<StoreCommand, { type: 'reserve' }>['rows'],
): StoreResult {
  for (const { invariant, key, amount, max, operation } of rows) {
    const same = draft.rows.filter((row) => row.invariant === invariant && row.key === key);
    const others = same.filter((row) => row.operation !== operation);
    const used = others.reduce((sum, row) => sum + row.amount, 0);
    if (max !== undefined && amount > 0 && used + amount > max) {
      return { type: 'limit-refused', invariant, key, remaining: Math.max(0, max - used) };
    }
  }
  const operations = new Set(rows.map((row) => row.operation));
  const kept = draft.rows.filter((row) => !operations.has(row.operation));
  draft.rows = [...kept, ...rows.map(({ max: _, ...row }) => row)];
  return done;
}

function commitEntries(
  draft: DocumentTables,
  command: Extract<StoreCommand, { type: 'commit' }>,
): StoreResult {
  const reached = draft.head?.position ?? 0;
  draft.tail = [...draft.tail, ...command.entries.filter((entry) => entry.position > reached)];
  if (command.head.position > reached) draft.head = command.head;
  const gone = new Set(command.dequeued.map(({ writer, seq }) => `${writer}:${seq}`));
  draft.queue = draft.queue.filter(
    ({ change }) => !gone.has(`${change.author.writer}:${change.seq}`),
  );
  const settled = new Set(command.settled);
  draft.rows = draft.rows.filter((row) => !settled.has(row.operation));
  return done;
}
