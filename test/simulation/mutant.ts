// A fault that somebody could make, as one small patch.

export interface Mutant {
  readonly name: string;
  /** What a user would lose by it. */
  readonly why: string;
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly from: string;
  readonly to: string;
}
