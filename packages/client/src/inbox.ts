// The cases that wait for people, and the answers that people give. An answer is an intent: cut off, it
// waits on this device, and the primary runs it once.
import type { CaseId, InboxItem, ReplicaInput, ReplicaState } from '@causeway/core';
import { inboxOf } from '@causeway/core';
import type { Live, LiveCell } from './live.ts';
import { createLive, isSameData } from './live.ts';
import type { ClientPlatform } from './platform.ts';
import { newOperationId } from './platform.ts';
import type { Receipt } from './receipt.ts';
import type { Receipts } from './receipts.ts';

type Asked = Extract<ReplicaInput, { type: 'primaryAsked' }>['asked'];

export interface InboxSurface {
  readonly inbox: Inbox;
  /** Publishes what changed. Cost: O(cases + intents). */
  refresh(): void;
}

/**
 * The cases that ask people, oldest first. An answer is an intent: cut off, it waits on this device
 * and is shown in its item (`chosen`). It goes to the question that this device shows; of two people who
 * answer at once one is heard.
 */
export interface Inbox extends Live<readonly InboxItem[]> {
  /**
   * Runs the choice of this label at the primary, once. Its outcome is `confirmed` when it ran; the case
   * is `resolved` then, or asks anew where a deficit is left. Refused: `not-asked` (somebody else had
   * answered, it healed, or it asks something else by now: look again), `not-permitted` (another role is
   * needed), what the operation itself is refused with (`requires`, `would-violate`, …: choose again).
   */
  choose(id: CaseId, label: string): Receipt;
  /** Lets it stand as it is, for a reason. Refused: `not-asked`, `not-permitted`. */
  waive(id: CaseId, reason: string): Receipt;
  /**
   * Nobody else answers while this replica works on it, for `leaseMs` (default 5 minutes, at most 24
   * hours) of the primary's clock. Refused: `not-asked` (somebody has it), `not-permitted`.
   */
  claim(id: CaseId, o?: { readonly leaseMs?: number }): Receipt;
}

export function createInbox(
  state: ReplicaState,
  o: {
    readonly platform: ClientPlatform;
    readonly tell: (input: ReplicaInput) => void;
    readonly receipts: Receipts;
  },
): InboxSurface {
  const live: LiveCell<readonly InboxItem[]> = createLive(inboxOf(state), isSameData);
  const ask = (asked: Asked): Receipt => {
    const id = newOperationId(o.platform);
    o.tell({ type: 'primaryAsked', id, asked });
    return o.receipts.expect(id);
  };
  /** Which question it answers, and under which own claim. */
  const answering = (id: CaseId): { readonly round: number; readonly token?: number } => {
    const found = state.fold.casesById.get(id);
    const isOwn = found?.claim?.replica === state.author.replica;
    const round = found?.question?.round ?? 1;
    return { round, ...(isOwn && found.claim && { token: found.claim.token }) };
  };
  const inbox: Inbox = {
    get current() {
      return live.current;
    },
    subscribe: (listener) => live.subscribe(listener),
    waitFor: live.waitFor,
    choose: (id, label) => ask({ what: 'choose', case: id, label, ...answering(id) }),
    waive: (id, reason) => ask({ what: 'waive', case: id, reason, ...answering(id) }),
    claim: (id, { leaseMs } = {}) =>
      ask({ what: 'claim', case: id, ...(leaseMs !== undefined && { leaseMs }) }),
  };
  return { inbox, refresh: () => live.set(inboxOf(state)) };
}
