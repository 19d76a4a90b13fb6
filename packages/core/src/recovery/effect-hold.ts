// Must the effects of an operation wait? While people or a compensation may still decide that it should
// not have happened, nothing of it leaves the system (ARCHITECTURE, "Effects").
import { isInOpenSaga } from '../coordination/saga-fold.ts';
import type { OperationId } from '../identity.ts';
import type { PrimaryState } from './primary-state.ts';

/** True while its effects are held back. Each rule is one line. Cost: O(open cases). */
export function isHeld(state: PrimaryState, operation: OperationId): boolean {
  return hasOpenCase(state, operation) || isInOpenSaga(state.fold, operation);
}

/** It explains a case that is not closed; one that was escalated is open still. */
function hasOpenCase({ cases, healed, fold }: PrimaryState, operation: OperationId): boolean {
  for (const { id } of [...cases.values(), ...healed]) {
    const violations = fold.casesById.get(id)?.violations ?? [];
    if (violations.some(({ participants }) => participants.some((one) => one.id === operation))) {
      return true;
    }
  }
  return false;
}
