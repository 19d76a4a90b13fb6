// Seeds that once failed, with what they found. A seed means the same run as long as plans are drawn
// in the same way: who changes plan.ts looks at what these still reach.
export const regressions: readonly { readonly seed: number; readonly found: string }[] = [
  {
    seed: 145,
    found: 'a live primary refused its own compensations, and did not see what it mended',
  },
  { seed: 30, found: 'a tab whose disk failed at opening could never open its document' },
  { seed: 374, found: 'a document with an unanswered at-least-once effect could not be opened' },
  { seed: 469, found: 'what another tab had committed was pushed again after a reload, as a fork' },
];
