// Faults by which values that were written at the same time are lost, or come back.
//
// Not here, because unit tests find them: a setting that covers less than its author saw, a void one that goes on
// covering, one that brings back what a newer one had replaced, a winner by the operation's id, a value that is
// not written because it is there already (test/contracts/document-register.ts; the simulation finds each of
// these, too); a refusal that only its author follows, and one that the primary itself forgets.
import type { Mutant } from './mutant.ts';

const core = 'packages/core/src';

export const registerMutants: readonly Mutant[] = [
  {
    name: 'own-not-placed',
    why: 'of two values in conflict each device shows its own as the winner',
    file: `${core}/causality/receive.ts`,
    from: '  state.document.place(operation, position);\n',
    to: '',
  },
  {
    name: 'refused-resolution-covers',
    why: 'a resolution that the primary refused still hides what it was to replace, from its author',
    file: `${core}/coordination/apply-facts.ts`,
    from: '      if (!isGoingOn) state',
    to: '      if (!isGoingOn && !state.awaiting.has(fact.operation)) state',
  },
];
