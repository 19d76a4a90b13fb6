// What the primary knows of effects that are not done with. Kept in memory alone: a new primary reads
// the same from the log, and waits out the leases that it finds there.
import type { EffectId, OperationId } from '../identity.ts';
import type { Breaker } from './breaker.ts';

/** An effect for the primary that is not done, dropped or given up. */
export interface PendingEffect {
  readonly id: EffectId;
  readonly operation: OperationId;
  readonly name: string;
  readonly payload: unknown;
  readonly position: number;
  /** The primary ran its operation itself: there is no audit to wait for. */
  readonly isResult: boolean;
  /** It breaks its schema: nobody is asked to do it. */
  readonly isInvalid: boolean;
  /** After a failure, not before. */
  readyMs: number;
  /** While claimed: until when another primary may be at it. */
  leaseEndsMs: number;
  /** Claimed by this primary: its handler was called, and has not answered. */
  isCalled: boolean;
}

/** Mutable, and owned by `stepPrimary`. */
export interface Outbox {
  /** In commit order. */
  readonly pendingById: Map<EffectId, PendingEffect>;
  /** By effect name; absent: closed. */
  readonly breakers: Map<string, Breaker>;
}

export function emptyOutbox(): Outbox {
  return { pendingById: new Map(), breakers: new Map() };
}
