// Does mending one rule break another? What was mended must have broken none, and where people are asked
// because it would, it must be so: by the deficits of the naive model.
import type { BrokenKey } from '@causeway/core';
import type { HistoryEntry } from './history.ts';
import { nameOf } from './model-past.ts';
import { problem } from './problem.ts';
import type { ModelRun, ModelViolation } from './replay.ts';

/** What a compensation in the log made worse beside its own key. */
export function harmDone(
  violations: readonly ModelViolation[],
  run: ModelRun,
  { named, position }: HistoryEntry,
): readonly string[] {
  return violations
    .filter(({ trigger }) => trigger === named?.id)
    .filter((worse) => nameOf(worse) !== nameOf(run))
    .map(({ invariant, key, from, to }) => {
      const what = `${named?.id} at ${position}, which mended ${nameOf(run)},`;
      return problem(
        'harmless',
        `${what} made ${invariant} of ${key} worse, from ${from} to ${to}`,
      );
    });
}

/** People were asked in its place: what they were told against what the model would have made worse. */
export function wrongHarm(
  told: readonly BrokenKey[],
  harm: readonly BrokenKey[],
  { position }: HistoryEntry,
): readonly string[] {
  const listOf = (all: readonly BrokenKey[]): string =>
    JSON.stringify(all.map(({ invariant, key, from, to }) => [invariant, key, from, to]).sort());
  const [says, is] = [listOf(told), listOf(harm)];
  if (told.length > 0 && says === is) return [];
  return [problem('harmless', `at ${position} mending is said to break ${says}, and breaks ${is}`)];
}
