// What the audit found, as applications see it: cases, and what only could have been broken.
import type { CaseRecord, PossibleFindings, ReplicaState } from '@causeway/core';
import { possibleFindings } from '@causeway/core';
import type { Live } from './live.ts';
import { createLive, isSameData } from './live.ts';

export interface AuditFindings {
  readonly parts: {
    readonly cases: Live<readonly CaseRecord[]>;
    readonly possible: Live<PossibleFindings>;
  };
  /** Publishes what changed. Cost: O(cases + findings). */
  refresh(): void;
}

export function createFindings(state: Pick<ReplicaState, 'fold'>): AuditFindings {
  const readCases = (): readonly CaseRecord[] => [...state.fold.casesById.values()];
  const cases = createLive(readCases(), isSameData);
  const possible = createLive(possibleFindings(state.fold.possible), isSameData);
  return {
    parts: { cases, possible },
    refresh() {
      cases.set(readCases());
      possible.set(possibleFindings(state.fold.possible));
    },
  };
}
