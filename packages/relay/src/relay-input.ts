// All that can happen to a relay. Sessions are links that were accepted: sockets, and the primary.
import type { DocumentId, LogEntry, LogHead } from '@causeway/core';
import type { PeerFault, UpMessage, WireVector } from '@causeway/protocol';
import type { AppendResult, LogFailure } from './log/log-store.ts';

/** A link's number, never used again. */
export type SessionId = number;
/** The number of one `open` of one document on one session: answers that come late are known by it. */
export type SubscriptionId = number;
/** What a session may do. `primary` is given inside the process only, never to a socket. */
export type Privilege = 'peer' | 'primary';

export type RelayInput =
  | {
      readonly type: 'sessionOpened';
      readonly session: SessionId;
      readonly privilege: Privilege;
    }
  | {
      readonly type: 'messageReceived';
      readonly session: SessionId;
      readonly message: UpMessage;
    }
  | { readonly type: 'peerFaulted'; readonly session: SessionId; readonly fault: PeerFault }
  | { readonly type: 'sessionClosed'; readonly session: SessionId }
  /** So much was handed to the link and is not yet on its way. */
  | { readonly type: 'sessionBuffered'; readonly session: SessionId; readonly bytes: number }
  | { readonly type: 'sessionDrained'; readonly session: SessionId }
  | {
      readonly type: 'headLoaded';
      readonly session: SessionId;
      readonly subscription: SubscriptionId;
      readonly document: DocumentId;
      readonly head: LogHead;
      /** The log's prefix hash at the position that the client knows. */
      readonly knownHash: Uint8Array | undefined;
      readonly vector: WireVector;
    }
  | {
      readonly type: 'entriesRead';
      readonly session: SessionId;
      readonly subscription: SubscriptionId;
      readonly document: DocumentId;
      readonly entries: readonly LogEntry[];
      readonly prefixHash: Uint8Array;
    }
  /** `loadHead` or `read` failed: the session cannot be served, the others can. */
  | { readonly type: 'loadFailed'; readonly session: SessionId; readonly failure: LogFailure }
  /** One result per request of the group, in order; all of it is durable. */
  | { readonly type: 'appendAnswered'; readonly results: readonly AppendResult[] }
  | { readonly type: 'appendFailed'; readonly failure: LogFailure }
  /** All that one turn of the event loop brought was handed in: a group may start. */
  | { readonly type: 'turnEnded' }
  | { readonly type: 'clockAdvanced' }
  | { readonly type: 'stopRequested' };
