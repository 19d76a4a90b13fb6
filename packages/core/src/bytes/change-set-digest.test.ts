// The digest names a set: the order in which changes were added does not matter, each change does.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addToDigest } from './change-set-digest.ts';
import { zeroHash } from './hash.ts';

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
const digestOf = (hashes: readonly Uint8Array[]) => hashes.reduce(addToDigest, zeroHash);
const toNumber = (bytes: Uint8Array) => bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);

describe('the digest', () => {
  it('is the sum modulo 2^256', () => {
    fc.assert(
      fc.property(hash, hash, (a, b) => {
        const sum = (toNumber(a) + toNumber(b)) % (1n << 256n);
        expect(toNumber(addToDigest(a, b))).toBe(sum);
      }),
    );
  });

  it('is the same in every order', () => {
    const shuffled = fc
      .array(hash, { maxLength: 20 })
      .chain((hashes) =>
        fc.tuple(
          fc.constant(hashes),
          fc.shuffledSubarray(hashes, { minLength: hashes.length, maxLength: hashes.length }),
        ),
      );
    fc.assert(
      fc.property(shuffled, ([hashes, other]) => {
        expect(digestOf(other)).toStrictEqual(digestOf(hashes));
      }),
    );
  });

  it('counts a change that was added twice twice', () => {
    const one = new Uint8Array(32).fill(3);
    expect(digestOf([one, one])).not.toStrictEqual(digestOf([one]));
  });

  it('carries through all bytes and drops what passes 2^256', () => {
    const ones = new Uint8Array(32).fill(0xff);
    const one = new Uint8Array(32);
    one[31] = 1;
    expect(addToDigest(ones, one)).toStrictEqual(zeroHash);
  });

  it('changes neither of its inputs', () => {
    const one = new Uint8Array(32).fill(1);
    addToDigest(zeroHash, one);
    expect(zeroHash).toStrictEqual(new Uint8Array(32));
    expect(one).toStrictEqual(new Uint8Array(32).fill(1));
  });
});
