// Entries of contended types under somebody else's name count for nothing, and are told.
import type { Applied } from '../app/document-type.ts';
import { assert } from '../assert.ts';
import type { PrimaryState } from './primary-state.ts';

/** Notes what applying the entry at `position` found to be forged. */
export function noteForged(state: PrimaryState, position: number, applied: Applied): void {
  // Nobody can apply what is refused here, but for what was written under this reader's own id.
  const isOurs = applied.type === 'refused' && applied.reason === 'client-id-in-use';
  assert(!isOurs, 'reader-wrote', `position ${position} was written as the audit's own reader`);
  if (applied.type !== 'applied') return;
  for (const { root, entry } of applied.forged) {
    state.facts.push({ fact: 'forged-entry', position, root, entry });
  }
}
