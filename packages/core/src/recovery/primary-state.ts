// The state of the primary of one document: the audited prefix, and the cases it works on.
import type { AppDefinition } from '../app/app-definition.ts';
import type { DocumentReplica } from '../app/document-type.ts';
import type { Hash } from '../bytes/hash.ts';
import type { WriterRecord } from '../causality/change.ts';
import type { CausalPlace } from '../causality/context.ts';
import { chainGenesis } from '../causality/hash-chain.ts';
import type { Fact, OperationSummary } from '../coordination/facts.ts';
import type { CoordinationFold } from '../coordination/fold.ts';
import { emptyFold } from '../coordination/fold.ts';
import type { CaseId, DocumentId, WriterId } from '../identity.ts';

export interface PrimarySetup {
  readonly definition: AppDefinition;
  /** The document's id; `document` below is its content. */
  readonly id: DocumentId;
  /**
   * Only reads, under a client id of its own: compensations are written by copies as `author`, and
   * come back through the log. As the author's it would have to refuse them.
   */
  readonly document: DocumentReplica;
  readonly author: WriterRecord;
  readonly hash: Hash;
  readonly epoch: number;
}

/** A named operation on a key: what attribution chooses from. */
export interface KeyedOperation {
  readonly summary: OperationSummary;
  readonly place: CausalPlace;
}

/** An open case: when it may be mended. */
export interface CaseWork {
  readonly id: CaseId;
  readonly invariant: string;
  readonly key: string;
  readonly openedMs: number;
  deficit: number;
  readonly affected: OperationSummary[];
  /** The log says that people decide: not tried again. */
  isEscalated: boolean;
}

/** An append under way: its facts count only when they come back as entries. */
export interface PrimaryAppend {
  readonly lastSeq: number;
}

/** Mutable, and owned by `stepPrimary` alone. */
export interface PrimaryState extends PrimarySetup {
  position: number;
  namedPosition: number;
  /** Position of the last client operation. */
  operationPosition: number;
  chain: { seq: number; hash: Uint8Array };
  fold: CoordinationFold;
  /** Found and not yet in the log. */
  facts: Fact[];
  readonly history: Map<string, KeyedOperation[]>;
  /** By `invariant key`: the case that is broken now. */
  readonly cases: Map<string, CaseWork>;
  /** Their deficit went back to 0 by itself: over, and not yet closed in the log. */
  healed: CaseWork[];
  /** Dots per writer, stated so far: inherited along its chain. */
  readonly inherited: Map<WriterId, Map<WriterId, number>>;
  append: PrimaryAppend | undefined;
}

export function keyName(invariant: string, key: string): string {
  return `${invariant}\u0000${key}`;
}

/** A primary at position 0 of its document. Feed it every entry from 1 on. */
export function openPrimary(setup: PrimarySetup): PrimaryState {
  return {
    ...setup,
    position: 0,
    namedPosition: 0,
    operationPosition: 0,
    chain: { seq: 0, hash: chainGenesis(setup.hash, setup.id, setup.author) },
    fold: emptyFold(),
    facts: [],
    history: new Map(),
    cases: new Map(),
    healed: [],
    inherited: new Map(),
    append: undefined,
  };
}
