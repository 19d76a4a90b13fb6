// Base 32 by the vectors of RFC 4648, and hashes of parts that never run into each other.
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { bytesToBase32, type Hash, hashParts, isSameBytes } from './hash.ts';
import { textToBytes } from './text.ts';

const sha256: Hash = (bytes) => Uint8Array.from(createHash('sha256').update(bytes).digest());

describe('base 32', () => {
  // RFC 4648, §10, in lower case and without padding.
  it.each([
    ['', ''],
    ['f', 'my'],
    ['fo', 'mzxq'],
    ['foo', 'mzxw6'],
    ['foob', 'mzxw6yq'],
    ['fooba', 'mzxw6ytb'],
    ['foobar', 'mzxw6ytboi'],
  ])('of %j is %j', (text, expected) => {
    expect(bytesToBase32(textToBytes(text))).toBe(expected);
  });

  it('of the greatest bytes is all sevens', () => {
    expect(bytesToBase32(new Uint8Array(10).fill(0xff))).toBe('7'.repeat(16));
  });
});

describe('a hash of parts', () => {
  it('is that of the label and each part, each after its length', () => {
    const bytes = Uint8Array.of(1, 97, 2, 1, 2, 0);
    const parts = [Uint8Array.of(1, 2), new Uint8Array(0)];
    expect(hashParts(sha256, 'a', parts)).toStrictEqual(sha256(bytes));
  });

  it('differs when only the border between parts differs', () => {
    const one = hashParts(sha256, 'a', [Uint8Array.of(1, 2), Uint8Array.of(3)]);
    const two = hashParts(sha256, 'a', [Uint8Array.of(1), Uint8Array.of(2, 3)]);
    expect(isSameBytes(one, two)).toBe(false);
    expect(isSameBytes(one, hashParts(sha256, 'b', [Uint8Array.of(1, 2), Uint8Array.of(3)]))).toBe(
      false,
    );
  });
});

it('bytes are the same when length and content are', () => {
  expect(isSameBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 2))).toBe(true);
  expect(isSameBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 3))).toBe(false);
  expect(isSameBytes(Uint8Array.of(1, 2), Uint8Array.of(1))).toBe(false);
  expect(isSameBytes(new Uint8Array(0), new Uint8Array(0))).toBe(true);
});
