// Each rule that a message up must keep: at its limit it is read, one past it refused.
import {
  ByteWriter,
  parseDocumentId,
  parseLogId,
  parseReplicaId,
  parseWriterId,
  type SealedChange,
} from '@causeway/core';
import { describe, expect, it } from 'vitest';
import type { FaultCode } from './down.ts';
import { sealFrame } from './envelope.ts';
import { decodeUp, encodeUp, isPeerFault } from './frame.ts';
import type { Hello, Open, Push, UpMessage } from './up.ts';
import { encodeUpBody, upCodes } from './up-codec.ts';
import { defaultLimits } from './wire-limits.ts';

const document = parseDocumentId('notes') ?? expect.unreachable();
const writer = parseWriterId('0f'.repeat(16)) ?? expect.unreachable();
const replica = parseReplicaId('f0'.repeat(16)) ?? expect.unreachable();
const limits = { ...defaultLimits, frameBytesMax: 4_000_000 };
const hash = new Uint8Array(32).fill(7);
const nothing = new Uint8Array(0);

const hello: Hello = { type: 'hello', protocol: 1, app: 'a', appVersion: 1, replica, token: 'é' };
const open: Open = {
  type: 'open',
  document,
  known: undefined,
  vector: [[writer, 300]],
};
const change: SealedChange = { header: Uint8Array.of(1), payload: nothing, effects: nothing };
const push: Push = {
  type: 'push',
  document,
  author: { writer, replica, clientId: 1 },
  firstSeq: 1,
  previous: hash,
  changes: [change],
  last: hash,
  ifNamedHead: 4,
};

/** What the decoder says to one message of this body. */
function verdict(type: UpMessage['type'], body: Uint8Array): FaultCode | 'read' {
  const decoded = decodeUp(sealFrame([{ code: upCodes[type], body }]), limits);
  return isPeerFault(decoded) ? decoded.code : 'read';
}
const sent = (message: UpMessage): FaultCode | 'read' => {
  const decoded = decodeUp(encodeUp([message]), limits);
  return isPeerFault(decoded) ? decoded.code : 'read';
};
/** `bytes` with those at `at` replaced. */
function patched(bytes: Uint8Array, at: number, ...replaced: readonly number[]): Uint8Array {
  const copy = bytes.slice();
  copy.set(replaced, at);
  return copy;
}

describe('a message up', () => {
  const messages: readonly UpMessage[] = [
    hello,
    open,
    push,
    { type: 'probe', nonce: 300 },
    { type: 'leave', document },
  ];

  it.each(messages)('is refused when its body ends early or late: $type', (message) => {
    const body = encodeUpBody(message);
    expect(verdict(message.type, body)).toBe('read');
    for (let length = 0; length < body.length; length++) {
      expect(verdict(message.type, body.subarray(0, length)), `${length}`).not.toBe('read');
    }
    expect(verdict(message.type, Uint8Array.of(...body, 0))).toBe('malformed-frame');
  });

  it('holds numbers in their shortest form only', () => {
    expect(verdict('probe', Uint8Array.of(1))).toBe('read');
    expect(verdict('probe', Uint8Array.of(0x81, 0))).toBe('malformed-frame');
    expect(verdict('probe', Uint8Array.of(0x80, 0x80, 0))).toBe('malformed-frame');
    const greatest = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    expect(verdict('probe', Uint8Array.of(...greatest, 0x0f))).toBe('read');
    expect(verdict('probe', Uint8Array.of(...greatest, 0x1f))).toBe('malformed-frame');
  });

  it.each([
    ['', 'bad-document-id'],
    ['a/', 'bad-document-id'],
    ['/a', 'bad-document-id'],
    ['a//b', 'bad-document-id'],
    ['a b', 'bad-document-id'],
    ['ä', 'bad-document-id'],
    ['a\u0000', 'bad-document-id'],
    ['a'.repeat(129), 'bad-document-id'],
    ['a'.repeat(128), 'read'],
    ['../__proto__', 'read'],
  ] as const)('names documents by the rule for them: %j', (name, expected) => {
    expect(verdict('leave', new ByteWriter().text(name).done())).toBe(expected);
  });

  it('whose document name is cut short is malformed, not badly named', () => {
    expect(verdict('leave', Uint8Array.of(4, 97, 98))).toBe('malformed-frame');
  });
});

