// Does any decoder throw, hang, or ask for memory out of all proportion? Every decoder of the engine
// is a target; each draws from a source of its own, so that one target alone repeats its inputs.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { getHeapStatistics } from 'node:v8';
import { bytesToHex, isSameBytes } from '@causeway/core';
import { Random } from '@causeway/testkit';
import { findKnownFault } from './fuzz-known-faults.ts';
import type { FuzzTarget } from './fuzz-target.ts';

export interface FuzzRunOptions {
  readonly targets: readonly FuzzTarget[];
  /** Inputs of all targets together. */
  readonly frames: number;
  readonly seed: number;
  /** Before each input is tried; it must not be changed. */
  readonly onInput?: (target: string, input: Uint8Array) => void;
  readonly onProgress?: (framesDone: number, failures: number) => void;
}

export interface TargetReport {
  readonly name: string;
  readonly frames: number;
  readonly accepted: number;
  /** By the code of the refusal. */
  readonly refused: Readonly<Record<string, number>>;
  /** Inputs that met a fault of `fuzz-known-faults.ts`, by its name. */
  readonly knownFaults: Readonly<Record<string, number>>;
  readonly perSecond: number;
  readonly slowestMsPerKib: number;
  /** A target stops at its first failure; the others go on. */
  readonly failure: FuzzFailure | undefined;
}

export interface FuzzFailure {
  readonly target: string;
  readonly seed: number;
  /** Which input of its target it was, from 1 on. */
  readonly frame: number;
  readonly problem: string;
  readonly hex: string;
}

const sliceFrames = 500;
const retries = 5;
/** Beside what is in proportion to the input; `decodeUp` promises 5 MiB whatever a frame claims. */
const bytesMax = 8 * 1_024 * 1_024;
const bytesPerByteMax = 64;

/** Feeds each target its share of inputs. Cost: some 10 µs per input of the byte codecs. */
export async function fuzzDecoders(o: FuzzRunOptions): Promise<readonly TargetReport[]> {
  const parts = o.targets.reduce((sum, { share }) => sum + share, 0);
  const runs = o.targets.map((target) => {
    const quota = Math.ceil((o.frames * target.share) / parts);
    return new TargetRun(target, { seed: o.seed, quota, onInput: o.onInput });
  });
  for (let active = runs; active.length > 0; active = active.filter((run) => !run.isOver)) {
    for (const run of active) {
      run.advance();
      await nextTurn(); // Libraries in WebAssembly free their memory only between turns.
      const failures = runs.filter(({ failure }) => failure !== undefined).length;
      o.onProgress?.(
        runs.reduce((sum, { frames }) => sum + frames, 0),
        failures,
      );
    }
  }
  return runs.map((run) => run.report());
}

/** Owns what has become of one target so far. */
class TargetRun {
  frames = 0;
  failure: FuzzFailure | undefined;
  private readonly target: FuzzTarget;
  private readonly seed: number;
  private readonly quota: number;
  private readonly onInput: FuzzRunOptions['onInput'] | undefined;
  private readonly random: Random;
  private readonly refused: Record<string, number> = {};
  private readonly known: Record<string, number> = {};
  private accepted = 0;
  private spentMs = 0;
  private slowestMsPerKib = 0;

  constructor(
    target: FuzzTarget,
    o: {
      readonly seed: number;
      readonly quota: number;
      readonly onInput: FuzzRunOptions['onInput'] | undefined;
    },
  ) {
    this.target = target;
    this.seed = o.seed;
    this.quota = o.quota;
    this.onInput = o.onInput;
    this.random = new Random(o.seed);
  }

  get isOver(): boolean {
    return this.failure !== undefined || this.frames >= this.quota;
  }

  advance(): void {
    const startedMs = performance.now();
    const end = Math.min(this.quota, this.frames + sliceFrames);
    while (this.frames < end && !this.failure) this.tryOne();
    this.spentMs += performance.now() - startedMs;
  }

  report(): TargetReport {
    return {
      name: this.target.name,
      frames: this.frames,
      accepted: this.accepted,
      refused: this.refused,
      knownFaults: this.known,
      perSecond: Math.round((this.frames / this.spentMs) * 1_000),
      slowestMsPerKib: this.slowestMsPerKib,
      failure: this.failure,
    };
  }

  private tryOne(): void {
    const input = this.target.draw(this.random);
    this.frames += 1;
    const before = input.slice();
    this.onInput?.(this.target.name, before);
    try {
      const answer = this.measure(input);
      if (!isSameBytes(input, before)) throw new Error('decoding changed its input');
      if (answer === 'accepted') this.accepted += 1;
      else count(this.refused, answer);
    } catch (error) {
      this.fail(error, before);
    }
  }

  private fail(error: unknown, input: Uint8Array): void {
    const { name: target } = this.target;
    const message = error instanceof Error ? error.message : String(error);
    const known = findKnownFault(target, message);
    if (known) {
      count(this.known, known.name);
      return;
    }
    const problem = error instanceof Error ? describe(error) : message;
    const hex = bytesToHex(input);
    this.failure = { target, seed: this.seed, frame: this.frames, problem, hex };
  }

  /**
   * A pause of the machine is not the decoder's: what seems slow is tried again by the thread's own
   * clock, and only what is slow, or large, each time counts.
   */
  private measure(input: Uint8Array): string {
    const kib = Math.max(1, input.length / 1_024);
    const { msPerKibMax = 1 } = this.target;
    const bytesAllowed = bytesMax + bytesPerByteMax * input.length;
    let tried = timed(this.target, input, wallMs);
    for (let retry = 0; retry < retries; retry++) {
      if (tried.ms / kib <= msPerKibMax && tried.bytes <= bytesAllowed) break;
      tried = timed(this.target, input, threadMs);
    }
    const { answer, ms, bytes } = tried;
    if (ms / kib > msPerKibMax) throw new Error(`${ms.toFixed(1)} ms for ${input.length} bytes`);
    if (bytes > bytesAllowed) throw new Error(`${bytes} bytes of memory for ${input.length} bytes`);
    this.slowestMsPerKib = Math.max(this.slowestMsPerKib, ms / kib);
    return answer;
  }
}

function timed({ take }: FuzzTarget, input: Uint8Array, clock: () => number) {
  const bytesBefore = memoryBytes();
  const startedMs = clock();
  const answer = take(input);
  const ms = clock() - startedMs;
  return { answer, ms, bytes: memoryBytes() - bytesBefore };
}

const wallMs = (): number => performance.now();

/** What this thread has computed: others on the machine do not count, but it costs a system call. */
function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

/** What a collection in between freed makes the difference smaller, never larger. */
function memoryBytes(): number {
  const { used_heap_size: heap, external_memory: external } = getHeapStatistics();
  return heap + external;
}

function count(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}

function describe(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${describe(error.cause)}` : '';
  return `${error.stack ?? error.message}${cause}`;
}
