// Each rule that a message down must keep.
import { parseDocumentId, parseLogId, parseReplicaId, parseWriterId } from '@causeway/core';
import { describe, expect, it } from 'vitest';
import { type DownMessage, type FaultCode, faultCloseCodes, pushRefusals } from './down.ts';
import { downCodes, encodeDownBody } from './down-codec.ts';
import { sealFrame } from './envelope.ts';
import { decodeDown, encodeDown, isPeerFault } from './frame.ts';
import { defaultLimits } from './wire-limits.ts';

const document = parseDocumentId('notes') ?? expect.unreachable();
const writer = parseWriterId('0f'.repeat(16)) ?? expect.unreachable();
const log = parseLogId('ab'.repeat(16)) ?? expect.unreachable();
const hash = new Uint8Array(32).fill(7);

const welcome: DownMessage = {
  type: 'welcome',
  protocol: 1,
  limits: { frameBytesMax: 200, changeBytesMax: 100 },
  hasPrimary: true,
};
const head = {
  log,
  epoch: 1,
  position: 300,
  prefixHash: hash,
  digest: hash,
  namedPosition: 0,
};
const opened: DownMessage = {
  type: 'opened',
  document,
  head,
  relation: 'behind',
  vector: [[writer, 9]],
};
const refused: DownMessage = {
  type: 'push-refused',
  document,
  writer,
  seq: 300,
  code: 'gap',
  expected: 299,
};
const sealed = { header: hash, payload: hash, effects: hash };
const author = { writer, replica: parseReplica(), clientId: 5 };
const entries: DownMessage = {
  type: 'entries',
  document,
  epoch: 1,
  from: 1,
  items: [
    { type: 'change', author, seq: 1, sealed },
    { type: 'own', writer, seq: 1 },
  ],
  prefixHash: hash,
  digest: hash,
};
const messages: readonly DownMessage[] = [
  welcome,
  opened,
  entries,
  refused,
  { type: 'echo', nonce: 300 },
  { type: 'fault', code: 'too-slow', message: 'é' },
];

function verdict(type: DownMessage['type'], body: Uint8Array): FaultCode | 'read' {
  const decoded = decodeDown(sealFrame([{ code: downCodes[type], body }]), defaultLimits);
  return isPeerFault(decoded) ? decoded.code : 'read';
}

describe('a message down', () => {
  it.each(messages)('is refused when its body ends early or late: $type', (message) => {
    const body = encodeDownBody(message);
    expect(verdict(message.type, body)).toBe('read');
    for (let length = 0; length < body.length; length++) {
      expect(verdict(message.type, body.subarray(0, length)), `${length}`).not.toBe('read');
    }
    expect(verdict(message.type, Uint8Array.of(...body, 0))).toBe('malformed-frame');
  });

  it('takes no byte for a truth value but 0 and 1', () => {
    const body = encodeDownBody(welcome);
    for (const [byte, expected] of [
      [0, 'read'],
      [1, 'read'],
      [2, 'malformed-frame'],
      [255, 'malformed-frame'],
    ] as const) {
      body[body.length - 1] = byte;
      expect(verdict('welcome', body)).toBe(expected);
    }
  });

  it('knows four relations', () => {
    const body = encodeDownBody(opened);
    const at = body.length - 1 - 17 - 1;
    expect(body[at]).toBe(2);
    for (let byte = 0; byte < 256; byte++) {
      body[at] = byte;
      expect(verdict('opened', body)).toBe(byte < 4 ? 'read' : 'malformed-frame');
    }
  });

  it('knows the reasons of refusals that are listed, and no more', () => {
    const body = encodeDownBody(refused);
    const at = body.length - 3;
    expect(body[at]).toBe(pushRefusals.indexOf('gap'));
    for (let byte = 0; byte < 256; byte++) {
      body[at] = byte;
      expect(verdict('push-refused', body)).toBe(
        byte < pushRefusals.length ? 'read' : 'malformed-frame',
      );
    }
  });

  it('knows each fault by its close code', () => {
    const codes = Object.keys(faultCloseCodes) as FaultCode[];
    expect(new Set(Object.values(faultCloseCodes)).size).toBe(codes.length);
    for (const code of codes) {
      const fault: DownMessage = { type: 'fault', code, message: '' };
      expect(decodeDown(encodeDown([fault]), defaultLimits)).toStrictEqual([fault]);
    }
    expect(verdict('fault', Uint8Array.of(0xb0, 0x23, 0))).toBe('malformed-frame'); // 4528
  });

  it('has type codes of its own, above those of messages up', () => {
    const codes = Object.values(downCodes);
    expect(new Set(codes).size).toBe(codes.length);
    expect(Math.min(...codes)).toBeGreaterThan(64);
    expect(Math.max(...codes)).toBeLessThan(128);
  });
});

function parseReplica() {
  return parseReplicaId('cd'.repeat(16)) ?? expect.unreachable();
}
