// A short, fixed run over every decoder; the long one is `npm run torture:decoders`.
import { describe, expect, it } from 'vitest';
import { fuzzDecoders } from './fuzz-decoders.ts';
import type { FuzzTarget } from './fuzz-target.ts';
import { fuzzWatched } from './fuzz-watch.ts';

/** With fewer inputs than this, that none was taken says nothing. */
const tellingFrames = 200;

describe('every decoder', () => {
  it('refuses or takes what comes, whole, in time and in memory', {
    timeout: 120_000,
  }, async () => {
    const reports = await fuzzWatched({ frames: 10_000, seed: 20_261 });
    expect(reports.flatMap(({ failure }) => failure ?? [])).toEqual([]);
    expect(reports.length).toBeGreaterThan(20);
    // Each gets past its first check, and is not believed everything.
    for (const { name, accepted, refused, frames } of reports) {
      if (frames < tellingFrames) continue;
      expect.soft({ name, isTaken: accepted > 0 }).toEqual({ name, isTaken: true });
      if (name.startsWith('entries at')) continue; // Their frames are sound: see what is in them.
      const isRefused = Object.keys(refused).length > 0;
      expect.soft({ name, isRefused }).toEqual({ name, isRefused: true });
    }
  });
});

const twoBytes = (take: FuzzTarget['take']): FuzzTarget => ({
  name: 'a decoder that is wrong',
  share: 1,
  draw: (random) => random.bytes(2),
  take,
});
async function failureOf(take: FuzzTarget['take']) {
  const [report] = await fuzzDecoders({ targets: [twoBytes(take)], frames: 5_000, seed: 1 });
  return report?.failure;
}

describe('the fuzzer', () => {
  it('tells what threw, on which input, from which seed', async () => {
    const failure = await failureOf((input) => {
      if (input[0] === 7) throw new TypeError('it broke');
      return 'accepted';
    });
    expect(failure).toMatchObject({ seed: 1, hex: expect.stringMatching(/^07/) });
    expect(failure?.problem).toMatch(/^TypeError: it broke/);
  });

  it('tells what takes too long, or too much memory, or changes what it reads', async () => {
    const slow = await failureOf(() => {
      // By the thread's own clock, as the fuzzer retries: it moves in steps of some 4 ms, and stands
      // while others have the core.
      const { user: startedUs } = process.threadCpuUsage();
      while (process.threadCpuUsage().user - startedUs < 10_000);
      return 'accepted';
    });
    expect(slow?.problem).toMatch(/ms for 2 bytes/);
    const kept: unknown[] = [];
    const greedy = await failureOf(() => {
      kept.push(new Float64Array(2 ** 21));
      return 'accepted';
    });
    expect(greedy?.problem).toMatch(/bytes of memory for 2 bytes|ms for 2 bytes/);
    const writing = await failureOf((input) => {
      input[0] = (input[0] ?? 0) ^ 1;
      return 'accepted';
    });
    expect(writing?.problem).toMatch(/changed its input/);
  });
});
