// The state of the primary of one document: the audited prefix, and the cases it works on.
import type { AppDefinition } from '../app/app-definition.ts';
import type { DocumentReplica } from '../app/document-type.ts';
import type { GuardedRoots } from '../app/guarded-roots.ts';
import { guardedRoots } from '../app/guarded-roots.ts';
import type { EffectRecord } from '../app/operation.ts';
import type { Json } from '../bytes/canonical-json.ts';
import type { Hash } from '../bytes/hash.ts';
import type { OperationHeader, SealedChange, WriterRecord } from '../causality/change.ts';
import type { CausalPlace } from '../causality/context.ts';
import { chainGenesis } from '../causality/hash-chain.ts';
import type { Fact, RefusedFact, StaleFact } from '../coordination/facts.ts';
import type { CoordinationFold } from '../coordination/fold.ts';
import { emptyFold } from '../coordination/fold.ts';
import type { OperationSummary } from '../coordination/operation-summary.ts';
import type { RightsLedger } from '../escrow/rights-ledger.ts';
import type { CaseId, DocumentId, GrantId, OperationId, ReplicaId, WriterId } from '../identity.ts';
import type { AuditWindow } from './audit-window.ts';
import { emptyWindow } from './audit-window.ts';
import type { DedupIndex } from './dedup-index.ts';
import type { Outbox } from './outbox-state.ts';
import { emptyOutbox } from './outbox-state.ts';
import type { PrimaryEffect } from './primary-io.ts';
import type { RuleReads } from './rule-reads.ts';
import { nothingRead } from './rule-reads.ts';
import type { WatchedEffects } from './watched-effects.ts';
import { nothingWatched } from './watched-effects.ts';

export interface PrimarySetup {
  /** The newest version: its rules count. */
  readonly definition: AppDefinition;
  /** Earlier versions, for the operations that were made with them. */
  readonly previous?: readonly AppDefinition[];
  /** Of a replay: what the log says of operations. It stands where their version is not loaded. */
  readonly verdicts?: ReadonlyMap<OperationId, RefusedFact | StaleFact> | undefined;
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
  /**
   * The roles of a user, for whoever may answer a case, and for nothing else: operations are judged by
   * what the log tells. Default: nobody has any. The name is what the client said; who wants it proved,
   * proves it before an operation gets here. A replay asks for none: it takes the answers as recorded.
   */
  readonly rolesOf?: ((user: string) => readonly string[]) | undefined;
  /**
   * Default true. False: nobody here performs effects. They are claimed by nobody, and nobody says what
   * became of a claim: all of that waits for a primary that does.
   */
  readonly actsOutside?: boolean;
}

/** A named operation on a key, or a compensation: what attribution chooses from. */
export interface KeyedOperation {
  readonly summary: OperationSummary;
  readonly place: CausalPlace;
  /** A compensation: nobody did it. */
  readonly isMending: boolean;
  /** How far the key was from failing after it, where the rule is a sum; and what it added. */
  readonly margin: number | undefined;
  readonly weight: number | undefined;
}

/** What the steps of one open saga touched, and who came after. */
export interface SagaTouch {
  /** By step: the keys and subjects of what it did. */
  readonly namesByStep: Map<number, ReadonlySet<string>>;
  /** By step, in commit order. */
  readonly laterByStep: Map<number, OperationSummary[]>;
}

/** A key of a bounded counter that somebody was given rights on. */
export interface RightsPlace {
  readonly root: string;
  readonly key: string;
  readonly ledger: RightsLedger;
}

/** An intent in the log that has no answer yet. */
export interface WaitingIntent {
  readonly operation: OperationHeader;
  readonly args: Json;
  /** Who asked. */
  readonly replica: ReplicaId;
  /** Where the log has it. */
  readonly position: number;
}

/** By `invariant key`. */
export type GuardedDeficits = ReadonlyMap<string, GuardedLook>;
export interface GuardedLook {
  readonly invariant: string;
  readonly key: string;
  readonly deficit: number;
  /** Of a rule that is a sum: how far it was from failing. */
  readonly margin: number | undefined;
}

/** What to append now, or until when there is nothing to append. */
export type Due = { readonly changes: readonly SealedChange[] } | { readonly waitUntilMs: number };

