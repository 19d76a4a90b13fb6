// All that a relay may ask of the world. One ordered list per step; the driver performs it in order.
import type { DocumentId, WriterId } from '@causeway/core';
import type { DownMessage } from '@causeway/protocol';
import type { AppendRequest, LogFailure } from './log/log-store.ts';
import type { SessionId, SubscriptionId } from './relay-input.ts';

export type RelayEffect =
  /** The same message object may go to many sessions: it is encoded once. */
  | { readonly type: 'send'; readonly session: SessionId; readonly message: DownMessage }
  /** Flush what was sent, then close. The session is forgotten already. */
  | {
      readonly type: 'closeSession';
      readonly session: SessionId;
      readonly closeStatus: number;
      readonly reason: string;
    }
  /** Stop or go on reading what the peer sends. */
  | { readonly type: 'pauseSession' | 'resumeSession'; readonly session: SessionId }
  /** Answered by `appendAnswered` or `appendFailed`; one at a time. */
  | { readonly type: 'append'; readonly requests: readonly AppendRequest[] }
  /** Answered by `headLoaded` or `loadFailed`. */
  | {
      readonly type: 'loadHead';
      readonly session: SessionId;
      readonly subscription: SubscriptionId;
      readonly document: DocumentId;
      readonly knownPosition: number | undefined;
      readonly writers: readonly WriterId[];
    }
  /** Answered by `entriesRead` or `loadFailed`. */
  | {
      readonly type: 'read';
      readonly session: SessionId;
      readonly subscription: SubscriptionId;
      readonly document: DocumentId;
      readonly after: number;
      readonly bytesMax: number;
      readonly entriesMax: number;
    }
  /** Tells the primary of a document that it may not have heard of. */
  | { readonly type: 'announce'; readonly document: DocumentId }
  /** Something that the owner should know; the relay goes on. */
  | { readonly type: 'reportFailure'; readonly failure: LogFailure }
  /** `clockAdvanced` at or after this time; a later wish replaces an earlier one. */
  | { readonly type: 'wakeAt'; readonly monotonicMs: number }
  /** Everything accepted was answered and every session closed. */
  | { readonly type: 'stopped' };
