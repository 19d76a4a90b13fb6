// Only declared steps from state to state, in the order of history. A register shows the last state and
// not how it came about, so the steps themselves must be in the document, in commit order per key.
// What one operation may do on the state that it finds is `requires`: it is judged again at the audit.
import type { StateInvariant } from '../invariant.ts';
import { excess } from './excess.ts';

/** Where it starts, and which states may follow which. */
export interface Machine {
  readonly start: string;
  readonly to: { readonly [state: string]: readonly string[] };
}

/** Whether the machine may go from one state to the other. */
export function canStep({ to }: Machine, from: string, next: string): boolean {
  return Object.hasOwn(to, from) && (to[from]?.includes(next) ?? false);
}

/** The state after these steps. One that was not allowed where it came changes nothing. */
export function stateAfter(machine: Machine, steps: Iterable<string>): string {
  return follow(machine, steps).state;
}

/**
 * Every step of a key is one that the machine allows where it comes; the deficit is how many are not.
 * `steps` gives them in commit order: claims of the key do, `(doc, key) => doc.steps.holders(key)`,
 * each with the state that it goes to.
 *
 * @remarks Key: what has the state. Cost: O(steps of the key). A concurrent step that is committed
 * earlier may disallow one that was allowed: that is the violation. `rejectSteps` mends it.
 */
export function transitions<V>(
  steps: (doc: V, key: string) => Iterable<{ readonly value: string }>,
  machine: Machine,
): StateInvariant<V> {
  const namesOf = (doc: V, key: string) => [...steps(doc, key)].map(({ value }) => value);
  return excess((doc, key) => follow(machine, namesOf(doc, key)).rejected);
}

function follow(
  machine: Machine,
  steps: Iterable<string>,
): { readonly state: string; readonly rejected: number } {
  let state = machine.start;
  let rejected = 0;
  for (const next of steps) {
    if (canStep(machine, state, next)) state = next;
    else rejected++;
  }
  return { state, rejected };
}
