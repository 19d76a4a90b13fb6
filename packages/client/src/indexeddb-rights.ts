// Rights in the database: which numbers of its grants this device has used. Read and written in the
// transaction of whatever takes them, so that two tabs never take one number.
import type {
  DocumentId,
  GrantId,
  OperationId,
  RightsRow,
  StoreCommand,
  StoreResult,
  WriterId,
} from '@causeway/core';
import { moveRights, takeRights } from '@causeway/core';
import type { Writing } from './indexeddb-records.ts';
import { readRecord } from './stored-record-change.ts';
import { decodeRights, encodeRights } from './stored-record-rights.ts';

type Wanted = NonNullable<Extract<StoreCommand, { type: 'reserve' }>['rights']>;

/** Nothing is taken where the record cannot be read: what was used is not known then. */
export async function reserveRights(
  transaction: Writing,
  document: DocumentId,
  wanted: Wanted,
): Promise<StoreResult> {
  const kept = await readRights(transaction, document);
  if (!kept) {
    const [first] = wanted.asked;
    const { invariant = '', key = '' } = first ?? {};
    return { type: 'rights-refused', invariant, key, remaining: 0 };
  }
  const taken = takeRights(kept, wanted);
  if ('type' in taken) return taken;
  await writeRights(transaction, document, [...kept, ...taken.rows]);
  return { type: 'rights-reserved', rows: taken.rows };
}

export async function markRights(
  transaction: Writing,
  document: DocumentId,
  operations: readonly OperationId[],
  state: RightsRow['state'],
): Promise<void> {
  if (operations.length === 0) return;
  const kept = await readRights(transaction, document);
  const named = new Set(operations);
  if (!kept?.some(({ operation }) => named.has(operation))) return;
  await writeRights(transaction, document, moveRights(kept, named, state));
}

export async function forgetGrants(
  transaction: Writing,
  document: DocumentId,
  grants: readonly GrantId[],
): Promise<void> {
  const kept = await readRights(transaction, document);
  if (!kept) return;
  const left = kept.filter(({ grant }) => !grants.includes(grant));
  await writeRights(transaction, document, left);
}

/** What dead writers had reserved never became a change; its numbers stay used. */
export async function releaseDeadRights(
  transaction: Writing,
  document: DocumentId,
  alive: ReadonlySet<WriterId>,
): Promise<void> {
  const kept = await readRights(transaction, document);
  const dead = (kept ?? []).filter((row) => row.state === 'reserved' && !alive.has(row.writer));
  if (!kept || dead.length === 0) return;
  const operations = new Set(dead.map(({ operation }) => operation));
  await writeRights(transaction, document, moveRights(kept, operations, 'released'));
}

async function readRights(
  transaction: Writing,
  document: DocumentId,
): Promise<readonly RightsRow[] | undefined> {
  const bytes = await transaction.objectStore('rights').get(document);
  return bytes ? readRecord(decodeRights, bytes) : [];
}

function writeRights(
  transaction: Writing,
  document: DocumentId,
  rows: readonly RightsRow[],
): Promise<unknown> {
  return transaction.objectStore('rights').put(encodeRights(rows), document);
}
