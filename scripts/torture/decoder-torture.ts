// The long run over every decoder: a million inputs, watched from outside, with figures of each.
import type { TargetReport } from '../../test/golden/fuzz-decoders.ts';
import { fuzzWatched } from '../../test/golden/fuzz-watch.ts';
import { createProgressBar, group } from '../progress-bar.ts';

export interface DecoderTortureOptions {
  readonly frames: number;
  readonly seed: number;
  /** Only targets whose name contains it: a failure repeats alone. */
  readonly only: string;
}

/** Prints its progress. Resolves with a report for each decoder; a hang leaves only its own. */
export async function tortureDecoders(o: DecoderTortureOptions): Promise<readonly TargetReport[]> {
  const bar = createProgressBar('frames', o.frames);
  const startedMs = performance.now();
  const reports = await fuzzWatched({
    ...o,
    onProgress(done, failures) {
      const perSecond = (done / (performance.now() - startedMs)) * 1_000;
      bar.show(done, `${group(perSecond)} frames/s, ${failures} failures`);
    },
  });
  bar.end();
  if (reports.length === 0) throw new Error(`--only ${o.only}: no decoder has such a name`);
  return reports;
}

/** A line for each decoder, and more for what failed. */
export function describeReports(reports: readonly TargetReport[]): string {
  return reports.flatMap(describeReport).join('\n');
}

function describeReport(report: TargetReport): readonly string[] {
  const { name, frames, accepted, perSecond, slowestMsPerKib, failure } = report;
  const figures = `${group(frames).padStart(9)} frames ${group(perSecond).padStart(8)}/s`;
  const slowest = `slowest ${slowestMsPerKib.toFixed(2)} ms/KiB`;
  const line = `${name.padEnd(22)}${figures}  ${group(accepted).padStart(8)} accepted  ${slowest}`;
  const known = Object.entries(report.knownFaults).map(([fault, times]) => {
    return `  known fault, ${group(times)} times: ${fault}`;
  });
  if (!failure) return [line, ...known];
  const { seed, frame, problem, hex } = failure;
  return [line, ...known, `  FAILED at its frame ${frame}, seed ${seed}: ${problem}\n  ${hex}`];
}
