// The commands of one document in one readwrite transaction: all of them, or none.
import type { DocumentId, OperationId, StoreCommand, StoreResult } from '@causeway/core';
import type { IDBPDatabase, IDBPTransaction } from 'idb';
import type { KeyedRecord, Schema } from './indexeddb-records.ts';
import { opened, rowKey, storeNames, tailKey } from './indexeddb-records.ts';
import { encodeBatch, encodeChange } from './stored-record-change.ts';
import {
  decodeHead,
  decodeLimitRow,
  encodeEffect,
  encodeEpisode,
  encodeHead,
  encodeLimitRow,
  encodeSnapshot,
} from './stored-record-rows.ts';

const names = ['heads', 'snapshots', 'queue', ...storeNames] as const;
type Writing = IDBPTransaction<Schema, typeof names, 'readwrite'>;
type Of<T extends StoreCommand['type']> = Extract<StoreCommand, { type: T }>;

/** Resolves once the transaction is complete: on disk where any command asks for it. */
export async function runCommands(
  database: IDBPDatabase<Schema>,
  document: DocumentId,
  commands: readonly StoreCommand[],
  onStep: (step: string) => void = () => undefined,
): Promise<readonly StoreResult[]> {
  const durability = commands.some(isStrict) ? 'strict' : 'relaxed';
  const transaction = database.transaction(names, 'readwrite', { durability });
  const results: StoreResult[] = [];
  const finished = transaction.done;
  try {
    for (const command of commands) {
      onStep(command.type);
      results.push(await runCommand(transaction, document, command, onStep));
    }
    onStep('complete');
  } catch (error) {
    abort(transaction);
    await finished.catch(() => undefined); // The abort itself is expected; the cause is thrown.
    throw error;
  }
  await finished;
  return results;
}

function abort(transaction: Writing): void {
  try {
    transaction.abort();
  } catch (error) {
    // A request that failed has ended the transaction already: then there is nothing to abort.
    if (!(error instanceof DOMException) || error.name !== 'InvalidStateError') throw error;
  }
}

function isStrict(command: StoreCommand): boolean {
  if (command.type === 'enqueue') return command.isStrict;
  return command.type === 'reserve' || command.type === 'mark-effect';
}

const done: StoreResult = { type: 'done' };

async function runCommand(
  transaction: Writing,
  document: DocumentId,
  command: StoreCommand,
  onStep: (step: string) => void,
): Promise<StoreResult> {
  switch (command.type) {
    case 'reserve':
      return reserve(transaction, document, command);
    case 'release':
      await dropRows(transaction, document, new Set([command.operation]));
      return done;
    case 'enqueue':
      await enqueue(transaction, document, command, onStep);
      return done;
    case 'commit':
      await commitEntries(transaction, document, command, onStep);
      return done;
    case 'mark-effect':
      await putEffect(transaction, document, command.effect);
      return done;
    case 'save-episode': {
      const bytes = encodeEpisode(command.episode);
      await put(transaction, 'episodes', { key: [document, command.episode.id], document, bytes });
      return done;
    }
    case 'snapshot': {
      const { position, bytes } = command;
      await transaction.objectStore('snapshots').put(encodeSnapshot({ position, bytes }), document);
      const tail = IDBKeyRange.bound([document], tailKey(document, position), false, false);
      await transaction.objectStore('tail').delete(tail);
      return done;
    }
  }
}

function put(
  transaction: Writing,
  store: (typeof storeNames)[number],
  record: KeyedRecord,
): Promise<unknown> {
  return transaction.objectStore(store).put(record);
}

function putEffect(
  transaction: Writing,
  document: DocumentId,
  effect: Of<'mark-effect'>['effect'],
): Promise<unknown> {
  const key = [document, effect.operation, String(effect.index)];
  return put(transaction, 'effects', { key, document, bytes: encodeEffect(effect) });
}

async function rowsOf(transaction: Writing, document: DocumentId) {
  const records = await transaction.objectStore('limits').index('document').getAll(document);
  return records.map(({ bytes, key }) => opened(decodeLimitRow(bytes), 'limits', key.join('/')));
}

/** Reads the counter and writes the reservation in one transaction: two tabs cannot both win. */
async function reserve(
  transaction: Writing,
  document: DocumentId,
  command: Of<'reserve'>,
): Promise<StoreResult> {
  const kept = await rowsOf(transaction, document);
  for (const { invariant, key, amount, max, operation } of command.rows) {
    const used = kept
      .filter((row) => row.invariant === invariant && row.key === key)
      .filter((row) => row.operation !== operation)
      .reduce((sum, row) => sum + row.amount, 0);
    if (max !== undefined && amount > 0 && used + amount > max) {
      return { type: 'limit-refused', invariant, key, remaining: Math.max(0, max - used) };
    }
  }
  for (const row of command.rows) {
    const record = { key: rowKey(document, row), document, bytes: encodeLimitRow(row) };
    await put(transaction, 'limits', record);
  }
  return done;
}

async function enqueue(
  transaction: Writing,
  document: DocumentId,
  { change, effects }: Of<'enqueue'>,
  onStep: (step: string) => void,
): Promise<void> {
  const { writer } = change.author;
  const record = { document, writer, seq: change.seq, bytes: encodeChange(change) };
  await transaction.objectStore('queue').add(record);
  onStep('queued');
  const operation = change.header.operation?.id;
  if (!operation) return;
  for (const row of await rowsOf(transaction, document)) {
    if (row.operation !== operation) continue;
    const bytes = encodeLimitRow({ ...row, state: 'spent' });
    await put(transaction, 'limits', { key: rowKey(document, row), document, bytes });
    onStep('spent');
  }
  for (const effect of effects) {
    await putEffect(transaction, document, effect);
    onStep('effect');
  }
}

async function commitEntries(
  transaction: Writing,
  document: DocumentId,
  command: Of<'commit'>,
  onStep: (step: string) => void,
): Promise<void> {
  const heads = transaction.objectStore('heads');
  const stored = await heads.get(document);
  const reached = stored ? opened(decodeHead(stored), 'heads', document).position : 0;
  // Another tab may have written some of it: positions are the same for everybody.
  const fresh = command.entries.filter((entry) => entry.position > reached);
  const [first] = fresh;
  if (first) {
    const key = tailKey(document, first.position);
    await put(transaction, 'tail', { key, document, bytes: encodeBatch(fresh) });
    onStep('tail');
    await heads.put(encodeHead(command.head), document);
    onStep('head');
  }
  const queue = transaction.objectStore('queue');
  for (const { writer, seq } of command.dequeued) {
    const order = await queue.index('change').getKey([document, writer, seq]);
    if (order !== undefined) await queue.delete(order);
    onStep('dequeued');
  }
  await dropRows(transaction, document, new Set(command.settled));
}

async function dropRows(
  transaction: Writing,
  document: DocumentId,
  operations: ReadonlySet<OperationId>,
): Promise<void> {
  if (operations.size === 0) return;
  for (const row of await rowsOf(transaction, document)) {
    if (!operations.has(row.operation)) continue;
    await transaction.objectStore('limits').delete(rowKey(document, row));
  }
}
