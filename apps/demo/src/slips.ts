// The slips of one machine: each operation that was made here, in any tab, with the rung it stands on,
// over reloads.
import type { Handle, Receipt } from '@causeway/client';
import type { ReceiptState } from '@causeway/core';
import type { app } from './bank.ts';
import { isSlip, openTape, type Slip } from './tape.ts';

/** A slip and where the engine says it stands. */
export interface OperationLine extends Slip {
  readonly state: ReceiptState;
}

export interface Slips {
  add(slip: Slip, receipt: Receipt): void;
  /** Newest first. */
  lines(): readonly OperationLine[];
}

/** Opens the slips kept under `place`; the engine says how each of them stands. */
export function openSlips(handle: Handle<typeof app>, place: string, onChange: () => void): Slips {
  const tape = openTape({
    place: `${place}/slips`,
    storage: localStorage,
    isItem: isSlip,
    onChange,
  });
  const receipts = new Map<string, Receipt>();
  const follow = (key: string, receipt: Receipt): Receipt => {
    receipts.set(key, receipt);
    receipt.state.subscribe(onChange);
    return receipt;
  };
  /** An operation of another tab is known here once that tab has saved it. */
  const receiptOf = (key: string): Receipt | undefined => {
    const known = receipts.get(key);
    if (known) return known;
    const receipt = handle.receipt(key);
    return receipt && follow(key, receipt);
  };
  return {
    add(slip, receipt) {
      tape.add(slip);
      follow(slip.key, receipt);
    },
    lines() {
      const lines = tape.items.flatMap((slip) => {
        const state = receiptOf(slip.key)?.state.current;
        return state ? [{ ...slip, state }] : [];
      });
      return lines.reverse();
    },
  };
}
