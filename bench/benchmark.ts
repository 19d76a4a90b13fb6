// What the runner asks of a benchmark.

export interface BenchOptions {
  /** The largest size of each axis, as a power of ten. */
  readonly powerMax: number;
}

/** Prints its table and whether its claim holds; returns that, too. */
export type Benchmark = (o: BenchOptions) => boolean | Promise<boolean>;
