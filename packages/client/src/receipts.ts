// Receipts: one Live per operation that somebody asked about, fed from the machine's ladder.
import type {
  Committed,
  OperationId,
  Outcome,
  ReceiptState,
  ReplicaState,
  Saved,
} from '@causeway/core';
import { assert } from '@causeway/core';
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
    const receipt = receiptOn(id, { live, state });
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

/** Rungs may be passed in one turn, or lie behind a reload: their evidence is the machine's. */
function receiptOn(
  id: OperationId,
  { live, state }: { readonly live: LiveCell<ReceiptState>; readonly state: ReplicaState },
): Receipt {
  const above: readonly Rung[] = ['confirmed', 'compensated', 'refused'];
  const reach = (rungs: readonly Rung[]) =>
    live.waitFor(({ type }) => rungs.includes(type) || above.includes(type));
  const committed = (): Committed | undefined => {
    const position = state.committedAt.get(id);
    return position === undefined ? undefined : { type: 'committed', position };
  };
  const saved: Saved = { type: 'saved', strength: state.strength, as: 'applied' };
  return {
    id,
    state: live,
    get saved() {
      return reach(['saved', 'committed']).then((now) =>
        now.type === 'refused' && !committed() ? now : saved,
      );
    },
    get committed() {
      return reach(['committed']).then((now) => {
        const reached = committed();
        if (reached) return reached;
        assert(now.type === 'refused', 'unplaced', `${id} is ${now.type} without a position`);
        return now;
      });
    },
    get outcome() {
      return live.waitFor(isLast);
    },
  };
}
