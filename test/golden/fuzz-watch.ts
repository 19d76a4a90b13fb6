// Fuzzes in a thread of its own and watches it: a decoder that never comes back is a failure like any
// other, with the input that holds it.
import { Worker } from 'node:worker_threads';
import { bytesToHex } from '@causeway/core';
import type { TargetReport } from './fuzz-decoders.ts';

export interface WatchedFuzzOptions {
  readonly frames: number;
  readonly seed: number;
  /** Only targets whose name contains it. */
  readonly only?: string;
  /** A decoder that takes longer than this for one input is given up. Default 20 s. */
  readonly hangMs?: number;
  readonly onProgress?: (framesDone: number, failures: number) => void;
}

export interface FuzzTask {
  readonly frames: number;
  readonly seed: number;
  readonly only: string;
  readonly shared: SharedArrayBuffer;
}

export type FuzzWorkerMessage =
  | { readonly type: 'started'; readonly names: readonly string[] }
  | { readonly type: 'progress'; readonly done: number; readonly failures: number }
  | { readonly type: 'done'; readonly reports: readonly TargetReport[] };

/** How many inputs there were, the target of the last one, and its length; then its bytes. */
const words = 3;
const inputBytesMax = 1 << 20;

/** Writes down the input that is tried next. Cost: O(input). */
export function noteInput(shared: SharedArrayBuffer, target: number, input: Uint8Array): void {
  const header = new Int32Array(shared, 0, words);
  const kept = input.subarray(0, inputBytesMax);
  new Uint8Array(shared, words * 4).set(kept);
  header[1] = target;
  header[2] = kept.length;
  Atomics.add(header, 0, 1);
}

/** Resolves with a report for each target. A hang ends the run: only its own report is left then. */
export async function fuzzWatched(o: WatchedFuzzOptions): Promise<readonly TargetReport[]> {
  const shared = new SharedArrayBuffer(words * 4 + inputBytesMax);
  const { frames, seed, only = '', hangMs = 20_000 } = o;
  const workerData: FuzzTask = { frames, seed, only, shared };
  const worker = new Worker(new URL('./fuzz-worker.ts', import.meta.url), { workerData });
  const { promise, resolve, reject } = Promise.withResolvers<readonly TargetReport[]>();
  let names: readonly string[] = [];
  worker.on('message', (message: FuzzWorkerMessage) => {
    if (message.type === 'started') names = message.names;
    else if (message.type === 'progress') o.onProgress?.(message.done, message.failures);
    else resolve(message.reports);
  });
  worker.on('error', reject);
  worker.on('exit', () => reject(new Error('the thread of the fuzzer ended before its work')));
  const watch = watchInputs(shared, hangMs, () => resolve([hangReport(shared, names, o)]));
  try {
    return await promise;
  } finally {
    clearInterval(watch);
    await worker.terminate();
  }
}

/** Calls back once no new input has come for so long. */
function watchInputs(shared: SharedArrayBuffer, hangMs: number, onHang: () => void) {
  const header = new Int32Array(shared, 0, words);
  let [seen, sinceMs] = [0, performance.now()];
  return setInterval(() => {
    const count = Atomics.load(header, 0);
    if (count !== seen) [seen, sinceMs] = [count, performance.now()];
    else if (count > 0 && performance.now() - sinceMs > hangMs) onHang();
  }, hangMs / 20);
}

function hangReport(
  shared: SharedArrayBuffer,
  names: readonly string[],
  { seed, hangMs = 20_000 }: WatchedFuzzOptions,
): TargetReport {
  const [frame = 0, target = 0, length = 0] = new Int32Array(shared, 0, words);
  const hex = bytesToHex(new Uint8Array(shared, words * 4, length).slice());
  const name = names[target] ?? 'unknown';
  const problem = `it did not come back within ${hangMs} ms (input ${frame} of the whole run)`;
  const nothing = { accepted: 0, refused: {}, knownFaults: {}, perSecond: 0, slowestMsPerKib: 0 };
  return { name, frames: frame, ...nothing, failure: { target: name, seed, frame, problem, hex } };
}
