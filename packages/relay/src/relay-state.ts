// What a relay knows while it runs. Owned and changed by its machine only (step-relay.ts).
import type { DocumentId, LogHead } from '@causeway/core';
import type { KnownHead } from '@causeway/protocol';
import type { RelayLimits } from './limits.ts';
import type { AppendRequest } from './log/log-store.ts';
import type { RelayEffect } from './relay-effect.ts';
import type { Privilege, SessionId, SubscriptionId } from './relay-input.ts';

/** One session's place in one document's log. */
export interface Subscription {
  readonly id: SubscriptionId;
  readonly session: Session;
  readonly document: DocumentState;
  readonly known: KnownHead | undefined;
  /**
   * `opening`: the head is being loaded; `reading`: entries come from the store; `live`: everything
   * committed so far was sent, and what is appended next is pushed.
   */
  state: 'opening' | 'reading' | 'live';
  /** Position of the last entry sent: what is sent next begins right after it, always. (R1) */
  position: number;
}

export interface Session {
  readonly id: SessionId;
  readonly privilege: Privilege;
  readonly subscriptions: Map<DocumentId, Subscription>;
  isGreeted: boolean;
  openedMs: number;
  heardMs: number;
  /** Since when it is above the soft limit; nothing is pushed to it meanwhile. */
  behindMs: number | undefined;
  /** The subscription whose read is in flight: one per session, so that a batch is all it can cost. */
  reading: Subscription | undefined;
  /** Those that want a read, first come, first served. */
  readonly readQueue: Set<Subscription>;
  pushBytesInFlight: number;
  isPaused: boolean;
}

export interface DocumentState {
  readonly id: DocumentId;
  readonly subscribers: Set<Subscription>;
  /** The newest head that is known to be durable. */
  head: LogHead | undefined;
}

export interface WaitingPush {
  readonly session: SessionId;
  readonly request: AppendRequest;
  readonly bytes: number;
}

/**
 * Whose appends may say what an audit found: those of the relay's own primary, those of its clients'
 * auditors, or nobody's.
 */
export type Auditors = 'primary' | 'clients' | 'nobody';

export interface RelayState {
  readonly limits: RelayLimits;
  readonly auditors: Auditors;
  readonly sessions: Map<SessionId, Session>;
  /** Those with a subscriber. */
  readonly documents: Map<DocumentId, DocumentState>;
  primary: SessionId | undefined;
  subscriptionCount: number;
  waiting: WaitingPush[];
  appending: readonly WaitingPush[] | undefined;
  wakeMs: number | undefined;
  stop: 'running' | 'stopping' | 'stopped';
}

/** A relay without sessions. */
export function createRelayState(o: {
  readonly limits: RelayLimits;
  readonly auditors: Auditors;
}): RelayState {
  return {
    ...o,
    sessions: new Map(),
    documents: new Map(),
    primary: undefined,
    subscriptionCount: 0,
    waiting: [],
    appending: undefined,
    wakeMs: undefined,
    stop: 'running',
  };
}

/** What every part of one step shares. */
export interface Step {
  readonly state: RelayState;
  readonly nowMs: number;
  readonly effects: RelayEffect[];
}
