// All that a client, or the primary, may say to a relay.
import type {
  DocumentId,
  LogId,
  ReplicaId,
  SealedChange,
  WriterId,
  WriterRecord,
} from '@causeway/core';

/** First on every link. Nothing else is accepted before the relay's `welcome`. */
export interface Hello {
  readonly type: 'hello';
  readonly protocol: number;
  readonly app: string;
  readonly appVersion: number;
  readonly replica: ReplicaId;
  /** Empty until authentication is configured. */
  readonly token: string;
}
/** What a client holds of a log: it resumes after `position`. */
export interface KnownHead {
  readonly log: LogId;
  readonly epoch: number;
  readonly position: number;
  readonly prefixHash: Uint8Array;
}
export type WireVector = readonly (readonly [writer: WriterId, seq: number])[];
/** Subscribes to a document from what is known. `vector`: the writers with unsent changes. */
export interface Open {
  readonly type: 'open';
  readonly document: DocumentId;
  readonly known: KnownHead | undefined;
  readonly vector: WireVector;
}
/**
 * Changes of one writer, consecutive from `firstSeq`. `previous` and `last` are the writer's chain
 * hashes before the first and after the last. `ifNamedHead`: the primary's condition (else undefined).
 */
export interface Push {
  readonly type: 'push';
  readonly document: DocumentId;
  readonly author: WriterRecord;
  readonly firstSeq: number;
  readonly previous: Uint8Array;
  readonly changes: readonly SealedChange[];
  readonly last: Uint8Array;
  readonly ifNamedHead: number | undefined;
}
/** Only the echo of one's own probe proves a link. */
export interface Probe {
  readonly type: 'probe';
  readonly nonce: number;
}
export interface Leave {
  readonly type: 'leave';
  readonly document: DocumentId;
}
export type UpMessage = Hello | Open | Push | Probe | Leave;
