// The state of one replica of one document, and how it is made from what the device kept.
import type { OwnOperations } from './acknowledgement/own-operations.ts';
import type { AppDefinition } from './app/app-definition.ts';
import type { DocumentReplica, Touch } from './app/document-type.ts';
import type { GuardedRoots } from './app/guarded-roots.ts';
import type { Bound } from './app/operation.ts';
import type { Hash } from './bytes/hash.ts';
import type { Change, Decision, WriterRecord } from './causality/change.ts';
import type { Dot } from './causality/context.ts';
import type { LogHead } from './causality/log-entry.ts';
import type { VersionVector } from './causality/version-vector.ts';
import type { CoordinationFold } from './coordination/fold.ts';
import type { DocumentId, GrantId, OperationId, User, WriterId } from './identity.ts';
import type { IntentStage, StoredIntent } from './intents/intent.ts';
import type { Mode, OpContext, Position, ReceiptState, Refused, Strength } from './outcome.ts';
import { isOutcome, rungOf } from './outcome.ts';
import type { ProposedRights, ProposedRow } from './partition/decide.ts';
import type {
  DamagedRecord,
  RightsRow,
  StoreCommand,
  StoredEffect,
  StoredEpisode,
} from './queue/stored.ts';
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
  /** The writers of other tabs that live now; unset: nobody else's. */
  readonly alive?: ReadonlySet<WriterId>;
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

/** An intent of this replica that has no answer yet. */
export interface KeptIntent {
  intent: StoredIntent;
  stage: IntentStage;
  readonly onTimeout: Bound['onTimeout'];
}

/** Rights of this device: used numbers as far as this tab knows, and what is asked for. */
export interface DeviceRights {
  /** A mirror of the store's, for display: the store's own transaction decides. */
  rows: readonly RightsRow[];
  /** They cannot be read back: nothing is spent. */
  isLost: boolean;
  /** Something changed since the view was told. */
  isStale: boolean;
  /** Places that the view was told of. */
  readonly told: Map<string, { readonly root: string; readonly key: string }>;
  /** Where more is wanted, with the request that is under way. */
  readonly wanted: Map<string, RightsWanted>;
  /** When each grant came, by the monotonic clock of this page. */
  readonly seenMs: Map<GrantId, number>;
  asked: number;
}
export interface RightsWanted extends Omit<ProposedRights, 'invariant'> {
  readonly request: OperationId | undefined;
}

/** An operation between `runRequested` and its change. */
export interface DecidingOperation {
  readonly name: string;
  readonly args: unknown;
  readonly subjects: readonly string[];
  readonly op: OpContext;
  readonly decision: Decision;
  readonly rows: readonly ProposedRow[];
  readonly rights: readonly ProposedRights[];
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
      readonly effects: readonly StoredEffect[];
    }
  | { readonly next: 'intent-saved' | 'intent-claimed'; readonly operation: OperationId }
  | {
      readonly next: 'intent-dropped';
      readonly operation: OperationId;
      readonly refusal: Refused;
    }
  | { readonly next: 'perform'; readonly effect: StoredEffect };
export interface QueuedCommand {
  readonly command: StoreCommand;
  readonly continuation: Continuation;
}

/** Mutable, and owned by `stepReplica` alone: a step costs what it changes, not what there is. */
export interface ReplicaState extends ReplicaSetup {
  alive: ReadonlySet<WriterId>;
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
  /** In the order in which they were asked. */
  readonly intents: Map<OperationId, KeptIntent>;
  readonly rights: DeviceRights;
  readonly receipts: Map<OperationId, ReceiptState>;
  /** Where the operations of `receipts` were committed: a rung keeps its evidence when passed. */
  readonly committedAt: Map<OperationId, Position>;
  /** What they touched: to say how a key stands. */
  readonly own: OwnOperations;
  /** Roots that only operations may write. */
  readonly guardedRoots: GuardedRoots;
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

/** Sets how far an operation is. A ladder: what would lead back is passed over. */
export function raiseReceipt(
  state: ReplicaState,
  operation: OperationId,
  next: ReceiptState,
): void {
  const now = state.receipts.get(operation);
  if (now && (isOutcome(now) || rungOf(next) < rungOf(now))) return;
  state.receipts.set(operation, next);
}

export function pendingKey(writer: WriterId, seq: number): string {
  return `${writer}:${seq}`;
}
export function effectKey(effect: { operation: OperationId; index: number }): string {
  return `${effect.operation}:${effect.index}`;
}
