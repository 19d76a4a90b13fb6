// The thread in which decoders are fuzzed: one that hangs cannot tell, so each input is written where
// the watcher can read it before it is tried.
import { parentPort, workerData } from 'node:worker_threads';
import { allTargets } from './fuzz-all-targets.ts';
import { fuzzDecoders, type TargetReport } from './fuzz-decoders.ts';
import type { FuzzTarget } from './fuzz-target.ts';
import { type FuzzTask, type FuzzWorkerMessage, noteInput } from './fuzz-watch.ts';

const { frames, seed, only, shared } = workerData as FuzzTask;

function tell(message: FuzzWorkerMessage): void {
  parentPort?.postMessage(message);
}

const all = await allTargets();
const reports = await fuzz(all.filter(({ name }) => name.includes(only)));
// Only now: whoever hears of it ends this thread, and files would stay behind.
tell({ type: 'done', reports });

async function fuzz(targets: readonly FuzzTarget[]): Promise<readonly TargetReport[]> {
  const names = targets.map(({ name }) => name);
  tell({ type: 'started', names });
  try {
    return await fuzzDecoders({
      ...{ targets, frames, seed },
      onInput: (name, input) => noteInput(shared, names.indexOf(name), input),
      onProgress: (done, failures) => tell({ type: 'progress', done, failures }),
    });
  } finally {
    for (const target of all) target.close?.();
  }
}
