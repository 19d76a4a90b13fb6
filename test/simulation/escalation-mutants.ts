// Faults in what people decide of a case.
//
// Not here, because nothing can reach it: two choices that run for one question. The primary answers one
// request after the other, and the question of the first is answered when it comes to the second.
//
// Not here, because 500 seeds do not always find it: an answer to an older question that counts for the
// newest (cases-and-people.test.ts, "what is left is asked anew").
import type { Mutant } from './mutant.ts';

const people = 'packages/core/src/recovery/answer-people.ts';

export const escalationMutants: readonly Mutant[] = [
  {
    name: 'roles-not-checked',
    why: 'whoever stands at the counter decides who does not fly',
    file: people,
    from: '  const hasRole = resolvers.some((role) => told.value.includes(role));',
    to: '  const hasRole = resolvers.length > 0;',
  },
  {
    name: 'resolved-though-broken',
    why: 'a case is over, and there are still more passengers than seats',
    file: people,
    from: "    state: deficit === 0 ? 'resolved' : 'escalated',",
    to: "    state: deficit <= 1 ? 'resolved' : 'escalated',",
  },
  {
    name: 'claim-binds-nobody',
    why: 'two agents call the same passenger',
    file: people,
    from: '  return (claim && !isHolder) || isStale ? notAskedAs(record) : undefined;',
    to: '  return claim && !isHolder && isStale ? notAskedAs(record) : undefined;',
  },
];
