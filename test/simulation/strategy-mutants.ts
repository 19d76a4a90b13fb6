// Faults in how the engine takes what a strategy answers. Faults in the strategies themselves are found by
// their own tests, and so have no place here.
import type { Mutant } from './mutant.ts';

const core = 'packages/core/src';

export const strategyMutants: readonly Mutant[] = [
  {
    name: 'question-not-asked',
    why: 'what no rule can decide is closed, and nobody hears of it',
    file: `${core}/recovery/compensate.ts`,
    from: "  if ('cause' in tried) return ask(state, work, tried);\n",
    to: `  if ('cause' in tried) {
    if (tried.cause === 'asked') return { fact: closing(work, 'waived', healed) };
    return ask(state, work, tried);
  }
`,
  },
];
