// Receipts: one Live per operation that somebody asked about, fed from the machine's ladder.
import type { Committed, OperationId, ReceiptState, ReplicaState, Saved } from '@causeway/core';
import { assert, Bug, isOutcome, refuse, rungOf } from '@causeway/core';
import type { LiveCell } from './live.ts';
import { createLive, isSameData } from './live.ts';
import type { Receipt } from './receipt.ts';

export interface Receipts {
  of(id: OperationId): Receipt | undefined;
  /** Of what was asked just now. */
  expect(id: OperationId): Receipt;
  /** Publishes what changed. Cost: O(receipts not yet at their last rung). */
  refresh(): void;
}

export function createReceipts(
  state: ReplicaState,
  cancel: (operation: OperationId) => void,
): Receipts {
  const open = new Map<OperationId, LiveCell<ReceiptState>>();
  const all = new Map<OperationId, Receipt>();
  const track = (id: OperationId, first: ReceiptState): Receipt => {
    const live = createLive<ReceiptState>(first, isSameData);
    const receipt = receiptOn(id, { live, state, cancel: () => cancel(id) });
    all.set(id, receipt);
    if (!isOutcome(first)) open.set(id, live);
    return receipt;
  };
  const of = (id: OperationId): Receipt | undefined => {
    const known = all.get(id);
    if (known) return known;
    const current = state.receipts.get(id);
    return current && track(id, current);
  };
  return {
    of,
    expect(id) {
      const receipt = of(id);
      if (!receipt) throw new Bug('closed-handle', 'the document was closed: open it again');
      return receipt;
    },
    refresh() {
      for (const [id, live] of open) {
        const current = state.receipts.get(id);
        if (!current) continue;
        live.set(current);
        if (isOutcome(current)) open.delete(id);
      }
    },
  };
}

const savedRung = rungOf({ type: 'saved', strength: 'memory', as: 'applied' });
const cancellingRung = rungOf({ type: 'cancelling' });

/** Rungs may be passed in one turn, or lie behind a reload: their evidence is the machine's. */
function receiptOn(
  id: OperationId,
  {
    live,
    state,
    cancel,
  }: {
    readonly live: LiveCell<ReceiptState>;
    readonly state: ReplicaState;
    readonly cancel: () => void;
  },
): Receipt {
  const reach = (rung: number) => live.waitFor((now) => rungOf(now) >= rung);
  const committed = (): Committed | undefined => {
    const position = state.committedAt.get(id);
    return position === undefined ? undefined : { type: 'committed', position };
  };
  const savedAs = (now: ReceiptState): Saved => {
    if (now.type === 'saved') return now;
    const as = now.type === 'cancelling' ? 'intent' : 'applied';
    return { type: 'saved', strength: state.strength, as };
  };
  return {
    id,
    state: live,
    get saved() {
      return reach(savedRung).then((now) =>
        now.type === 'refused' && !committed() ? now : savedAs(now),
      );
    },
    get committed() {
      // One that is being cancelled is refused for now; its outcome says what came of it.
      return reach(cancellingRung).then((now) => {
        const reached = committed();
        if (reached) return reached;
        if (now.type === 'cancelling') return refuse({ code: 'cancelling' });
        assert(now.type === 'refused', 'unplaced', `${id} is ${now.type} without a position`);
        return now;
      });
    },
    get outcome() {
      return live.waitFor(isOutcome);
    },
    async cancel() {
      cancel();
      if (!state.intents.has(id) && !isOutcome(live.current)) return 'too-late';
      const outcome = await live.waitFor(isOutcome);
      const isCancelled = outcome.type === 'refused' && outcome.code === 'cancelled';
      return isCancelled ? 'cancelled' : 'too-late';
    },
  };
}
