// Do engine and oracle agree? Random histories of real replicas and real primaries, every workload.
import { canonicalJson, foldToJson } from '@causeway/core';
import type { Workload } from '@causeway/testkit';
import { judgeHistory, randomWorkload, workloads } from '@causeway/testkit';
import { expect, test } from 'vitest';
import { SmallWorld } from './small-world.ts';

const historiesPerWorkload = 100;
const steps = 100;

/** Everything that is wrong with one history, in words. */
function problemsOf(workload: Workload, seed: number): readonly string[] {
  const world = new SmallWorld(workload, seed).run(steps).settle();
  const { problems, content } = judgeHistory(workload, world.history, { isSettled: true });
  const [first] = world.tabs;
  const shown = world.tabs.flatMap(({ state }, index) => {
    const { document, fold } = state;
    const real = canonicalJson(workload.projection(document.view));
    const expected = workload.model ? canonicalJson(content) : real;
    const isSame =
      canonicalJson(document.content()) === canonicalJson(first?.state.document.content()) &&
      canonicalJson(foldToJson(fold)) === canonicalJson(foldToJson(first?.state.fold ?? fold));
    return [
      ...(real === expected ? [] : [`tab ${index} shows ${real}, the model says ${expected}`]),
      ...(isSame ? [] : [`tab ${index} and the first one differ`]),
    ];
  });
  return [...problems, ...shown].map((problem) => `${workload.name}, seed ${seed}: ${problem}`);
}

const seeds = Array.from({ length: historiesPerWorkload }, (_, index) => index + 1);

/** Two to five seconds each on a machine that does nothing else. */
const timeout = 120_000;

test.each(workloads)(
  '$name: the model finds what the engine finds, and shows what it shows',
  {
    timeout,
  },
  (workload) => {
    expect(seeds.flatMap((seed) => problemsOf(workload, seed))).toEqual([]);
  },
);

test('and so with applications that nobody thought of', { timeout }, () => {
  expect(seeds.flatMap((seed) => problemsOf(randomWorkload(seed), seed))).toEqual([]);
});
