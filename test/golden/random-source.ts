// A small seeded source of random numbers: the same seed gives the same frames on every machine.

/** Draws from a seed: sfc32, which passes the usual statistical tests. */
export interface RandomSource {
  /** A whole number from 0 to `bound` − 1. */
  readonly below: (bound: number) => number;
  readonly pick: <T>(choices: readonly [T, ...T[]]) => T;
  readonly bytes: (count: number) => Uint8Array;
}

export function randomSource(seed: number): RandomSource {
  const next = sfc32(seed);
  const below = (bound: number): number => Math.floor((next() / 4_294_967_296) * bound);
  return {
    below,
    pick: (choices) => choices[below(choices.length)] ?? choices[0],
    bytes: (count) => Uint8Array.from({ length: count }, () => next() & 0xff),
  };
}

/** @see C. Doty-Humphrey, PractRand, sfc32. */
function sfc32(seed: number): () => number {
  let [a, b, c, counter] = [seed | 0, (seed / 4_294_967_296) | 0, 0x9e3779b9 | 0, 1];
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let round = 0; round < 12; round++) next();
  return next;
}
