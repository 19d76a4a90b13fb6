// The types of the surface: what an application's declaration makes of handles, receipts and effects.
import type {
  App,
  Bound,
  BoundedCounterView,
  CaseRecord,
  EffectHandlers,
  Effects,
  In,
  LinkMetrics,
  Mode,
  OperationId,
  Overlay,
  PartitionMetrics,
  PendingOperation,
  Position,
  PossibleFindings,
  Refused,
  ReplicaId,
  ReplicaStatus,
  SagaStatus,
  Share,
  StoredEpisode,
  TypesOf,
  VersionVector,
  View,
  WithHandlers,
} from '@causeway/core';
import type { AuditorState } from './auditor-port.ts';
import type { CloseSafety } from './close-safety.ts';
import type { Live } from './live.ts';
import type { Receipt } from './receipt.ts';
import type { WorkSurface } from './work-surface.ts';

export type OperationName<A extends App> = keyof TypesOf<A>['schemas'] & string;
export type ArgsOf<A extends App, O extends OperationName<A>> = In<TypesOf<A>['schemas'][O]>;
export type SagaName<A extends App> = keyof TypesOf<A>['sagas'] & string;
export type ViewOf<A extends App> = View<TypesOf<A>['roots']>;

/** How a device effect is called. `key`: the same at every attempt. */
export interface EffectCall {
  readonly key: string;
  readonly operation: OperationId;
}
export type DeviceHandlers<E extends Effects> = EffectHandlers<E, 'device', EffectCall>;
/** Handlers are required exactly where the application has effects on the device. */
export type DeviceOptions<A extends App> = WithHandlers<
  DeviceHandlers<TypesOf<A>['effects'] & Effects>
>;

export interface RunOptions extends Partial<Bound> {
  /** Of an intent: it is dropped (`expired`) when it could not be handed over within so long. */
  readonly expiresInMs?: number;
  /** Of an intent: handed over once these are confirmed, and refused (`depends`) with them. */
  readonly dependsOn?: readonly OperationId[];
  /**
   * Names what the person means once: 1 to 256 bytes, the same wherever and however often it is
   * submitted (an order's number, say). The audit suspects a second operation of the same name with it.
   * Throws Bug `bad-dedup-key`.
   */
  readonly dedupKey?: string;
}

/** How a saga is asked for. */
export type SagaOptions = Pick<RunOptions, 'expiresInMs' | 'dependsOn'>;

export interface ReserveOptions {
  /** `shared` holders keep off only who needs the key exclusively. Default `exclusive`. */
  readonly share?: Share;
  readonly withinMs?: number;
}

/** `tentative`: something read here is not committed yet. `stale`: others may know more. */
export interface Read<T> {
  readonly value: T;
  readonly asOf: Position;
  readonly tentative: boolean;
  readonly stale: boolean;
}
export interface ReadOptions {
  readonly consistency: 'local' | 'session' | 'primary';
  /** `session`: the `asOf` of an earlier look. */
  readonly after?: Position;
  readonly withinMs?: number;
}

/** A bounded counter's key while rights are out. */
export interface RightsInterval {
  readonly low: number;
  readonly high: number;
  /** Spendable here, without asking anybody. */
  readonly rights: number;
}

/** What is used of a stand-in limit: own operations not yet confirmed, net of credits. */
export interface LimitUse {
  readonly invariant: string;
  readonly key: string;
  readonly used: number;
  /** Undefined where the table decides it per call. */
  readonly max: number | undefined;
  /** What is left on this device while it is cut off; confirmation gives it back. */
  readonly remaining: number | undefined;
}
/** What the socket does; `mode` says what one may do. */
export type LinkState = 'connecting' | 'connected' | 'disconnected' | 'refused' | 'closed';
export interface Status extends ReplicaStatus {
  readonly link: LinkState;
}
export interface ClientStatus {
  readonly link: LinkState;
  /** The worst mode of the open documents. */
  readonly mode: Mode;
  readonly pending: number;
  readonly synced: boolean;
  /** The store's own trouble, if any: what to do is in docs/ERRORS.md. */
  readonly storeFailure: string | undefined;
  /** What this client's auditor does; `off`: it has none. */
  readonly auditor: AuditorState | 'off';
  readonly auditorFailure: string | undefined;
}

