// Frames of messages: what is packed together, what is refused as a whole, what is a view.
import { parseDocumentId, parseWriterId, sealRecord } from '@causeway/core';
import { describe, expect, it } from 'vitest';
import type { DownMessage } from './down.ts';
import { sealFrame } from './envelope.ts';
import { decodeDown, decodeUp, encodeDown, encodeFrames, encodeUp, isPeerFault } from './frame.ts';
import type { Open, UpMessage } from './up.ts';
import { defaultLimits, itemsPerFrameMax, messagesPerFrameMax } from './wire-limits.ts';

const document = parseDocumentId('notes') ?? expect.unreachable();
const writer = parseWriterId('0f'.repeat(16)) ?? expect.unreachable();
const probe: UpMessage = { type: 'probe', nonce: 1 };
const openWith = (entries: number): Open => ({
  type: 'open',
  document,
  known: undefined,
  vector: Array.from({ length: entries }, (_, seq) => [writer, seq] as const),
});
const echoBody = Uint8Array.of(1);
const entries: DownMessage = {
  type: 'entries',
  document,
  epoch: 1,
  from: 1,
  items: [],
  prefixHash: new Uint8Array(32).fill(1),
  digest: new Uint8Array(32).fill(2),
};

describe('a frame that is decoded', () => {
  it('gives messages in the order they were sent', () => {
    const messages = [probe, { type: 'leave', document }, probe] as const;
    expect(decodeUp(encodeUp(messages), defaultLimits)).toStrictEqual(messages);
  });

  it('is refused for a type code that is unknown or goes the other way', () => {
    const unknown = { type: 'peer-fault', code: 'unknown-message', closeStatus: 4401 };
    for (const code of [0, 6, 64, 71, 255]) {
      const frame = sealFrame([{ code, body: echoBody }]);
      expect(decodeUp(frame, defaultLimits)).toMatchObject(unknown);
      expect(decodeDown(frame, defaultLimits)).toMatchObject(unknown);
    }
    expect(decodeUp(sealFrame([{ code: 69, body: echoBody }]), defaultLimits)).toMatchObject(
      unknown,
    );
    expect(decodeDown(sealFrame([{ code: 4, body: echoBody }]), defaultLimits)).toMatchObject(
      unknown,
    );
  });

  it('is refused when a body has bytes left over or too few', () => {
    const malformed = { code: 'malformed-frame', closeStatus: 4400 };
    const long = sealFrame([{ code: 4, body: Uint8Array.of(1, 0) }]);
    const short = sealFrame([{ code: 4, body: new Uint8Array(0) }]);
    expect(decodeUp(long, defaultLimits)).toMatchObject(malformed);
    expect(decodeUp(short, defaultLimits)).toMatchObject(malformed);
  });

  it('is refused as a whole when its last message is bad', () => {
    const frame = sealFrame([
      { code: 4, body: echoBody },
      { code: 99, body: echoBody },
    ]);
    expect(isPeerFault(decodeUp(frame, defaultLimits))).toBe(true);
  });

  it('is held to the size that the caller allows, as before a greeting', () => {
    const frame = encodeUp([probe]);
    const limits = { ...defaultLimits, frameBytesMax: frame.length - 1 };
    expect(decodeUp(frame, limits)).toMatchObject({ code: 'frame-too-large', closeStatus: 1009 });
  });

  it('is views of its bytes, plain ones even of a subclass', () => {
    const frame = Buffer.from(encodeDown([entries]));
    const [decoded] = [decodeDown(frame, defaultLimits)].flatMap((d) => (isPeerFault(d) ? [] : d));
    if (decoded?.type !== 'entries') return expect.unreachable();
    expect(decoded.digest.buffer).toBe(frame.buffer);
    expect(decoded.digest.constructor).toBe(Uint8Array);
  });

  it('has 4096 messages at most', () => {
    const full = Array.from({ length: messagesPerFrameMax }, () => probe);
    expect(decodeUp(encodeUp(full), defaultLimits)).toHaveLength(messagesPerFrameMax);
    expect(() => encodeUp([...full, probe])).toThrow('too-many-items');
    const longer = joinFrames(encodeUp(full), encodeUp([probe]));
    expect(decodeUp(longer, defaultLimits)).toMatchObject({ code: 'malformed-frame' });
  });

  it('has 16,384 items at most, of all its messages', () => {
    const two = [openWith(itemsPerFrameMax - 10_000), openWith(10_000)];
    expect(decodeUp(encodeUp(two), defaultLimits)).toHaveLength(2);
    expect(() => encodeUp([...two, openWith(1)])).toThrow('too-many-items');
    const longer = joinFrames(encodeUp(two), encodeUp([openWith(1)]));
    expect(decodeUp(longer, defaultLimits)).toMatchObject({ code: 'malformed-frame' });
  });
});

describe('encodeFrames', () => {
  it('packs as many messages as fit, in order, and none twice', () => {
    const messages: UpMessage[] = Array.from({ length: 1000 }, (_, nonce) => ({
      type: 'probe',
      nonce,
    }));
    const frames = encodeFrames(messages, 60);
    expect(frames.every((frame) => frame.length <= 60)).toBe(true);
    expect(frames.length).toBeLessThanOrEqual(Math.ceil((1000 * 4) / 50));
    const decoded = frames.flatMap((frame) => {
      const read = decodeUp(frame, defaultLimits);
      return isPeerFault(read) ? [] : read;
    });
    expect(decoded).toStrictEqual(messages);
  });

  it('fills a frame to its last byte', () => {
    const exact = encodeUp([probe, probe]).length;
    expect(encodeFrames([probe, probe], exact)).toHaveLength(1);
    expect(encodeFrames([probe, probe], exact - 1)).toHaveLength(2);
  });

  it('gives what encodeUp and encodeDown give where one frame is enough', () => {
    expect(encodeFrames([probe], 1000)).toStrictEqual([encodeUp([probe])]);
    expect(encodeFrames([entries], 1000)).toStrictEqual([encodeDown([entries])]);
    expect(encodeFrames([], 1000)).toStrictEqual([]);
  });

  it('begins a new frame at the limits on messages and items', () => {
    const probes = Array.from({ length: messagesPerFrameMax + 1 }, () => probe);
    expect(encodeFrames(probes, 1_000_000)).toHaveLength(2);
    expect(encodeFrames([openWith(10_000), openWith(10_000)], 1_000_000)).toHaveLength(2);
  });

  it('takes a message that fits no frame for a bug', () => {
    expect(() => encodeFrames([probe, openWith(10)], 100)).toThrow('message-too-large');
  });
});

/** One frame of both frames' messages, past the encoder's own limits. */
function joinFrames(first: Uint8Array, second: Uint8Array): Uint8Array {
  return sealRecord(Uint8Array.from([...first.subarray(0, -4), ...second.subarray(2, -4)]));
}
