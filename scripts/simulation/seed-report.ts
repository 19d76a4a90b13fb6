// What a worker is told to run, and what it tells of each seed.
import type { Problem } from '@causeway/testkit';

export interface WorkOrder {
  /** Seeds `first`, `first + step`, … below `end`. */
  readonly first: number;
  readonly step: number;
  readonly end: number;
  /** Run each seed twice and compare the traces. */
  readonly isTwice: boolean;
}

export interface SeedReport {
  readonly seed: number;
  readonly problems: readonly Problem[];
  readonly steps: number;
  readonly runs: number;
  readonly lastedMs: number;
  readonly coverage: ReadonlyMap<string, number>;
}
