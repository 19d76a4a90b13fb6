// One decoder under fuzzing: how hostile inputs for it are drawn, and what may become of them.
import { isDeepStrictEqual } from 'node:util';
import type { Random } from '@causeway/testkit';
import { join, mutateBytes } from './mutate-frame.ts';

export interface FuzzTarget {
  readonly name: string;
  /** How many parts of all inputs it gets: cheap decoders get more. */
  readonly share: number;
  /** For inputs below 1 KiB, and per KiB above. Default 1. */
  readonly msPerKibMax?: number;
  readonly draw: (random: Random) => Uint8Array;
  /**
   * Decodes, and does with the result what the engine does with it next. Answers `accepted` or the
   * code of the refusal; whatever it throws is a fault of the decoder.
   */
  readonly take: (input: Uint8Array) => string;
  /** Lets go of files. */
  readonly close?: () => void;
}

/** Samples to start from; never empty. */
export type Samples = readonly [Uint8Array, ...Uint8Array[]];

export function samplesOf(samples: readonly Uint8Array[]): Samples {
  const [first, ...rest] = samples;
  if (!first) throw new Error('there is nothing to start from');
  return [first, ...rest];
}

/** Random bytes, a torn sample, two samples in one, or a sample with some changes. */
export function drawMutant(samples: Samples, random: Random): Uint8Array {
  const sample = random.pick(samples);
  switch (random.below(10)) {
    case 0:
      return random.bytes(random.below(200));
    case 1:
      return sample.slice(0, random.below(sample.length + 1));
    case 2: {
      const other = random.pick(samples);
      const head = sample.subarray(0, random.below(sample.length + 1));
      return join(head, other.subarray(random.below(other.length + 1)));
    }
    default:
      return mutateBytes(sample, random);
  }
}

/** Throws when two values that must be the same are not. */
export function requireSame(what: string, found: unknown, expected: unknown): void {
  if (isDeepStrictEqual(found, expected)) return;
  throw new Error(`${what}: ${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`);
}

/** Names what failed: faults are told apart by it. */
export function attempt<T>(what: string, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    const why = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    throw new Error(`${what} (${why})`, { cause });
  }
}
