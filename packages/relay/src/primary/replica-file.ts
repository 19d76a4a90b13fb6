// Who audits here: one replica per data folder, the same after every start, so that its entries in
// the log can be told apart from those of another relay.
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assert, parseReplicaId, type ReplicaId } from '@causeway/core';
import { makeFolder } from '../make-folder.ts';
import { systemCode } from '../relay-refusal.ts';

/** Reads the primary's replica id, or makes one. */
export async function readReplica(data: string): Promise<ReplicaId> {
  const path = join(data, 'primary-replica');
  const known = parseReplicaId((await readIfThere(path)).trim());
  if (known) return known;
  const replica = parseReplicaId(randomBytes(16).toString('hex'));
  assert(replica !== undefined, 'replica-id', '16 bytes in hex are a replica id');
  await makeFolder(data);
  // A torn write reads as no id at all, and another one is made: nothing depends on the old one.
  await writeFile(path, `${replica}\n`);
  return replica;
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return '';
    throw error;
  }
}
