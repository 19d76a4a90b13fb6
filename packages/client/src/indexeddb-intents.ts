// Intents in the database: kept while they wait, claimed by the one writer that makes a change of
// each. Read and written in one transaction, so that of two tabs one alone has it.
import type {
  DocumentId,
  OperationId,
  StoreCommand,
  StoredIntent,
  StoreResult,
  WriterId,
} from '@causeway/core';
import type { LostIntents } from './indexeddb-read.ts';
import type { IntentRecord, Writing } from './indexeddb-records.ts';
import { readRecord } from './stored-record-change.ts';
import { decodeIntent, encodeIntent } from './stored-record-intent.ts';

type Of<T extends StoreCommand['type']> = Extract<StoreCommand, { type: T }>;

/** One document in one transaction, and what must not be read in it. */
export interface IntentsPlace {
  readonly transaction: Writing;
  readonly document: DocumentId;
  readonly lost: LostIntents;
}

const done: StoreResult = { type: 'done' };
const taken: StoreResult = { type: 'intent-taken' };

/** Told again it may have gone on since: only what cannot be read makes room. */
export async function saveIntent(place: IntentsPlace, intent: StoredIntent): Promise<StoreResult> {
  if (!(await readIntent(place, intent.operation))) await putIntent(place, intent);
  return done;
}

export async function claimIntent(
  place: IntentsPlace,
  { operation, writer }: Of<'claim-intent'>,
): Promise<StoreResult> {
  const kept = await readIntent(place, operation);
  if (kept?.state !== 'waiting') return taken;
  await putIntent(place, { ...kept, writer, state: 'submitting' });
  return done;
}

export async function dropIntent(
  place: IntentsPlace,
  { operation }: Of<'drop-intent'>,
): Promise<StoreResult> {
  const kept = await readIntent(place, operation);
  if (kept?.state !== 'waiting') return taken;
  await putIntent(place, { ...kept, state: 'dropped' });
  return done;
}

/** It is a change in the queue now. Also one that cannot be read goes. */
export function forgetIntent(
  { transaction, document }: IntentsPlace,
  operation: OperationId,
): Promise<void> {
  return transaction.objectStore('intents').delete([document, operation]);
}

/**
 * What a dead writer was handing over never became a change: it waits again. What it dropped goes. One
 * that cannot be read may be of a living writer, which has it in memory: it stays.
 */
export async function releaseDeadIntents(
  place: IntentsPlace,
  alive: ReadonlySet<WriterId>,
): Promise<void> {
  const { transaction, document } = place;
  const intents = transaction.objectStore('intents');
  const byState = intents.index('state');
  for (const state of ['submitting', 'dropped'] as const) {
    for (const key of await byState.getAllKeys([document, state])) {
      const intent = await readIntent(place, key.at(-1) ?? '');
      if (!intent || alive.has(intent.writer)) continue;
      if (state === 'dropped') await intents.delete(key);
      else await putIntent(place, { ...intent, state: 'waiting' });
    }
  }
}

function putIntent(
  { transaction, document }: IntentsPlace,
  intent: StoredIntent,
): Promise<unknown> {
  const { operation, state } = intent;
  const key = [document, operation];
  const record: IntentRecord = { key, document, state, bytes: encodeIntent(intent) };
  return transaction.objectStore('intents').put(record);
}

async function readIntent(
  { transaction, document, lost }: IntentsPlace,
  operation: string,
): Promise<StoredIntent | undefined> {
  if (lost.has(operation)) return undefined;
  const record = await transaction.objectStore('intents').get([document, operation]);
  return record && readRecord(decodeIntent, record.bytes);
}
