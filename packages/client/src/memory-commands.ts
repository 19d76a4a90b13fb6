// The commands of one document on its tables in memory: all of them, or none.
import type {
  DocumentId,
  LimitRow,
  LogEntry,
  LogHead,
  OperationId,
  QueuedChange,
  RightsRow,
  StoreCommand,
  StoredDocument,
  StoredEffect,
  StoredEpisode,
  StoredIntent,
  StoreResult,
  WriterId,
} from '@causeway/core';
import { moveRights, takeRights } from '@causeway/core';
import {
  copyChange,
  copyEffect,
  copyEntry,
  copyEpisode,
  copyHead,
  copyIntent,
} from './memory-copies.ts';
import {
  compareEffects,
  compareEpisodes,
  compareIntents,
  compareRows,
  StoreFailure,
} from './store.ts';

export interface DocumentTables {
  head: LogHead | undefined;
  snapshot: StoredDocument['snapshot'];
  tail: readonly LogEntry[];
  queue: readonly QueuedChange[];
  rows: ReadonlyMap<string, LimitRow>;
  effects: ReadonlyMap<string, StoredEffect>;
  episodes: ReadonlyMap<string, StoredEpisode>;
  intents: ReadonlyMap<OperationId, StoredIntent>;
  rights: readonly RightsRow[];
}

export const emptyTables: DocumentTables = {
  head: undefined,
  snapshot: undefined,
  tail: [],
  queue: [],
  rows: new Map(),
  effects: new Map(),
  episodes: new Map(),
  intents: new Map(),
  rights: [],
};

export function toStored(document: DocumentId, tables: DocumentTables): StoredDocument {
  const { head, snapshot, tail, queue, rows, effects, episodes, intents, rights } = tables;
  return {
    document,
    head: head && copyHead(head),
    snapshot: snapshot && { position: snapshot.position, bytes: snapshot.bytes.slice() },
    tail: tail.map(copyEntry),
    queue: queue.map(({ order, change }) => ({ order, change: copyChange(change) })),
    rows: [...rows.values()].map((row) => ({ ...row })).sort(compareRows),
    effects: [...effects.values()].map(copyEffect).sort(compareEffects),
    episodes: [...episodes.values()].map(copyEpisode).sort(compareEpisodes),
    intents: [...intents.values()].map(copyIntent).sort(compareIntents),
    rights: rights.map((row) => ({ ...row })),
    damaged: [],
  };
}

/** What never became a change of a writer that is not alive: gone, or waiting again. */
export function withoutDead(kept: DocumentTables, alive: ReadonlySet<WriterId>): DocumentTables {
  const rows = [...kept.rows].filter(([, row]) => row.state === 'spent' || alive.has(row.writer));
  const intents = [...kept.intents].flatMap(([id, intent]): [OperationId, StoredIntent][] => {
    if (alive.has(intent.writer)) return [[id, intent]];
    return intent.state === 'dropped' ? [] : [[id, { ...intent, state: 'waiting' }]];
  });
  const dead = kept.rights.filter(
    ({ state, writer }) => state === 'reserved' && !alive.has(writer),
  );
  const operations = new Set(dead.map(({ operation }) => operation));
  const rights = moveRights(kept.rights, operations, 'released');
  return { ...kept, rows: new Map(rows), intents: new Map(intents), rights };
}

export interface Draft extends DocumentTables {
  lastOrder: number;
}

export function runAll(draft: Draft, commands: readonly StoreCommand[]): readonly StoreResult[] {
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
      return reserve(draft, command);
    case 'release':
      dropRows(draft, [command.operation]);
      draft.rights = moveRights(draft.rights, new Set([command.operation]), 'released');
      return done;
    case 'forget-grants':
      draft.rights = draft.rights.filter(({ grant }) => !command.grants.includes(grant));
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
    case 'save-intent':
      // Told again it may have gone on since.
      if (!draft.intents.has(command.intent.operation)) putIntent(draft, command.intent);
      return done;
    case 'claim-intent':
      return claimIntent(draft, command);
    case 'drop-intent':
      return dropIntent(draft, command.operation);
    case 'snapshot':
      takeSnapshot(draft, command);
      return done;
  }
}

type Of<T extends StoreCommand['type']> = Extract<StoreCommand, { type: T }>;

function reserve(draft: Draft, { rows: asked, rights }: Of<'reserve'>): StoreResult {
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
  if (!rights) {
    draft.rows = rows;
    return done;
  }
  const taken = takeRights(draft.rights, rights);
  if ('type' in taken) return taken;
  draft.rows = rows;
  draft.rights = [...draft.rights, ...taken.rows];
  return { type: 'rights-reserved', rows: taken.rows };
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
  if (operation) {
    forgetIntent(draft, operation);
    draft.rights = moveRights(draft.rights, new Set([operation]), 'saved');
  }
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

function putIntent(draft: Draft, intent: StoredIntent): void {
  draft.intents = new Map(draft.intents).set(intent.operation, copyIntent(intent));
}

function claimIntent(draft: Draft, { operation, writer }: Of<'claim-intent'>): StoreResult {
  const kept = draft.intents.get(operation);
  if (kept?.state !== 'waiting') return { type: 'intent-taken' };
  putIntent(draft, { ...kept, writer, state: 'submitting' });
  return done;
}

function dropIntent(draft: Draft, operation: OperationId): StoreResult {
  const kept = draft.intents.get(operation);
  if (kept?.state !== 'waiting') return { type: 'intent-taken' };
  putIntent(draft, { ...kept, state: 'dropped' });
  return done;
}

function forgetIntent(draft: Draft, operation: OperationId): void {
  draft.intents = new Map([...draft.intents].filter(([id]) => id !== operation));
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

function commitEntries(
  draft: Draft,
  { entries, head, dequeued, settled, effects }: Of<'commit'>,
): void {
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
  draft.rights = moveRights(draft.rights, new Set(settled), 'committed');
  for (const effect of effects) {
    if (!draft.effects.has(effectName(effect))) putEffect(draft, effect);
  }
}

function takeSnapshot(draft: Draft, { position, bytes }: Of<'snapshot'>): void {
  const isNewer = position > (draft.snapshot?.position ?? 0);
  if (!isNewer || position > (draft.head?.position ?? 0)) return;
  draft.snapshot = { position, bytes: bytes.slice() };
  draft.tail = draft.tail.filter((entry) => entry.position > position);
}
