// Text survives its bytes, and bytes that are no text are told apart without throwing.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bytesToText, textToBytes } from './text.ts';

it('text comes back as it went, a leading byte order mark included', () => {
  expect(bytesToText(textToBytes('\ufeffa'))).toBe('\ufeffa');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(bytesToText(textToBytes(text))).toBe(text);
    }),
  );
});

it('bytes are read as text only if the text gives the same bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 8 }), (bytes) => {
      const text = bytesToText(bytes);
      if (text !== undefined) expect(textToBytes(text)).toStrictEqual(bytes);
    }),
    { numRuns: 2000 },
  );
});

it.each([
  ['a cut character', [0xe2, 0x82]],
  ['an overlong form', [0xc0, 0x80]],
  ['half a surrogate pair', [0xed, 0xa0, 0x80]],
  ['past U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
])('no text: %s', (_, bytes) => {
  expect(bytesToText(Uint8Array.from(bytes))).toBeUndefined();
});
