// What is refused before any message is looked at.
import { ByteWriter, sealRecord } from '@causeway/core';
import { describe, expect, it } from 'vitest';
import { peerFault } from './down.ts';
import {
  envelopeBytes,
  openFrame,
  rawMessageBytes,
  readRawMessage,
  sealFrame,
} from './envelope.ts';
import { isPeerFault } from './frame.ts';

const body = Uint8Array.of(1, 2, 3);
const frame = sealFrame([{ code: 9, body }]);
const sealed = (...content: readonly number[]) => sealRecord(Uint8Array.from(content));

function fault(bytes: Uint8Array, frameBytesMax = 1000) {
  const opened = openFrame(bytes, frameBytesMax);
  return 'closeStatus' in opened ? [opened.code, opened.closeStatus] : 'opened';
}

describe('a frame', () => {
  it('is magic, version, (length, type code, body) and checksum', () => {
    expect([...frame.subarray(0, -4)]).toStrictEqual([0xca, 1, 3, 9, 1, 2, 3]);
    expect(frame).toHaveLength(envelopeBytes + rawMessageBytes({ code: 9, body }));
    expect(sealRecord(frame.subarray(0, -4))).toStrictEqual(frame);
  });

  it('gives its messages back, in order, as views', () => {
    const two = sealFrame([
      { code: 9, body },
      { code: 0, body: new Uint8Array(0) },
    ]);
    const reader = openFrame(two, 1000);
    if ('closeStatus' in reader) throw new Error(reader.message);
    const first = readRawMessage(reader);
    expect(first).toStrictEqual({ code: 9, body });
    expect(first?.body.buffer).toBe(two.buffer);
    expect(readRawMessage(reader)).toStrictEqual({ code: 0, body: new Uint8Array(0) });
    expect(reader.done).toBe(true);
    expect(readRawMessage(reader)).toBeUndefined();
  });

  it('may have exactly the greatest size', () => {
    expect(fault(frame, frame.length)).toBe('opened');
    expect(fault(frame, frame.length - 1)).toStrictEqual(['frame-too-large', 1009]);
  });

  it('must begin with the magic byte and a known version', () => {
    expect(fault(sealed(0xcb, 1, 0, 9))).toStrictEqual(['malformed-frame', 4400]);
    expect(fault(sealed(0xca, 2, 0, 9))).toStrictEqual(['unsupported-protocol', 4402]);
    expect(fault(new Uint8Array(0))).toStrictEqual(['malformed-frame', 4400]);
  });

  it('must have the right checksum', () => {
    for (let at = frame.length - 4; at < frame.length; at++) {
      const damaged = frame.slice();
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      expect(fault(damaged)).toStrictEqual(['malformed-frame', 4400]);
    }
  });

  it.each([0, 1, 127, 128, 16_383, 16_384])(
    'with a body of %i bytes has the size foretold',
    (n) => {
      const message = { code: 1, body: new Uint8Array(n) };
      expect(sealFrame([message])).toHaveLength(envelopeBytes + rawMessageBytes(message));
    },
  );

  it('has 1 to 4096 messages, or is a bug', () => {
    const messages = Array.from({ length: 4097 }, () => ({ code: 9, body }));
    expect(() => sealFrame([])).toThrow('empty-frame');
    expect(() => sealFrame(messages)).toThrow('too-many-items');
    expect(sealFrame(messages.slice(1))).toHaveLength(envelopeBytes + 4096 * 5);
  });

  it('cuts no message short', () => {
    const content = new ByteWriter().byte(0xca).byte(1).uint(4).byte(9).fixed(body).done();
    const reader = openFrame(sealRecord(content), 1000);
    expect('closeStatus' in reader || readRawMessage(reader)).toBeUndefined();
  });
});

it('a fault is told from messages', () => {
  expect(isPeerFault(peerFault('too-slow', ''))).toBe(true);
  expect(isPeerFault([])).toBe(false);
});
