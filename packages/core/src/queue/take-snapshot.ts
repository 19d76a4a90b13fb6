// The committed prefix as one value, so that a device need not keep or fetch the whole log.
import type { LogHead } from '../causality/log-entry.ts';
import type { ReplicaState } from '../replica-state.ts';
import { askStore } from './ask-store.ts';
import { encodeSnapshot } from './snapshot.ts';

/** The document must hold nothing beyond `head`. Cost: O(document). */
export function askSnapshot(state: ReplicaState, head: LogHead): void {
  const bytes = encodeSnapshot({
    head,
    roster: [...state.roster.values()],
    fold: state.fold,
    auditDuePosition: state.auditDue.position,
    awaiting: [...state.awaiting],
    intents: [...state.intents.values()]
      .filter(({ stage }) => stage === 'submitted')
      .map(({ intent }) => intent),
    document: state.document.save(),
  });
  askStore(state, { type: 'snapshot', position: head.position, bytes });
}

/** Where the last one was lost: another, once the log is followed again and nothing is tentative. */
export function replaceLostSnapshot(state: ReplicaState): void {
  const { head, link, queue, edits, deciding } = state;
  if (!state.isSnapshotLost || !head || head.position < link.headPosition) return;
  if (queue.size + edits.updates.length + deciding.size > 0) return;
  state.isSnapshotLost = false;
  askSnapshot(state, head);
}
