// The types of the surface: what an application's declaration makes of handles, receipts and effects.
import type {
  App,
  Bound,
  CaseRecord,
  Committed,
  Effects,
  EffectType,
  In,
  Mode,
  OperationId,
  Out,
  Outcome,
  PendingOperation,
  Position,
  ReceiptState,
  Refused,
  ReplicaId,
  ReplicaStatus,
  Saved,
  StoredEpisode,
  TypesOf,
  VersionVector,
  View,
} from '@causeway/core';
import type { Live } from './live.ts';

export type OperationName<A extends App> = keyof TypesOf<A>['schemas'] & string;
export type ArgsOf<A extends App, O extends OperationName<A>> = In<TypesOf<A>['schemas'][O]>;
export type ViewOf<A extends App> = View<TypesOf<A>['roots']>;

/** How a device effect is called. `key`: the same at every attempt. */
export interface EffectCall {
  readonly key: string;
  readonly operation: OperationId;
}
export type DeviceHandlers<E extends Effects> = {
  readonly [N in keyof E as E[N]['runs'] extends 'device' ? N : never]: E[N] extends EffectType
    ? (payload: Out<E[N]['payload']>, call: EffectCall) => Promise<unknown>
    : never;
};
/** Handlers are required exactly where the application has effects on the device. */
export type WithHandlers<H> = keyof H extends never
  ? { readonly effects?: never }
  : { readonly effects: H };

export interface RunOptions extends Partial<Bound> {}

/** The answers to one operation, rung by rung. Its promises never reject. */
export interface Receipt {
  readonly id: OperationId;
  readonly state: Live<ReceiptState>;
  readonly saved: Promise<Saved | Refused>;
  readonly committed: Promise<Committed | Refused>;
  readonly outcome: Promise<Outcome>;
}

/** `tentative`: something read here is not committed yet. `stale`: others may know more. */
export interface Read<T> {
  readonly value: T;
  readonly asOf: Position;
  readonly tentative: boolean;
  readonly stale: boolean;
}
/** What is used of a stand-in limit: own operations not yet confirmed, net of credits. */
export interface LimitUse {
  readonly invariant: string;
  readonly key: string;
  readonly used: number;
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
}

export interface DocumentHandle<A extends App> {
  readonly id: string;
  readonly status: Live<Status>;
  /**
   * Runs an operation: never throws for policy, invariants or network; the receipt tells.
   * Throws Bug only for misuse inside the application's own callbacks.
   */
  run<O extends OperationName<A>>(name: O, args: ArgsOf<A, O>, o?: RunOptions): Receipt;
  /** The receipt of an operation of this replica, also after a reload; undefined if unknown here. */
  receipt(id: string): Receipt | undefined;
  /** Tentative content included. */
  readonly view: ViewOf<A>;
  select<T>(from: (doc: ViewOf<A>) => T): Live<Read<T>>;
  /** Operations that are not committed yet, by name. Survives a reload. */
  readonly pending: Live<readonly PendingOperation[]>;
  readonly cases: Live<readonly CaseRecord[]>;
  readonly episodes: Live<readonly StoredEpisode[]>;
  readonly limits: Live<readonly LimitUse[]>;
  /** What is seen of each writer: for inspection. */
  vector(): VersionVector;
  /** Resolves when everything of this replica is committed. Rejects with `signal.reason` only. */
  flush(o?: { signal?: AbortSignal }): Promise<void>;
  close(): Promise<void>;
}
/** A document's handle with what its library adds (Yjs: `doc`, `awareness`). */
export type Handle<A extends App> = DocumentHandle<A> & TypesOf<A>['facet'];

export interface Client<A extends App> extends AsyncDisposable {
  /** This replica's id; known once the store is open. */
  readonly replica: Promise<ReplicaId>;
  readonly status: Live<ClientStatus>;
  /**
   * Opens a document from this device; never waits for the network. Throws Bug `bad-document-id`;
   * rejects with StoreFailure when this device's store cannot be read.
   */
  open(document: string): Promise<Handle<A>>;
  documents(): Promise<readonly { readonly id: string; readonly pending: number }[]>;
  goOffline(): void;
  goOnline(): void;
  /** Saves what is not saved, then lets go of sockets and the store. */
  close(): Promise<void>;
}
