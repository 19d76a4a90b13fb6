// All that a relay may say to a client, or to the primary.
import type { DocumentId, LogHead, SealedChange, WriterId, WriterRecord } from '@causeway/core';
import type { WireVector } from './up.ts';

export interface Limits {
  readonly frameBytesMax: number;
  readonly changeBytesMax: number;
}
export interface Welcome {
  readonly type: 'welcome';
  readonly protocol: number;
  readonly limits: Limits;
  /**
   * False: nobody audits here; operations stay committed, never confirmed. True: a primary does, or the
   * auditors of clients.
   */
  readonly hasPrimary: boolean;
}
/**
 * Answer to `open`. `relation` of the client's known head to the log: `resumed` (a prefix),
 * `new-log` (the relay's log is another one: it lost its data or was replaced), `behind` (the
 * client knows more than the relay), `diverged` (same log, other history).
 */
export interface Opened {
  readonly type: 'opened';
  readonly document: DocumentId;
  readonly head: LogHead;
  readonly relation: 'resumed' | 'new-log' | 'behind' | 'diverged';
  /** The last committed sequence number of each writer that `open` named. */
  readonly vector: WireVector;
}
/** One committed change. `own`: the receiver pushed it on this link and has its bytes. */
export type EntryItem =
  | {
      readonly type: 'change';
      readonly author: WriterRecord;
      readonly seq: number;
      readonly sealed: SealedChange;
    }
  | { readonly type: 'own'; readonly writer: WriterId; readonly seq: number };
/** Consecutive entries from position `from`; `prefixHash` is the log's after the last of them. */
export interface Entries {
  readonly type: 'entries';
  readonly document: DocumentId;
  readonly epoch: number;
  readonly from: number;
  readonly items: readonly EntryItem[];
  readonly prefixHash: Uint8Array;
  readonly digest: Uint8Array;
}
/** Order is the wire code: append only. */
export const pushRefusals = [
  'moved',
  'gap',
  'fork',
  'duplicate-operation',
  'missing-dependency',
  'too-large',
  'not-permitted',
  'malformed',
  'storage-failed',
] as const;
export type PushRefusal = (typeof pushRefusals)[number];
/**
 * None of the push from `seq` on was appended. `expected` is the next sequence number that the
 * relay would take of this writer. Worth a retry: moved, gap, missing-dependency, storage-failed.
 */
export interface PushRefused {
  readonly type: 'push-refused';
  readonly document: DocumentId;
  readonly writer: WriterId;
  readonly seq: number;
  readonly code: PushRefusal;
  readonly expected: number;
}
export interface Echo {
  readonly type: 'echo';
  readonly nonce: number;
}
/** The last message before the relay closes the link. `code` says what to do (docs/ERRORS.md). */
export interface Fault {
  readonly type: 'fault';
  readonly code: FaultCode;
  readonly message: string;
}
export type DownMessage = Welcome | Opened | Entries | PushRefused | Echo | Fault;

/** Peer faults and the WebSocket close codes that go with them. 4400 to 4499: pause long, then try again. */
export const faultCloseCodes = {
  'malformed-frame': 4400,
  'unknown-message': 4401,
  'unsupported-protocol': 4402,
  'bad-document-id': 4403,
  'not-greeted': 4404,
  'unknown-document': 4405,
  'frame-too-large': 1009,
  'too-slow': 4500,
  'shutting-down': 1012,
  'internal-error': 1011,
} as const;
export type FaultCode = keyof typeof faultCloseCodes;

/** A peer's mistake: ends the link, never thrown. */
export interface PeerFault {
  readonly type: 'peer-fault';
  readonly code: FaultCode;
  readonly closeStatus: number;
  readonly message: string;
}
export function peerFault(code: FaultCode, message: string): PeerFault {
  return { type: 'peer-fault', code, closeStatus: faultCloseCodes[code], message };
}
