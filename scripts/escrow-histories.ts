// Prints what random histories say of escrow: `npm run escrow:histories`. The unit tests assert the same.
import { playHistories } from '../test/unit/support/escrow-history.ts';
import { playRuns } from '../test/unit/support/escrow-run.ts';

for (const hasEscrow of [true, false]) {
  const found = playHistories(1_500, { hasEscrow });
  console.log(hasEscrow ? 'with escrow   ' : 'without escrow', JSON.stringify(found));
}

const policies = ['firm', 'hard', { bounded: 12 }] as const;
for (const reclaim of policies) {
  for (const hasClones of [false, true]) {
    const found = playRuns({ runs: 200, steps: 4_000, reclaim, hasClones });
    console.log(JSON.stringify({ reclaim, hasClones, ...found }));
  }
}
