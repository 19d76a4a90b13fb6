// Does a frame decoder ever throw, hang, or take what is not exactly one encoding of a message? And do
// version vectors of a peer compare as they must, whatever is in them?
import {
  ByteWriter,
  compareVectors,
  hexToBytes,
  isSameBytes,
  mergeVectors,
  sealRecord,
} from '@causeway/core';
import {
  type DownMessage,
  decodeDown,
  decodeUp,
  defaultLimits,
  encodeDown,
  encodeUp,
  isPeerFault,
  type UpMessage,
  type WireVector,
} from '@causeway/protocol';
import type { Random } from '@causeway/testkit';
import { attempt, type FuzzTarget, type Samples, samplesOf } from './fuzz-target.ts';
import { readGolden } from './golden-file.ts';
import { document, writerA, writerB } from './golden-messages.ts';
import { drawFrame } from './mutate-frame.ts';

export const frameTargets = (): readonly FuzzTarget[] => [
  frameTarget('frames up', 'up/', upAgain),
  frameTarget('frames down', 'down/', downAgain),
  vectors,
];

/** The one frame of what was read, or the code of the fault. */
type ReadAgain = (frame: Uint8Array) => Uint8Array | string;

const upAgain: ReadAgain = (frame) => {
  const decoded: ReturnType<typeof decodeUp> = decodeUp(frame, defaultLimits);
  return isPeerFault(decoded) ? decoded.code : encodeUp(decoded as readonly UpMessage[]);
};
const downAgain: ReadAgain = (frame) => {
  const decoded: ReturnType<typeof decodeDown> = decodeDown(frame, defaultLimits);
  return isPeerFault(decoded) ? decoded.code : encodeDown(decoded as readonly DownMessage[]);
};

function frameTarget(name: string, prefix: string, readAgain: ReadAgain): FuzzTarget {
  const golden = Object.entries(readGolden('frames.json'));
  const samples: Samples = samplesOf(
    golden.filter(([frame]) => frame.startsWith(prefix)).map(([, hex]) => hexToBytes(hex)),
  );
  return {
    name,
    share: 16,
    draw: (random) => drawFrame(samples, random),
    take(frame) {
      const again = attempt('a decoder threw', () => readAgain(frame));
      if (typeof again === 'string') return again;
      if (!isSameBytes(again, frame)) throw new Error('the frame is not the only encoding');
      return 'accepted';
    },
  };
}

/** Two `open` messages whose vectors name writers twice, and numbers at their ends. */
const vectors: FuzzTarget = {
  name: 'version vectors',
  share: 8,
  draw(random) {
    const opens = [1, 2].map(() => {
      return { type: 'open', document, known: undefined, vector: drawVector(random) } as const;
    });
    if (random.below(8) === 0) return drawLyingVector(random);
    const frame = encodeUp(opens);
    return random.below(3) ? frame : drawFrame([frame], random);
  },
  take(frame) {
    const decoded = decodeUp(frame, defaultLimits);
    if (isPeerFault(decoded)) return decoded.code;
    const [a = new Map(), b = new Map()] = decoded.flatMap((message) => {
      return message.type === 'open' ? [new Map(message.vector)] : [];
    });
    const [order, back] = [compareVectors(a, b), compareVectors(b, a)];
    if (opposites[order] !== back) throw new Error(`${order} one way, ${back} the other`);
    const merged = mergeVectors(a, b);
    for (const one of [a, b]) {
      const relation = compareVectors(one, merged);
      if (relation !== 'equal' && relation !== 'before') throw new Error(`${relation} its merge`);
    }
    return 'accepted';
  },
};

const opposites = { equal: 'equal', before: 'after', after: 'before', concurrent: 'concurrent' };

/** A vector that claims many entries and holds none: the count is the last byte of the message. */
function drawLyingVector(random: Random): Uint8Array {
  const frame = encodeUp([{ type: 'open', document, known: undefined, vector: [] }]);
  const [code, ...body] = frame.subarray(3, -5);
  const count = new ByteWriter().uint(random.pick([1, 10_000, 2 ** 31, Number.MAX_SAFE_INTEGER]));
  const lying = Uint8Array.of(...body, ...count.done());
  const content = new ByteWriter()
    .fixed(frame.subarray(0, 2))
    .uint(lying.length)
    .byte(code ?? 0);
  return sealRecord(content.fixed(lying).done());
}

function drawVector(random: Random): WireVector {
  const numbers = [0, 1, 2, 2 ** 31, Number.MAX_SAFE_INTEGER] as const;
  return Array.from({ length: random.below(6) }, () => {
    return [random.pick([writerA, writerB]), random.pick(numbers)] as const;
  });
}
