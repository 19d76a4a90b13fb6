// The state of one replica of one document, and how it is made from what the device kept.
import type { AppDefinition } from './app/app-definition.ts';
import type { DocumentReplica, Touch } from './app/document-type.ts';
import type { Hash } from './bytes/hash.ts';
import type { Change, Decision, WriterRecord } from './causality/change.ts';
import type { Dot } from './causality/context.ts';
import type { LogHead } from './causality/log-entry.ts';
import type { VersionVector } from './causality/version-vector.ts';
import type { CoordinationFold } from './coordination/fold.ts';
import type { DocumentId, OperationId, User, WriterId } from './identity.ts';
import type { Mode, OpContext, Position, ReceiptState, Strength } from './outcome.ts';
import type { ProposedRow } from './partition/decide.ts';
import type { DamagedRecord, StoreCommand, StoredEffect, StoredEpisode } from './queue/stored.ts';
import type { ReplicaEffect } from './replica-effect.ts';

/** What a replica is given for life. */
export interface ReplicaSetup {
  readonly app: AppDefinition;
  readonly id: DocumentId;
  readonly document: DocumentReplica;
  readonly author: WriterRecord;
  readonly user: User;
  readonly hash: Hash;
  readonly strength: Strength;
}

/** The newest committed change of a writer. */
export interface RosterEntry {
  readonly record: WriterRecord;
  readonly seq: number;
  readonly hash: Uint8Array;
}

/** An uncommitted change: of this writer, of a sibling tab, or of a dead writer of this replica. */
export interface PendingChange {
  readonly change: Change;
  readonly touched: readonly Touch[];
  /** False where it builds on content that this device lost: applied once it is committed. */
  readonly isApplied: boolean;
  isSaved: boolean;
  /** Set once committed; the entry leaves when the store knows it, too. */
  position: number | undefined;
}

/** An operation between `runRequested` and its change. */
export interface DecidingOperation {
  readonly name: string;
  readonly args: unknown;
  readonly subjects: readonly string[];
  readonly op: OpContext;
  readonly decision: Decision;
  readonly rows: readonly ProposedRow[];
}

/** What follows when a store command is done. */
export type Continuation =
  | { readonly next: 'nothing' }
  | { readonly next: 'apply'; readonly operation: OperationId }
  | { readonly next: 'saved'; readonly change: Change; readonly effects: readonly StoredEffect[] }
  | {
      readonly next: 'committed';
      readonly changes: readonly { readonly writer: WriterId; readonly seq: number }[];
      readonly settled: readonly OperationId[];
      readonly head: LogHead;
    }
  | { readonly next: 'perform'; readonly effect: StoredEffect };
export interface QueuedCommand {
  readonly command: StoreCommand;
  readonly continuation: Continuation;
}

/** Mutable, and owned by `stepReplica` alone: a step costs what it changes, not what there is. */
export interface ReplicaState extends ReplicaSetup {
  mode: Mode;
  why: string;
  episode: StoredEpisode | undefined;
  episodes: StoredEpisode[];
  /** Done in partition mode since the episode began. */
  episodeOperations: OperationId[];
  link: {
    isOpen: boolean;
    isSubscribed: boolean;
    /** An own probe came back on this link: it works, whatever the log says. */
    hasEchoed: boolean;
    hasPrimary: boolean;
    changeBytesMax: number;
    /** Saved changes not yet pushed on this link, in order. */
    outbox: PendingChange[];
    /** Pushed on this link and not yet committed. */
    inFlight: number;
    /** What the relay had of our writers when it answered: that needs no sending. */
    relayVector: VersionVector;
    /** The relay's head, as far as it told us. */
    headPosition: number;
    retryAtMs: number;
    /** A push of this writer was refused for good; nothing of it is sent any more. */
    readonly refused: Map<WriterId, { readonly seq: number; readonly code: string }>;
  };
  /** The committed prefix that is applied here; undefined before the first contact. */
  head: LogHead | undefined;
  /** Position of the last committed operation or result, and since when the audit lags it. */
  auditDue: { position: number; sinceMs: number };
  readonly roster: Map<WriterId, RosterEntry>;
  fold: CoordinationFold;
  /** The end of this writer's own chain. */
  chain: { seq: number; hash: Uint8Array };
  /** Uncommitted changes of others that this writer has seen and not yet stated. */
  unstatedDots: Dot[];
  /** Of siblings, waiting for entries that they depend on. */
  heldSiblings: Change[];
  /** In the order in which they were applied here; keyed `writer:seq`. */
  readonly queue: Map<string, PendingChange>;
  readonly deciding: Map<OperationId, DecidingOperation>;
  readonly receipts: Map<OperationId, ReceiptState>;
  /** Where the operations of `receipts` were committed: a rung keeps its evidence when passed. */
  readonly committedAt: Map<OperationId, Position>;
  /** Own operations in the log whose outcome is not known yet. */
  readonly awaiting: Map<OperationId, number>;
  readonly lateAtMs: Map<OperationId, number>;
  edits: { updates: Uint8Array[]; touched: Touch[]; sealAtMs: number };
  readonly effects: Map<string, StoredEffect>;
  store: {
    waiting: QueuedCommand[];
    inFlight: QueuedCommand[];
    ticket: number;
    failure: string | undefined;
    retryAtMs: number;
    attempt: number;
  };
  /** What this device could not read back, as far as it is not mended yet. */
  damaged: readonly DamagedRecord[];
  /** Own changes that can never be sent (lost here, or too large), and with them all that follows. */
  readonly lost: Map<WriterId, { readonly seq: number; readonly code: 'damaged' | 'too-large' }>;
  isSnapshotLost: boolean;
  /** Why the log can no longer be followed; local work goes on. */
  frozen: string | undefined;
  isStepping: boolean;
  /** What this step, or the opening, asks for so far. */
  asked: ReplicaEffect[];
}

export function pendingKey(writer: WriterId, seq: number): string {
  return `${writer}:${seq}`;
}
export function effectKey(effect: { operation: OperationId; index: number }): string {
  return `${effect.operation}:${effect.index}`;
}
