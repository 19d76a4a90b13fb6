// The stored bytes of each format as hex by name, and how they are compared and rewritten.
import { readFileSync, writeFileSync } from 'node:fs';
import { bytesToHex } from '@causeway/core';
import { encodeDown, encodeUp } from '@causeway/protocol';
import { encodeGoldenChanges, sha256 } from './golden-changes.ts';
import { goldenDown, goldenUp } from './golden-messages.ts';

/** Hex by name. */
export type GoldenBytes = Readonly<Record<string, string>>;
export type GoldenFile = 'frames.json' | 'changes.json';

/** What the code of today writes for the samples. */
export function encodeGolden(file: GoldenFile): GoldenBytes {
  return file === 'frames.json'
    ? encodeFramesOfSamples()
    : mapValues(encodeGoldenChanges(), bytesToHex);
}

/** What was stored when the format was fixed. */
export function readGolden(file: GoldenFile): GoldenBytes {
  return JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as GoldenBytes;
}

/** Stores what the code of today writes. For a new sample or a new protocol version only. */
export function writeGolden(file: GoldenFile): void {
  const text = `${JSON.stringify(encodeGolden(file), undefined, 2)}\n`;
  writeFileSync(new URL(file, import.meta.url), text);
}

/** One hash over both files' names and bytes, in the order of the names. */
export function hashGolden(): string {
  const lines = (['changes.json', 'frames.json'] as const).flatMap((file) =>
    Object.entries(readGolden(file))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, hex]) => `${file} ${name} ${hex}\n`),
  );
  return bytesToHex(sha256(Buffer.from(lines.join(''))));
}

function encodeFramesOfSamples(): GoldenBytes {
  return {
    ...mapValues(goldenUp, (messages) => bytesToHex(encodeUp(messages)), 'up/'),
    ...mapValues(goldenDown, (messages) => bytesToHex(encodeDown(messages)), 'down/'),
  };
}

function mapValues<T>(
  samples: Readonly<Record<string, T>>,
  encode: (sample: T) => string,
  prefix = '',
): GoldenBytes {
  const named = Object.entries(samples).map(([name, sample]) => [prefix + name, encode(sample)]);
  return Object.fromEntries(named);
}
