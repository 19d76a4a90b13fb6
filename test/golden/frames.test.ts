// The bytes of version 1, frame by frame: whoever changes them changes the protocol for everybody.
import {
  bytesToHex,
  decodeEffects,
  decodeFacts,
  decodeHeader,
  decodeOperationPayload,
  decodeSnapshot,
  hexToBytes,
} from '@causeway/core';
import {
  decodeDown,
  decodeUp,
  defaultLimits,
  isPeerFault,
  peerFault,
  protocolVersion,
} from '@causeway/protocol';
import { describe, expect, it } from 'vitest';
import {
  goldenAuditedSnapshot,
  goldenFacts,
  goldenFindings,
  goldenHeaders,
  goldenPayload,
  goldenSnapshot,
} from './golden-changes.ts';
import { encodeGolden, hashGolden, readGolden } from './golden-file.ts';
import { goldenDown, goldenUp } from './golden-messages.ts';
import { goldenEffects, goldenOutboxFacts } from './golden-outbox.ts';

// One line per protocol version, never edited. Did the second test below fail? Then bytes changed:
// raise `protocolVersion`, run write-golden.ts and add its line here. Samples that were only added
// may replace the line of the version that is not released yet.
const hashByVersion: Readonly<Record<number, string>> = {
  1: 'ec02ae27718f36c8d79895ce45c2fcaf1b1eabdd1af6a8fe74e582b546238a8b',
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

  it.each(Object.entries({ ...goldenFacts, ...goldenFindings, ...goldenOutboxFacts }))(
    'read back: %s',
    (name, fact) => {
      expect(decodeFacts(bytesNamed(name))).toStrictEqual([fact]);
    },
  );

  it('read back: effect records', () => {
    expect(decodeEffects(bytesNamed('effect-records'))).toStrictEqual(goldenEffects);
  });

  it('read back: snapshot', () => {
    expect(decodeSnapshot(bytesNamed('snapshot'))).toStrictEqual(goldenSnapshot());
    const audited = decodeSnapshot(bytesNamed('snapshot-audited'));
    expect(audited).toStrictEqual(goldenAuditedSnapshot());
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
