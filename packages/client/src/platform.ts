// The only reader of clocks, randomness, timers and locks in the client: everything else is told.
import type {
  Hash,
  OperationId,
  Platform,
  ReplicaId,
  WriterId,
  WriterRecord,
} from '@causeway/core';
import { bytesToHex } from '@causeway/core';
import { sha256 } from '@noble/hashes/sha2.js';

/** What the client needs of a browser, or of what stands in for one. */
export interface ClientPlatform extends Platform {
  readonly hash: Hash;
  /** Where there are none, only this tab's own writers are known to be alive. */
  readonly locks: Pick<LockManager, 'query' | 'request'> | undefined;
  /** Small notes that outlive the page; without it they last as long as the page. */
  readonly kept?: Pick<Storage, 'getItem' | 'setItem'> | undefined;
}

/** The machine that this code runs on. */
export const thisMachine: ClientPlatform = {
  moment: () => ({ monotonicMs: performance.now(), wallMs: Date.now(), random: Math.random() }),
  randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
  after(ms, act) {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
  afterTurn: (act) => queueMicrotask(act),
  hash: (bytes) => sha256(bytes),
  locks: typeof navigator === 'undefined' ? undefined : navigator.locks,
  get kept() {
    return pageStorage();
  },
};

/** Absent where there is no page; the mere look throws where a person forbids it. */
function pageStorage(): Storage | undefined {
  try {
    return typeof window === 'undefined' ? undefined : window.localStorage;
  } catch {
    return undefined;
  }
}

export const newOperationId = (platform: Platform): OperationId =>
  bytesToHex(platform.randomBytes(16)) as OperationId;
export const newReplicaId = (platform: Platform): ReplicaId =>
  bytesToHex(platform.randomBytes(16)) as ReplicaId;

/** A writer for this page start, with the CRDT client id (53 random bits) that is bound to it. */
export function newWriter(replica: ReplicaId, platform: Platform): WriterRecord {
  const view = new DataView(platform.randomBytes(8).buffer);
  const clientId = (view.getUint32(0) & 0x1fffff) * 2 ** 32 + view.getUint32(4) + 1;
  return {
    writer: bytesToHex(platform.randomBytes(16)) as WriterId,
    replica,
    clientId: Math.min(clientId, 2 ** 53 - 1),
  };
}