describe('hello', () => {
  it('takes a token of 4096 bytes and no more', () => {
    expect(sent({ ...hello, token: 'x'.repeat(4096) })).toBe('read');
    expect(sent({ ...hello, token: 'é'.repeat(2048) })).toBe('read');
    const longer = new ByteWriter().uint(1).text('a').uint(1).fixed(new Uint8Array(16));
    expect(verdict('hello', longer.bytes(new Uint8Array(4097)).done())).toBe('malformed-frame');
    expect(() => encodeUp([{ ...hello, token: 'é'.repeat(2049) }])).toThrow('token-too-large');
  });

  it('is UTF-8', () => {
    const body = encodeUpBody(hello);
    expect(verdict('hello', patched(body, body.length - 2, 0xc3, 0x28))).toBe('malformed-frame');
    expect(verdict('hello', patched(body, 2, 0xff))).toBe('malformed-frame');
  });

  it('is read whatever protocol it offers, so that the answer can say which are spoken', () => {
    expect(sent({ ...hello, protocol: 0 })).toBe('read');
    expect(sent({ ...hello, protocol: Number.MAX_SAFE_INTEGER })).toBe('read');
  });
});

describe('open', () => {
  it('takes 10,000 writers and no more', () => {
    const vector = Array.from({ length: 10_001 }, () => [writer, 1] as const);
    expect(sent({ ...open, vector: vector.slice(1) })).toBe('read');
    expect(() => encodeUp([{ ...open, vector }])).toThrow('too-many-items');
    const body = new ByteWriter()
      .text(document)
      .byte(0)
      .uint(10_001)
      .fixed(new Uint8Array(170_017));
    expect(verdict('open', body.done())).toBe('malformed-frame');
  });

  it('says with 0 or 1 whether a head is known', () => {
    const body = encodeUpBody(open);
    expect(verdict('open', patched(body, 6, 2))).toBe('malformed-frame');
  });

  it('is not encoded with half a hash', () => {
    const known = { log: parseLog(), epoch: 1, position: 1, prefixHash: hash.subarray(1) };
    expect(() => encodeUp([{ ...open, known }])).toThrow('bad-hash');
  });
});

describe('push', () => {
  it('carries at least one change', () => {
    expect(() => encodeUp([{ ...push, changes: [] }])).toThrow('empty-push');
    const empty = new ByteWriter().text(document).fixed(new Uint8Array(32)).uint(1).uint(1);
    empty.fixed(hash).byte(0).uint(0).fixed(hash);
    expect(verdict('push', empty.done())).toBe('malformed-frame');
  });

  it('carries 8192 changes at most', () => {
    const changes = Array.from({ length: 8193 }, () => change);
    expect(sent({ ...push, changes: changes.slice(1) })).toBe('read');
    expect(() => encodeUp([{ ...push, changes }])).toThrow('too-many-items');
    const body = new ByteWriter().text(document).fixed(new Uint8Array(32)).uint(1).uint(1);
    body
      .fixed(hash)
      .byte(0)
      .uint(8193)
      .fixed(new Uint8Array(8193 * 3))
      .fixed(hash);
    expect(verdict('push', body.done())).toBe('malformed-frame');
  });

  it('claims no more changes than there are', () => {
    const body = encodeUpBody({ ...push, ifNamedHead: undefined });
    const countAt = body.length - 32 - 4 - 1;
    expect(body[countAt]).toBe(1);
    expect(verdict('push', patched(body, countAt, 2))).toBe('malformed-frame');
    expect(verdict('push', patched(body, countAt, 0))).toBe('malformed-frame');
  });

  it('takes a header of 64 KiB and no more', () => {
    const header = new Uint8Array(65_537);
    expect(sent({ ...push, changes: [{ ...change, header: header.subarray(1) }] })).toBe('read');
    expect(() => encodeUp([{ ...push, changes: [{ ...change, header }] }])).toThrow(
      'header-too-large',
    );
    const body = new ByteWriter().text(document).fixed(new Uint8Array(32)).uint(1).uint(1);
    body.fixed(hash).byte(0).uint(1).bytes(header).uint(0).uint(0).fixed(hash);
    expect(verdict('push', body.done())).toBe('malformed-frame');
  });

  it('leaves the size of changes to those who admit them', () => {
    const payload = new Uint8Array(defaultLimits.changeBytesMax + 1);
    expect(sent({ ...push, changes: [{ ...change, payload }] })).toBe('read');
  });

  it('tells the position 0 from none', () => {
    for (const ifNamedHead of [0, undefined]) {
      const decoded = decodeUp(encodeUp([{ ...push, ifNamedHead }]), limits);
      expect(decoded).toMatchObject([{ ifNamedHead }]);
    }
  });
});

function parseLog() {
  return parseLogId('ab'.repeat(16)) ?? expect.unreachable();
}
