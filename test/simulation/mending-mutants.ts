// Faults in what a compensation does to other rules.
import type { Mutant } from './mutant.ts';

export const mendingMutants: readonly Mutant[] = [
  {
    name: 'breaks-another-rule',
    why: 'what mends one account empties another, and nobody hears of it until somebody looks',
    file: 'packages/core/src/recovery/compensate.ts',
    from: "    if (breaks.length > 0) return { cause: 'breaks', breaks };\n",
    to: '',
  },
];
