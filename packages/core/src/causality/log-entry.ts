// A document's log: every change at one position of one total commit order (Bayou's primary commit).
import type { LogId } from '../identity.ts';
import type { SealedChange, WriterRecord } from './change.ts';

/** A committed change. Positions begin at 1 and have no gaps. */
export interface LogEntry {
  readonly position: number;
  readonly author: WriterRecord;
  readonly seq: number;
  readonly sealed: SealedChange;
}

/** How far a log goes and what it contains: equal heads mean equal logs. */
export interface LogHead {
  /** New whenever a store starts empty: a relay that lost its data is recognised by it. */
  readonly log: LogId;
  /** Raised when the log's owner changes; 1 at first. */
  readonly epoch: number;
  /** Position of the last entry; 0 when empty. */
  readonly position: number;
  readonly prefixHash: Uint8Array;
  readonly digest: Uint8Array;
  /** Position of the last entry that is not a plain edit; 0 when none. */
  readonly namedPosition: number;
}
