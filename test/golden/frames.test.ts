// The bytes of version 1, frame by frame: whoever changes them changes the protocol for everybody.
import { bytesToHex, decodeHeader, decodeOperationPayload, hexToBytes } from '@causeway/core';
import {
  decodeDown,
  decodeUp,
  defaultLimits,
  isPeerFault,
  peerFault,
  protocolVersion,
} from '@causeway/protocol';
import { describe, expect, it } from 'vitest';
import { goldenHeaders, goldenPayload } from './golden-changes.ts';
import { encodeGolden, hashGolden, readGolden } from './golden-file.ts';
import { goldenDown, goldenUp } from './golden-messages.ts';

// One line per protocol version, never edited. Did the second test below fail? Then bytes changed:
// raise `protocolVersion`, run write-golden.ts and add its line here. Samples that were only added
// may replace the line of the version that is not released yet.
const hashByVersion: Readonly<Record<number, string>> = {
  1: '77454258aa061c19f0769658d92bae526ed7646780a70d80da5155b249680bc0',
};

const frames = readGolden('frames.json');
const changes = readGolden('changes.json');
const bytesNamed = (name: string): Uint8Array => hexToBytes(frames[name] ?? changes[name] ?? '');

describe('golden bytes', () => {
  it.each(['frames.json', 'changes.json'] as const)('are still what is written: %s', (file) => {
    expect(encodeGolden(file)).toStrictEqual(readGolden(file));
  });

  it('have one hash per protocol version', () => {
    expect(hashGolden()).toBe(hashByVersion[protocolVersion]);
  });

  it.each(Object.entries(goldenUp))('go up and read back: %s', (name, messages) => {
    expect(decodeUp(bytesNamed(`up/${name}`), defaultLimits)).toStrictEqual(messages);
  });

  it.each(Object.entries(goldenDown))('come down and read back: %s', (name, messages) => {
    expect(decodeDown(bytesNamed(`down/${name}`), defaultLimits)).toStrictEqual(messages);
  });

  it.each(Object.entries(goldenHeaders))('read back: %s', (name, header) => {
    expect(decodeHeader(bytesNamed(name))).toStrictEqual(header);
  });

  it('read back: operation payload', () => {
    expect(decodeOperationPayload(bytesNamed('operation-payload'))).toStrictEqual(goldenPayload);
  });
});

describe('a golden frame', () => {
  const decoderOf = (name: string) => (name.startsWith('up/') ? decodeUp : decodeDown);

  it.each(Object.keys(frames))('is refused when cut short anywhere: %s', (name) => {
    const frame = bytesNamed(name);
    for (let length = 0; length < frame.length; length++) {
      const fault = peerFault(length === 1 ? 'unsupported-protocol' : 'malformed-frame', '');
      expect(decoderOf(name)(frame.subarray(0, length), defaultLimits), `${length}`).toStrictEqual({
        ...fault,
        message: expect.any(String),
      });
    }
  });

  it.each(Object.keys(frames))('is refused with any one bit flipped: %s', (name) => {
    const frame = bytesNamed(name);
    for (let bit = 0; bit < frame.length * 8; bit++) {
      const flipped = frame.slice();
      flipped[bit >>> 3] = (flipped[bit >>> 3] ?? 0) ^ (1 << (bit & 7));
      expect(isPeerFault(decoderOf(name)(flipped, defaultLimits)), bytesToHex(flipped)).toBe(true);
    }
  });

  it.each(Object.keys(frames))('is unknown in the other direction: %s', (name) => {
    const decode = name.startsWith('up/') ? decodeDown : decodeUp;
    expect(decode(bytesNamed(name), defaultLimits)).toMatchObject({ code: 'unknown-message' });
  });
});
