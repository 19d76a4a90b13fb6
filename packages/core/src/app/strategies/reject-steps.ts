// Steps that the machine did not allow where they came are taken back; what came first counts.
import type { Claims } from '../contended.ts';
import type { Machine } from '../invariants/transitions.ts';
import { canStep } from '../invariants/transitions.ts';
import type { Restore } from './restore.ts';

/**
 * Mends `transitions`: releases each step that was not allowed after those before it, in commit order.
 *
 * @remarks Every step that is left is allowed, and the state is what it was: such a step had changed
 * nothing. Whoever made one is told that the operation was compensated. Cost: O(steps of the key).
 */
export function rejectSteps<R>(
  steps: (doc: R) => Pick<Claims<string>, 'holders' | 'release'>,
  machine: Machine,
): Restore<R> {
  return (doc, { key }) => {
    let state = machine.start;
    for (const { id, value } of steps(doc).holders(key)) {
      if (canStep(machine, state, value)) state = value;
      else steps(doc).release(id);
    }
  };
}
