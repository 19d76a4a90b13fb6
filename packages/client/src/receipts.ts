// Receipts: one Live per operation that somebody asked about, fed from the machine's ladder.
import type {
  Committed,
  OperationId,
  Outcome,
  ReceiptState,
  ReplicaState,
  Saved,
} from '@causeway/core';
import { toPosition } from '@causeway/core';
import type { LiveCell } from './live.ts';
import { createLive, isSameData } from './live.ts';
import type { Receipt } from './types.ts';

export interface Receipts {
  of(id: OperationId): Receipt | undefined;
  /** Publishes what changed. Cost: O(receipts not yet at their last rung). */
  refresh(): void;
}

export function createReceipts(state: ReplicaState): Receipts {
  const open = new Map<OperationId, LiveCell<ReceiptState>>();
  const all = new Map<OperationId, Receipt>();
  const track = (id: OperationId, first: ReceiptState): Receipt => {
    const live = createLive<ReceiptState>(first, isSameData);
    const receipt = receiptOn(id, live);
    all.set(id, receipt);
    if (!isLast(first)) open.set(id, live);
    return receipt;
  };
  return {
    of(id) {
      const known = all.get(id);
      if (known) return known;
      const current = state.receipts.get(id);
      return current && track(id, current);
    },
    refresh() {
      for (const [id, live] of open) {
        const current = state.receipts.get(id);
        if (!current) continue;
        live.set(current);
        if (isLast(current)) open.delete(id);
      }
    },
  };
}

function isLast(state: ReceiptState): state is Outcome {
  return state.type === 'confirmed' || state.type === 'compensated' || state.type === 'refused';
}

type Rung = ReceiptState['type'];

function receiptOn(id: OperationId, live: LiveCell<ReceiptState>): Receipt {
  // Rungs passed in one turn are still passed: each promise keeps its own first answer.
  let lastSaved: Saved | undefined;
  let lastCommitted: Committed | undefined;
  live.subscribe((state) => {
    if (state.type === 'saved') lastSaved = state;
    if (state.type === 'committed') lastCommitted = state;
  });
  const reached = (rungs: readonly Rung[]) =>
    live.waitFor((state) => rungs.includes(state.type) || state.type === 'refused');
  const above: readonly Rung[] = ['confirmed', 'compensated'];
  return {
    id,
    state: live,
    get saved() {
      return reached(['saved', 'committed', ...above]).then((state) =>
        state.type === 'refused' && !lastSaved ? state : (lastSaved ?? assumedSaved),
      );
    },
    get committed() {
      return reached(['committed', ...above]).then((state) =>
        state.type === 'refused' && !lastCommitted ? state : (lastCommitted ?? assumedCommitted),
      );
    },
    get outcome() {
      return live.waitFor(isLast);
    },
  };
}

/** A receipt asked for after a reload may begin above these rungs: they lie behind it. */
const assumedSaved: Saved = { type: 'saved', strength: 'strict', as: 'applied' };
const assumedCommitted: Committed = { type: 'committed', position: toPosition(0, 0) };
