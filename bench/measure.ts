// How long does one call take? Rounds of all subjects are interleaved, so that what else the machine
// does falls on all of them alike, and the median round counts.

/** What is measured: called over and over with a rising number; what it returns is used. */
export type Act = (turn: number) => unknown;

const warmUpRounds = 3;

export interface MeasureOptions {
  readonly rounds: number;
  /** The same for all acts: with fewer calls, more of them would find their data in no cache. */
  readonly callsPerRound: number;
}

/** Where results go, so that the compiler cannot prove the calls useless. */
const kept: { value: unknown } = { value: undefined };

/** The median µs per call of each act. */
export function measureMicros(
  acts: readonly Act[],
  { rounds, callsPerRound }: MeasureOptions,
): readonly number[] {
  // Compiled before anything counts.
  for (let round = 0; round < warmUpRounds; round++) {
    for (const act of acts) timeRound(act, callsPerRound);
  }
  const times = acts.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (let place = 0; place < acts.length; place++) {
      // Each round begins elsewhere: nobody always follows the one that empties the caches.
      const index = (place + round) % acts.length;
      const act = acts[index];
      if (act) times[index]?.push(timeRound(act, callsPerRound));
    }
  }
  return times.map(median);
}

function timeRound(act: Act, calls: number): number {
  const startedMs = performance.now();
  for (let turn = 0; turn < calls; turn++) kept.value = act(turn);
  return ((performance.now() - startedMs) * 1_000) / calls;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