export interface DocumentHandle<A extends App> extends WorkSurface {
  readonly id: string;
  readonly status: Live<Status>;
  /**
   * Runs an operation: never throws for policy, invariants or network; the receipt tells.
   * Throws Bug only for misuse inside the application's own callbacks.
   */
  run<O extends OperationName<A>>(name: O, args: ArgsOf<A, O>, o?: RunOptions): Receipt;
  /**
   * Asks the primary for a saga: an intent, so it waits while this device is cut off, is handed over
   * after recovery, and can be cancelled before it begins. Its outcome is `confirmed` when all steps
   * are done. Refused: `invalid-args`, `unknown-operation`, `failed` (its steps cannot be used),
   * `no-primary`, `too-large`; `saga-undone` with the reason of the step that could not be done;
   * `saga-stuck` where a step could not be undone: see `sagas`, mend what it says, abort it again.
   * @see Garcia-Molina & Salem, Sagas (SIGMOD 1987); docs/adr/0012-sagas.md
   */
  startSaga<N extends SagaName<A>>(
    name: N,
    args: In<TypesOf<A>['sagas'][N]>,
    o?: SagaOptions,
  ): Receipt;
  /**
   * Turns a saga back before its next step, whoever started it; a step that runs is done first. One that
   * is stuck is tried again. Confirmed when the primary has noted it; refused (`failed`) where there is
   * no such saga yet, or it is done: then run the opposite operations.
   */
  abortSaga(id: string): Receipt;
  /** The sagas of this document, own and others', those that wait on this device at the end. */
  readonly sagas: Live<readonly SagaStatus[]>;
  /** The receipt of an operation of this replica, also after a reload; undefined if unknown here. */
  receipt(id: string): Receipt | undefined;
  /** Tentative content included. */
  readonly view: ViewOf<A>;
  select<T>(from: (doc: ViewOf<A>) => T): Live<Read<T>>;
  /**
   * One look at the view. `local`: what this device knows, at once. `session`: at least what an earlier
   * look saw, here or on another device (`after` is its `asOf`). `primary`: with everything that was
   * committed and audited when it was asked; costs a round trip and two entries in the log. Both within
   * `withinMs` (default 5,000). Refused: `timed-out`, `no-primary`: only a local look is to be had.
   * @see Terry et al., Session Guarantees for Weakly Consistent Replicated Data (PDIS 1994)
   */
  read<T>(
    from: (doc: ViewOf<A>) => T,
    o: ReadOptions,
  ): Promise<({ readonly type: 'read' } & Read<T>) | Refused>;
  /** Between which values the truth lies, counting what other devices may have spent by now. */
  interval(counter: (doc: ViewOf<A>) => BoundedCounterView, key: string): RightsInterval;
  /** Operations that are not committed yet, by name. Survives a reload. */
  readonly pending: Live<readonly PendingOperation[]>;
  readonly cases: Live<readonly CaseRecord[]>;
  /**
   * Commits that could have broken a rule, had the log put what nobody had seen in another order: of
   * invariants that `record: 'possible'`. Reported only; nothing is compensated for them.
   */
  readonly possible: Live<PossibleFindings>;
  readonly episodes: Live<readonly StoredEpisode[]>;
  readonly limits: Live<readonly LimitUse[]>;
  /** What waiting intents would show (`preview`), in the order in which they were asked. */
  readonly overlays: Live<readonly Overlay[]>;
  /**
   * Holds `key` for this replica, so that rows with `home(key)` may go on here while cut off. Waits
   * until other holders gave it back, within `withinMs` (default 5,000). Refused: `timed-out`
   * (others hold it, or the relay cannot be reached), `no-primary`.
   */
  reserve(key: string, o?: ReserveOptions): Promise<{ readonly type: 'reserved' } | Refused>;
  /** Gives a key back; to give back what is not held changes nothing. */
  release(key: string): Promise<{ readonly type: 'released' } | Refused>;
  /** What is seen of each writer: for inspection. */
  vector(): VersionVector;
  /** Resolves when everything of this replica is committed. Rejects with `signal.reason` only. */
  flush(o?: { signal?: AbortSignal }): Promise<void>;
  close(): Promise<void>;
}
/** A document's handle with what its library adds (Yjs: `doc`, `awareness`). */
export type Handle<A extends App> = DocumentHandle<A> & TypesOf<A>['facet'];

/** The detector's numbers: of the link, and of each document that is open. */
export interface ClientMetrics {
  readonly link: LinkMetrics | undefined;
  readonly documents: Readonly<Record<string, PartitionMetrics>>;
}

export interface Client<A extends App> extends AsyncDisposable, CloseSafety {
  /** This replica's id; pending until the store is open (`status.storeFailure`: why it is not). */
  readonly replica: Promise<ReplicaId>;
  readonly status: Live<ClientStatus>;
  /**
   * Opens a document from this device; never waits for the network. Throws Bug `bad-document-id`;
   * rejects with StoreFailure when this device's store cannot be read.
   */
  open(document: string): Promise<Handle<A>>;
  documents(): Promise<readonly { readonly id: string; readonly pending: number }[]>;
  metrics(): ClientMetrics;
  goOffline(): void;
  goOnline(): void;
  /** Saves what is not saved, then lets go of sockets and the store. */
  close(): Promise<void>;
}
