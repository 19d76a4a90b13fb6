// CRC-32C by its known vectors, and what a sealed record notices.
import { describe, expect, it } from 'vitest';
import { checksum, openRecord, sealRecord } from './checksum.ts';
import { textToBytes } from './text.ts';

describe('the checksum', () => {
  // RFC 3720, appendix B.4, and the check value of the CRC catalogue.
  it.each([
    ['123456789', textToBytes('123456789'), 0xe3069283],
    ['nothing', new Uint8Array(0), 0],
    ['32 zeros', new Uint8Array(32), 0x8a9136aa],
    ['32 ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
    ['0 to 31', Uint8Array.from({ length: 32 }, (_, at) => at), 0x46dd794e],
    ['31 to 0', Uint8Array.from({ length: 32 }, (_, at) => 31 - at), 0x113fdb5c],
  ])('of %s is the known one', (_, bytes, expected) => {
    expect(checksum(bytes)).toBe(expected);
  });
});

describe('a sealed record', () => {
  const bytes = textToBytes('causeway');
  const sealed = sealRecord(bytes);

  it('ends in its checksum, most significant byte first, and opens again', () => {
    expect([...sealed.subarray(-4)]).toStrictEqual([0xf0, 0xd1, 0x9c, 0x16]);
    expect(openRecord(sealed)).toStrictEqual(bytes);
    expect(openRecord(sealRecord(new Uint8Array(0)))).toStrictEqual(new Uint8Array(0));
  });

  it('opens as a view', () => {
    expect(openRecord(sealed)?.buffer).toBe(sealed.buffer);
  });

  it('does not open when torn anywhere or with any bit flipped', () => {
    for (let length = 0; length < sealed.length; length++) {
      expect(openRecord(sealed.subarray(0, length))).toBeUndefined();
    }
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const flipped = sealed.slice();
      flipped[bit >>> 3] = (flipped[bit >>> 3] ?? 0) ^ (1 << (bit & 7));
      expect(openRecord(flipped)).toBeUndefined();
    }
  });
});
