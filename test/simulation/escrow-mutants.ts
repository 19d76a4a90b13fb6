// Faults in rights: on a device, and at the primary that keeps the ledger.
import type { Mutant } from './mutant.ts';

const core = 'packages/core/src';

export const escrowMutants: readonly Mutant[] = [
  {
    name: 'rights-not-taken',
    why: 'a device sells without taking the rights for it',
    file: `${core}/queue/run-operation.ts`,
    from: '  const asked = rightsAsked(state, deciding.rights, moment);',
    to: '  const asked = rightsAsked(state, deciding.rights, moment).slice(1);',
  },
  {
    name: 'fork-counted',
    why: 'two copies of a device spend one right, and both count',
    file: `${core}/recovery/audit-rights.ts`,
    from: "    if (outcome && outcome.type !== 'spent') return place.key;",
    to: "    if (outcome && outcome.type === 'duplicate') return place.key;",
  },
  {
    name: 'copies-get-more',
    why: 'a replica whose profile was copied is given rights again, and nobody counts them',
    file: `${core}/recovery/audit-rights.ts`,
    from: "  if (grantRights(after, { id, holder, amount }) !== 'granted') return undefined;",
    to: "  if (grantRights(after, { id, holder, amount }) === 'no-rights') return undefined;",
  },
  {
    name: 'drawn-from-what-others-hold',
    why: 'the primary sells what it promised to a device that is cut off',
    file: `${core}/recovery/run-at-primary.ts`,
    from: '    if (taken > 0 && taken > poolOf(state, { root, key })) return key;',
    to: '    if (taken > 0 && taken > poolOf(state, { root, key }) + 3) return key;',
  },
];
