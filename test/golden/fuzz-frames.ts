// Does the decoder ever throw, hang, or take what is not exactly one encoding of a message? A long
// run: node --conditions=causeway-source test/golden/fuzz-frames.ts --frames 1000000 --seed 7
import { parseArgs } from 'node:util';
import { bytesToHex, hexToBytes, isSameBytes } from '@causeway/core';
import {
  type DownMessage,
  decodeDown,
  decodeUp,
  defaultLimits,
  encodeDown,
  encodeUp,
  type FaultCode,
  isPeerFault,
  type UpMessage,
} from '@causeway/protocol';
import { readGolden } from './golden-file.ts';
import { type Corpus, drawFrame } from './mutate-frame.ts';
import { randomSource } from './random-source.ts';

export interface FuzzOptions {
  readonly frames: number;
  readonly seed: number;
  readonly onProgress?: (report: FuzzReport) => void;
}

/** What became of the frames. */
export interface FuzzReport {
  readonly frames: number;
  readonly accepted: number;
  readonly faults: Readonly<Partial<Record<FaultCode, number>>>;
  /** The slowest frame; one below 1 KiB counts as 1 KiB. */
  readonly slowestMsPerKib: number;
}

const msPerKibMax = 1;
const progressEvery = 100_000;

/**
 * Feeds the decoders with hostile frames.
 *
 * @remarks Cost: some 10 µs per frame. Throws at the first frame that a decoder throws on, needs more
 * than 1 ms per KiB for, or accepts though encoding its messages gives other bytes; the message
 * holds the frame and its seed.
 */
export function fuzzFrames(options: FuzzOptions): FuzzReport {
  const random = randomSource(options.seed);
  const frames = Object.entries(readGolden('frames.json'));
  const up = corpusOf(frames.filter(([name]) => name.startsWith('up/')));
  const down = corpusOf(frames.filter(([name]) => name.startsWith('down/')));
  const faults: Partial<Record<FaultCode, number>> = {};
  let accepted = 0;
  let slowestMsPerKib = 0;
  for (let count = 1; count <= options.frames; count++) {
    const isUp = random.below(2) === 0;
    const frame = drawFrame(isUp ? up : down, random);
    const tried = tryFrame(frame, isUp, options.seed);
    if (tried.fault) faults[tried.fault] = (faults[tried.fault] ?? 0) + 1;
    else accepted++;
    slowestMsPerKib = Math.max(slowestMsPerKib, tried.msPerKib);
    if (count % progressEvery === 0) {
      options.onProgress?.({ frames: count, accepted, faults, slowestMsPerKib });
    }
  }
  return { frames: options.frames, accepted, faults, slowestMsPerKib };
}

function corpusOf(frames: readonly (readonly [string, string])[]): Corpus {
  const [first, ...rest] = frames.map(([, hex]) => hexToBytes(hex));
  if (!first) throw new Error('frames.json holds no frames: run write-golden.ts');
  return [first, ...rest];
}

interface Tried {
  readonly fault: FaultCode | undefined;
  readonly msPerKib: number;
}

function tryFrame(frame: Uint8Array, isUp: boolean, seed: number): Tried {
  const evidence = (): string => `${isUp ? 'up' : 'down'}, seed ${seed}: ${bytesToHex(frame)}`;
  const kib = Math.max(1, frame.length / 1024);
  const before = frame.slice();
  let [decoded, ms] = timed(frame, isUp, evidence);
  // A pause of the machine is not the decoder's: only a frame that is slow each time counts.
  for (let retry = 0; retry < 5 && ms / kib > msPerKibMax; retry++) {
    ms = timed(frame, isUp, evidence)[1];
  }
  if (ms / kib > msPerKibMax) throw new Error(`${ms} ms for a frame ${evidence()}`);
  if (!isSameBytes(frame, before)) throw new Error(`decoding changed the frame ${evidence()}`);
  if (isPeerFault(decoded)) return { fault: decoded.code, msPerKib: ms / kib };
  const again = isUp
    ? encodeUp(decoded as readonly UpMessage[])
    : encodeDown(decoded as readonly DownMessage[]);
  if (!isSameBytes(again, frame)) {
    throw new Error(`not the only encoding, ${bytesToHex(again)} of ${evidence()}`);
  }
  return { fault: undefined, msPerKib: ms / kib };
}

function timed(frame: Uint8Array, isUp: boolean, evidence: () => string) {
  const startedMs = performance.now();
  try {
    const decoded = (isUp ? decodeUp : decodeDown)(frame, defaultLimits);
    return [decoded, performance.now() - startedMs] as const;
  } catch (cause) {
    throw new Error(`a decoder threw on ${evidence()}`, { cause });
  }
}

function runFromShell(): void {
  const { values } = parseArgs({
    options: {
      frames: { type: 'string', default: '1000000' },
      seed: { type: 'string', default: '1' },
    },
  });
  const startedMs = performance.now();
  const print = (report: FuzzReport): void => {
    const perSecond = Math.round((report.frames / (performance.now() - startedMs)) * 1000);
    process.stdout.write(`${JSON.stringify(report)} ${perSecond} frames/s\n`);
  };
  const frames = Number(values.frames);
  print(fuzzFrames({ frames, seed: Number(values.seed), onProgress: print }));
}

if (import.meta.main) runFromShell();
