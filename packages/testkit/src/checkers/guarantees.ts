// What is promised, by number: the names that failing runs print (docs/GUARANTEES.md explains them).
import type { CheckName } from '../oracle/problem.ts';

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
  G19: 'each intent is answered, and once',
  G20: 'nothing is run that its rules forbid',
  G21: 'a key has one home, and nobody else acts on it meanwhile',
  G22: 'what is shown as refused never happens',
  G23: 'recovery comes first: then what waited is handed over, and run after the mending',
  G24: 'rights add up, and each is spent once',
  G25: 'what is done outside is done as its delivery says, and never for what is void or held',
  G26: 'a saga is done, or undone in reverse, each step once',
  G27: 'a case has one end, and each of its questions one answer',
  G28: 'what a primary says is said again from a checkpoint, and by an audit of the log',
  G29: 'a recovery report counts what came together, once',
} as const;
export type Guarantee = keyof typeof guarantees;

/** What the oracle finds in a history is G8, but for these. */
const guaranteeByCheck: Readonly<Partial<Record<CheckName, Guarantee>>> = {
  answered: 'G19',
  'one-answer': 'G19',
  'run-legal': 'G20',
  'never-broken': 'G20',
  'one-home': 'G21',
  'mended-first': 'G23',
  'rights-identity': 'G24',
  'history-lost': 'G25',
  'one-decision': 'G27',
  offered: 'G27',
  permitted: 'G27',
  'closed-once': 'G27',
  'closed-at-0': 'G27',
  'closed-as': 'G27',
  'saga-step': 'G26',
  'saga-turn': 'G26',
  'saga-affected': 'G26',
  'saga-end': 'G26',
};

/** Which promise a problem of the oracle (`check: sentence`) breaks. */
export function guaranteeOf(problem: string): Guarantee {
  return guaranteeByCheck[problem.split(':')[0] as CheckName] ?? 'G8';
}

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
