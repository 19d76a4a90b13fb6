// What would be lost, or not told to anybody, if this page closed now?
import type { ReplicaState } from '../replica-state.ts';

/** Worst last. `unsent`: it is on this device and goes on at the next opening. `unsaved`: it is lost. */
export const closeRisks = ['nothing', 'unsent', 'unsaved'] as const;
export type CloseRisk = (typeof closeRisks)[number];

/** Where the device keeps nothing (`memory`), what is unsent dies with the page. Cost: O(queue + intents). */
export function closeRiskOf(state: ReplicaState): CloseRisk {
  let isUnsent = false;
  if (state.deciding.size > 0 || state.edits.updates.length > 0) return 'unsaved';
  for (const { position, isSaved } of state.queue.values()) {
    if (position !== undefined) continue; // The relay has it, whatever this device could keep.
    if (!isSaved || state.strength === 'memory') return 'unsaved';
    isUnsent = true;
  }
  for (const { stage } of state.intents.values()) {
    if (stage === 'submitted') continue; // With the queue, or at the relay.
    if (stage === 'saving' || state.strength === 'memory') return 'unsaved';
    isUnsent = true;
  }
  return isUnsent ? 'unsent' : 'nothing';
}

/** The worst of several documents. */
export function worstRisk(risks: readonly CloseRisk[]): CloseRisk {
  const rank = Math.max(0, ...risks.map((risk) => closeRisks.indexOf(risk)));
  return closeRisks[rank] ?? 'unsaved';
}
