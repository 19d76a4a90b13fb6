// The commands of one document in one readwrite transaction: all of them, or none.
import type {
  DocumentId,
  LimitRow,
  OperationId,
  StoreCommand,
  StoreResult,
  WriterId,
} from '@causeway/core';
import type { IDBPDatabase } from 'idb';
import {
  claimIntent,
  dropIntent,
  forgetIntent,
  type IntentsPlace,
  releaseDeadIntents,
  saveIntent,
} from './indexeddb-intents.ts';
import { appendEntries, takeSnapshot } from './indexeddb-log.ts';
import type { LostIntents } from './indexeddb-read.ts';
import type { Schema, Writing } from './indexeddb-records.ts';
import { abort, keysUnder, rowKey, storeNames } from './indexeddb-records.ts';
import { forgetGrants, markRights, releaseDeadRights, reserveRights } from './indexeddb-rights.ts';
import { waitsForDisk } from './store.ts';
import { encodeChange, readRecord } from './stored-record-change.ts';
import {
  decodeEffect,
  decodeLimitRow,
  encodeEffect,
  encodeEpisode,
  encodeLimitRow,
} from './stored-record-rows.ts';

type Of<T extends StoreCommand['type']> = Extract<StoreCommand, { type: T }>;

/** Resolves once the transaction is complete: on disk where any command asks for it. */
export async function runCommands(
  database: IDBPDatabase<Schema>,
  document: DocumentId,
  commands: readonly StoreCommand[],
  o: { readonly onStep: ((step: string) => void) | undefined; readonly lost: LostIntents },
): Promise<readonly StoreResult[]> {
  const { lost, onStep = () => undefined } = o;
  const durability = commands.some(waitsForDisk) ? 'strict' : 'relaxed';
  const transaction = database.transaction(storeNames, 'readwrite', { durability });
  const results: StoreResult[] = [];
  const finished = transaction.done;
  try {
    for (const command of commands) {
      onStep(command.type);
      results.push(await runCommand({ transaction, document, lost, onStep }, command));
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

/** Lets go of what writers that died were about to do, in one transaction. */
export async function releaseDead(
  database: IDBPDatabase<Schema>,
  document: DocumentId,
  alive: ReadonlySet<WriterId>,
  lost: LostIntents,
): Promise<void> {
  const transaction = database.transaction(storeNames, 'readwrite', { durability: 'strict' });
  const finished = transaction.done;
  finished.catch(() => undefined); // The request that failed says so.
  await releaseDeadRows(transaction, document, alive);
  await releaseDeadIntents({ transaction, document, lost }, alive);
  await releaseDeadRights(transaction, document, alive);
  await finished;
}

/** Reservations whose writer died. One whose record is damaged may be alive: it stays. */
async function releaseDeadRows(
  transaction: Writing,
  document: DocumentId,
  alive: ReadonlySet<WriterId>,
): Promise<void> {
  const limits = transaction.objectStore('limits');
  for (const { key, bytes } of await limits.getAll(keysUnder(document))) {
    const row = readRecord(decodeLimitRow, bytes);
    if (row?.state === 'reserved' && !alive.has(row.writer)) await limits.delete(key);
  }
}

const done: StoreResult = { type: 'done' };

interface Run extends IntentsPlace {
  readonly onStep: (step: string) => void;
}

async function runCommand(run: Run, command: StoreCommand): Promise<StoreResult> {
  const { transaction, document, onStep } = run;
  switch (command.type) {
    case 'reserve':
      return reserve(transaction, document, command);
    case 'release':
      await dropRows(transaction, document, [command.operation]);
      await markRights(transaction, document, [command.operation], 'released');
      return done;
    case 'forget-grants':
      await forgetGrants(transaction, document, command.grants);
      return done;
    case 'enqueue':
      await enqueue(run, command);
      return done;
    case 'commit':
      await appendEntries(transaction, document, command, onStep);
      await dequeue(transaction, document, command, onStep);
      await dropRows(transaction, document, command.settled);
      await markRights(transaction, document, command.settled, 'committed');
      await addEffects(run, command.effects);
      return done;
    case 'save-intent':
      return saveIntent(run, command.intent);
    case 'claim-intent':
      return claimIntent(run, command);
    case 'drop-intent':
      return dropIntent(run, command);
    case 'mark-effect':
      return markEffect(transaction, document, command);
    case 'save-episode': {
      const bytes = encodeEpisode(command.episode);
      const key = [document, command.episode.id];
      await transaction.objectStore('episodes').put({ key, document, bytes });
      return done;
    }
    case 'snapshot':
      await takeSnapshot(transaction, document, command);
      return done;
  }
}

/** Reads and writes in one transaction: of two tabs one alone takes an effect. */
async function markEffect(
  transaction: Writing,
  document: DocumentId,
  { effect, from }: Of<'mark-effect'>,
): Promise<StoreResult> {
  if (from !== undefined) {
    const kept = await transaction.objectStore('effects').get(effectKey(document, effect));
    const now = kept && readRecord(decodeEffect, kept.bytes);
    if (now?.state !== from) return { type: 'effect-taken' };
  }
  await putEffect(transaction, document, effect);
  return done;
}

/** Of the results of intents; another tab may have added them, and gone on. */
async function addEffects(
  { transaction, document, onStep }: Run,
  effects: Of<'commit'>['effects'],
): Promise<void> {
  for (const effect of effects) {
    const kept = await transaction.objectStore('effects').getKey(effectKey(document, effect));
    if (kept === undefined) await putEffect(transaction, document, effect);
    onStep('result');
  }
}

function effectKey(document: DocumentId, effect: Of<'mark-effect'>['effect']): string[] {
  return [document, effect.operation, String(effect.index)];
}

function putEffect(
  transaction: Writing,
  document: DocumentId,
  effect: Of<'mark-effect'>['effect'],
): Promise<unknown> {
  const key = effectKey(document, effect);
  const bytes = encodeEffect(effect);
  return transaction.objectStore('effects').put({ key, document, bytes });
}

function putRow(transaction: Writing, document: DocumentId, row: LimitRow): Promise<unknown> {
  const { operation } = row;
  const key = rowKey(document, row);
  const bytes = encodeLimitRow(row);
  return transaction.objectStore('limits').put({ key, document, operation, bytes });
}

/**
 * Reads the counter and writes the reservation in one transaction: two tabs cannot both win. Of
 * several rows, each is counted for those after it, and one that is refused refuses them all.
 *
 * @remarks Cost: O(rows of these limits), however many others there are.
 */
async function reserve(
  transaction: Writing,
  document: DocumentId,
  command: Of<'reserve'>,
): Promise<StoreResult> {
  const rows: LimitRow[] = [];
  for (const { max, ...row } of command.rows) {
    const { invariant, key, amount } = row;
    // Written so that a broken number is refused, too.
    if (max !== undefined && !(amount <= 0)) {
      const used = await usedByOthers(transaction, document, row, rows);
      if (!(used + amount <= max)) {
        return { type: 'limit-refused', invariant, key, remaining: Math.max(0, max - used) || 0 };
      }
    }
    rows.push(row);
  }
  const answer = command.rights ? await reserveRights(transaction, document, command.rights) : done;
  if (answer.type === 'rights-refused') return answer;
  for (const row of rows) await putRow(transaction, document, row);
  return answer;
}

async function usedByOthers(
  transaction: Writing,
  document: DocumentId,
  row: LimitRow,
  asked: readonly LimitRow[],
): Promise<number> {
  const { invariant, key } = row;
  const amounts = new Map<string, number>();
  const range = keysUnder(document, invariant, key);
  for (const { operation, bytes } of await transaction.objectStore('limits').getAll(range)) {
    // What is damaged may have been anything: until it is released nothing more is given out.
    const amount = readRecord(decodeLimitRow, bytes)?.amount ?? Number.POSITIVE_INFINITY;
    amounts.set(operation, amount);
  }
  const sameLimit = asked.filter((other) => other.invariant === invariant && other.key === key);
  for (const { operation, amount } of sameLimit) amounts.set(operation, amount);
  amounts.delete(row.operation);
  return [...amounts.values()].reduce((sum, amount) => sum + amount, 0);
}

async function enqueue(run: Run, { change, effects }: Of<'enqueue'>): Promise<void> {
  const { transaction, document, onStep } = run;
  const operation = change.header.operation?.id;
  if (operation) {
    await spendRows(transaction, document, operation, onStep);
    await forgetIntent(run, operation);
    onStep('forgotten');
    await markRights(transaction, document, [operation], 'saved');
  }
  const { writer } = change.author;
  const queue = transaction.objectStore('queue');
  const kept = await queue.index('change').getKey([document, writer, change.seq]);
  // Told again: its effects may have gone on since.
  if (kept !== undefined) return;
  await queue.add({ document, writer, seq: change.seq, bytes: encodeChange(change) });
  onStep('queued');
  for (const effect of effects) {
    await putEffect(transaction, document, effect);
    onStep('effect');
  }
}

async function spendRows(
  transaction: Writing,
  document: DocumentId,
  operation: OperationId,
  onStep: (step: string) => void,
): Promise<void> {
  const byOperation = transaction.objectStore('limits').index('operation');
  for (const { bytes } of await byOperation.getAll([document, operation])) {
    const row = readRecord(decodeLimitRow, bytes);
    if (!row) continue; // It counts as all there is already.
    await putRow(transaction, document, { ...row, state: 'spent' });
    onStep('spent');
  }
}

async function dequeue(
  transaction: Writing,
  document: DocumentId,
  { dequeued }: Of<'commit'>,
  onStep: (step: string) => void,
): Promise<void> {
  const queue = transaction.objectStore('queue');
  for (const { writer, seq } of dequeued) {
    for (const order of await queue.index('change').getAllKeys([document, writer, seq])) {
      await queue.delete(order);
    }
    onStep('dequeued');
  }
}

/** By what the database knows of them, so that a damaged row goes with its operation, too. */
async function dropRows(
  transaction: Writing,
  document: DocumentId,
  operations: readonly OperationId[],
): Promise<void> {
  const limits = transaction.objectStore('limits');
  const found = await Promise.all(
    operations.map((operation) => limits.index('operation').getAllKeys([document, operation])),
  );
  for (const key of found.flat()) await limits.delete(key);
}