/** An open case: when it may be mended. */
export interface CaseWork {
  /** The log's word counts: it may have been found under another version of the invariant. */
  id: CaseId;
  readonly invariant: string;
  readonly key: string;
  readonly openedMs: number;
  deficit: number;
  readonly affected: OperationSummary[];
  /** What made it worse. */
  readonly triggers: OperationSummary[];
  /** The log says that people decide: not tried again. */
  isEscalated: boolean;
}

/** An append under way: its facts count only when they come back as entries. */
export interface PrimaryAppend {
  readonly lastSeq: number;
}

/** Mutable, and owned by `stepPrimary` alone. */
export interface PrimaryState extends Required<PrimarySetup> {
  position: number;
  namedPosition: number;
  /** Position of the last client operation. */
  operationPosition: number;
  /** Of the last entry whose facts come right after it, with the same append. */
  resultPosition: number;
  chain: { seq: number; hash: Uint8Array };
  fold: CoordinationFold;
  /** Found and not yet in the log. */
  facts: Fact[];
  /** By `invariant key`, in commit order: what stands. */
  readonly history: Map<string, KeyedOperation[]>;
  /** What states of then are built from. */
  readonly window: AuditWindow;
  /** By `invariant key`: the case that is broken now. */
  readonly cases: Map<string, CaseWork>;
  /** Their deficit went back to 0 by itself: over, and not yet closed in the log. */
  healed: CaseWork[];
  /** Dots per writer, stated so far: inherited along its chain. */
  readonly inherited: Map<WriterId, Map<WriterId, number>>;
  /** In commit order. */
  readonly intents: Map<OperationId, WaitingIntent>;
  /** Operations that went on while their intents had no answer, or had been refused. */
  readonly proceeded: Set<OperationId>;
  /** What the operations of the audited prefix recorded for outside: evidence for people. */
  readonly effectsById: Map<OperationId, readonly EffectRecord[]>;
  /** When each claimed case was claimed, by this primary's monotonic clock. */
  readonly claimedSinceMs: Map<CaseId, number>;
  /** When the holders of a key were asked to give it back, by this primary's monotonic clock. */
  readonly recalledSinceMs: Map<string, number>;
  /** By root and key: the bounded counters on which rights were given. */
  readonly rights: Map<string, RightsPlace>;
  readonly placeByGrant: Map<GrantId, string>;
  /** Who stands under which `dedupKey`. */
  readonly dedupIndex: DedupIndex;
  /** Effects that are still to be seen. */
  readonly watched: WatchedEffects;
  readonly guardedRoots: GuardedRoots;
  /** How badly each guarded key failed at the last look; unset once that may have changed. */
  guarded: GuardedDeficits | undefined;
  /** Effects outside that are not done with. */
  readonly outbox: Outbox;
  /** What this step asks of the world, beside its append. */
  asked: PrimaryEffect[];
  /** By saga: when its step that failed is tried again, by this primary's monotonic clock. */
  readonly sagaRetryAtMs: Map<OperationId, number>;
  /** By open saga: what its steps touched, and who came after. */
  readonly sagaTouch: Map<OperationId, SagaTouch>;
  /** What the rules read when they were last judged. */
  readonly reads: RuleReads;
  append: PrimaryAppend | undefined;
}

export function keyName(invariant: string, key: string): string {
  return `${invariant}\u0000${key}`;
}

/** A primary at position 0 of its document. Feed it every entry from 1 on. */
export function openPrimary(setup: PrimarySetup): PrimaryState {
  return {
    previous: [],
    rolesOf: undefined,
    actsOutside: true,
    verdicts: undefined,
    ...setup,
    position: 0,
    namedPosition: 0,
    operationPosition: 0,
    resultPosition: 0,
    chain: { seq: 0, hash: chainGenesis(setup.hash, setup.id, setup.author) },
    fold: emptyFold(),
    facts: [],
    history: new Map(),
    window: emptyWindow(),
    cases: new Map(),
    healed: [],
    inherited: new Map(),
    intents: new Map(),
    proceeded: new Set(),
    effectsById: new Map(),
    claimedSinceMs: new Map(),
    recalledSinceMs: new Map(),
    rights: new Map(),
    placeByGrant: new Map(),
    dedupIndex: new Map(),
    watched: nothingWatched(),
    guardedRoots: guardedRoots(setup.definition, setup.document),
    guarded: undefined,
    outbox: emptyOutbox(),
    asked: [],
    sagaRetryAtMs: new Map(),
    sagaTouch: new Map(),
    reads: nothingRead(),
    append: undefined,
  };
}
