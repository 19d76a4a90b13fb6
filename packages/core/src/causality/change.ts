// The unit of replication: a header that relays read, a payload they do not, and effect records
// that may be lost without breaking the chain, so that their loss is visible (ARCHITECTURE §2, §3).

import type { CellKind } from '../app/policy-table.ts';
import type { SpentRow } from '../escrow/grant.ts';
import type { OperationId, ReplicaId, WriterId } from '../identity.ts';
import type { Mode } from '../outcome.ts';
import type { Context } from './context.ts';

/** Order is the wire code: append only. */
export const changeKinds = [
  'edit',
  'operation',
  'intent',
  'result',
  'cancelled',
  'coordination',
  'guarded-edit',
  'import',
] as const;
export type ChangeKind = (typeof changeKinds)[number];

/** How an operation was decided, recorded with it for the audit and for people. */
export interface Decision {
  readonly mode: Mode;
  readonly cell: CellKind;
  /** The invariant of the strictest cell, or `*` where the whole row is free. */
  readonly invariant: string;
  /** Absent: the row's own column for the mode. */
  readonly reason?: DecisionReason;
}

/** What else may decide where an operation goes. Order is the wire code: append only. */
export const decisionReasons = [
  /** Its row, or its bound, asks the primary while connected. */
  'asks-primary',
  /** It reads a key that a waiting intent overlays. */
  'overlay',
  /** This replica holds the key. */
  'home',
  /** Somebody else holds the key: the second cell decided. */
  'not-home',
  /** The engine's own request: to cancel, to reserve, to release. */
  'engine',
] as const;
export type DecisionReason = (typeof decisionReasons)[number];

/** What relays and auditors know of a named change without its payload. */
export interface OperationHeader {
  readonly id: OperationId;
  readonly name: string;
  /** The application version whose code ran: audits use the same. */
  readonly codeVersion: number;
  readonly user: string;
  /** The author's clock, Unix ms; shown, decides nothing. */
  readonly wallMs: number;
  readonly decision: Decision;
  /** The rights that it spends, by number. */
  readonly rights?: readonly SpentRow[];
  /** What a person meant once, under whatever operation ids it was submitted. */
  readonly dedupKey?: string;
}

/** The effect records this change must carry; a missing record is `external-history-lost`. */
export interface EffectSeal {
  readonly count: number;
  readonly hash: Uint8Array;
}

export interface ChangeHeader {
  readonly kind: ChangeKind;
  readonly context: Context;
  readonly operation?: OperationHeader;
  readonly effects?: EffectSeal;
}

/** A writer: one incarnation of a replica, with the CRDT library's client id bound to it. */
export interface WriterRecord {
  readonly writer: WriterId;
  readonly replica: ReplicaId;
  /** Yjs `clientID` or the like: a whole number below 2^53, one writer's alone. */
  readonly clientId: number;
}

/** The bytes of a change, as they travel and rest. `effects` is empty where there are none. */
export interface SealedChange {
  readonly header: Uint8Array;
  readonly payload: Uint8Array;
  readonly effects: Uint8Array;
}

/** A change with its place in its writer's chain. `hash` covers the chain up to here. */
export interface Change {
  readonly author: WriterRecord;
  readonly seq: number;
  readonly header: ChangeHeader;
  readonly sealed: SealedChange;
  readonly hash: Uint8Array;
}

/**
 * The size of a change as `changeBytesMax` counts it. Cost: O(1). The decoder does not apply that
 * limit: who admits a push answers `push-refused` `too-large`, so that the client can set the one
 * change aside instead of losing its link for ever.
 */
export function sealedBytes(change: SealedChange): number {
  return change.header.length + change.payload.length + change.effects.length;
}

/** True for every change but a plain edit: those that conditional appends are about. */
export function isNamed(kind: ChangeKind): boolean {
  return kind !== 'edit' && kind !== 'import';
}
