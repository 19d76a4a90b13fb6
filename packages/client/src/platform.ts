// The only reader of clocks, randomness and hashing in the client: everything else is told.
import type { Hash, Moment, OperationId, ReplicaId, WriterId, WriterRecord } from '@causeway/core';
import { bytesToHex } from '@causeway/core';
import { sha256 } from '@noble/hashes/sha2.js';

export const hash: Hash = (bytes) => sha256(bytes);

export function readMoment(): Moment {
  return { monotonicMs: performance.now(), wallMs: Date.now(), random: Math.random() };
}

function randomHex(): string {
  return bytesToHex(crypto.getRandomValues(new Uint8Array(16)));
}
export const newOperationId = (): OperationId => randomHex() as OperationId;
export const newReplicaId = (): ReplicaId => randomHex() as ReplicaId;

/** A writer for this page start, with the CRDT client id (53 random bits) that is bound to it. */
export function newWriter(replica: ReplicaId): WriterRecord {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2));
  const clientId = (high & 0x1fffff) * 2 ** 32 + low + 1;
  return { writer: randomHex() as WriterId, replica, clientId: Math.min(clientId, 2 ** 53 - 1) };
}
