// What is promised, by number: the names that failing runs print (docs/GUARANTEES.md explains them).

export const guarantees = {
  G1: 'no acknowledged change is lost',
  G2: 'an operation is committed at most once',
  G3: 'replicas converge: equal content, equal coordination state',
  G4: 'commit order respects causal order',
  G5: 'a replica shows a consistent prefix, monotonic, with its own writes',
  G6: 'the acknowledgement ladder never goes back',
  G7: 'queue entries leave only when they are committed',
  G8: 'violations and compensations equal the naive model of the history',
  G9: 'a stand-in limit holds over all tabs, and only confirmation gives it back',
  G10: 'no effect is executed twice under one key, and none before it is recorded',
  G11: 'nothing is shown as saved before the disk has it',
  G12: 'buffers are bounded',
  G13: 'metadata is bounded',
  G14: 'the status is true',
  G15: 'a cut is noticed within its bound',
  G16: 'when faults end, everything settles',
  G17: 'no machine and no adapter throws',
  G18: 'the same seed gives the same trace',
} as const;
export type Guarantee = keyof typeof guarantees;

export interface Problem {
  readonly guarantee: Guarantee;
  readonly what: string;
  readonly atMs: number;
}

/** A broken promise breaks others after it: the first few say what there is to know. */
const problemsMax = 20;

/** Where checkers put what they find. */
export class Findings {
  readonly problems: Problem[] = [];
  private readonly now: () => number;

  constructor(now: () => number) {
    this.now = now;
  }

  report(guarantee: Guarantee, what: string): void {
    if (this.problems.length >= problemsMax) return;
    this.problems.push({ guarantee, what, atMs: this.now() });
  }
}

export function describeProblem({ guarantee, what, atMs }: Problem): string {
  return `${guarantee} (${guarantees[guarantee]}) at ${atMs.toFixed(0)} ms: ${what}`;
}
