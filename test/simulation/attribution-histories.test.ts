// Who is named, on random histories of three replicas of an account, against brute force over every
// causally closed set. `npm run attribution:histories` plays more through documents and prints figures.
import { expect, test } from 'vitest';
import { explainAudited } from './attribution/audited-history.ts';
import { addUp, explainHistory } from './attribution/explain-history.ts';

/** Seconds on a machine that does nothing else. */
const timeout = 120_000;
const seeds = (histories: number) => Array.from({ length: histories }, (_, at) => at + 1);

test('every explanation is 1-minimal and closed, possible is what brute force finds: 1,500', {
  timeout,
}, () => {
  const { problems, counts } = addUp(seeds(1_500).map(explainHistory));
  expect(problems).toEqual([]);
  expect(counts['concurrent']).toBeGreaterThan(1_000);
  expect(counts['local']).toBeGreaterThan(100);
  expect(counts['possible']).toBeGreaterThan(500);
  // What makes the loop needed at all.
  expect(counts['not minimal after one pass']).toBeGreaterThan(10);
});

test.each([false, true])(
  'and so says the primary, through real documents (a sum: %s)',
  { timeout },
  (hasMargin) => {
    const { problems, counts } = addUp(
      seeds(75).map((seed) => explainAudited(seed, { hasMargin })),
    );
    expect(problems).toEqual([]);
    expect(counts['violation']).toBeGreaterThan(50);
    expect(counts['possible']).toBeGreaterThan(20);
  },
);
