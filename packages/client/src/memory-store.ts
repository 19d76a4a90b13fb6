// A store without a disk, with the semantics of the real one: for tests, simulation and pages where
// nothing can be kept. Several stores on one database are tabs of one profile.
import type { DocumentId, ReplicaId } from '@causeway/core';
import type { DocumentTables, Draft } from './memory-commands.ts';
import { emptyTables, runAll, toStored, withoutDead } from './memory-commands.ts';
import type { ReplicaStore } from './store.ts';
import { closedFailure, concernsSiblings, StoreFailure } from './store.ts';

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
      if (commands.some(concernsSiblings)) tellSiblings(database, tab, document);
      return results;
    },
    rows: async (document) => toStored(document, tables(document)).rows,
    rights: async (document) => toStored(document, tables(document)).rights,
    intents: async (document) => toStored(document, tables(document)).intents,
    queueAfter: async (document, order) =>
      toStored(document, tables(document)).queue.filter((queued) => queued.order > order),
    async releaseDead(document, alive) {
      database.documents.set(document, withoutDead(tables(document), alive));
    },
    async documents() {
      if (!database.tabs.has(tab)) throw closedFailure();
      return listPending(database);
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

function listPending({
  documents,
}: MemoryDatabase): Awaited<ReturnType<ReplicaStore['documents']>> {
  return [...documents]
    .map(([id, { head, queue, intents }]) => {
      const waiting = [...intents.values()].filter(({ state }) => state !== 'dropped');
      return { id, head, pending: queue.length + waiting.length };
    })
    .filter(({ head, pending }) => head !== undefined || pending > 0)
    .map(({ id, pending }) => ({ id, pending }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}
