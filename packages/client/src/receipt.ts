// The answer to one operation, as applications hold it.
import type { Committed, OperationId, Outcome, ReceiptState, Refused, Saved } from '@causeway/core';
import type { Live } from './live.ts';

/** The answers to one operation, rung by rung. Its promises never reject. */
export interface Receipt {
  readonly id: OperationId;
  readonly state: Live<ReceiptState>;
  readonly saved: Promise<Saved | Refused>;
  readonly committed: Promise<Committed | Refused>;
  readonly outcome: Promise<Outcome>;
  /**
   * Takes an intent back. Before it was handed over nothing of it is left; afterwards its result or
   * its cancellation commits, and this resolves when the log says which. What was applied here is
   * `too-late`: run the opposite operation.
   */
  cancel(): Promise<'cancelled' | 'too-late'>;
}
