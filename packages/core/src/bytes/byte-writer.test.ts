// Numbers are unsigned LEB128 in their shortest form; anything that is no such number is a bug.
import { describe, expect, it } from 'vitest';
import { ByteWriter } from './byte-writer.ts';

describe('a writer', () => {
  it.each([
    [0, [0]],
    [127, [127]],
    [128, [0x80, 1]],
    [300, [0xac, 2]],
    [16_383, [0xff, 0x7f]],
    [16_384, [0x80, 0x80, 1]],
    [4_294_967_296, [0x80, 0x80, 0x80, 0x80, 0x10]],
    [Number.MAX_SAFE_INTEGER, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f]],
  ])('writes %i in its shortest form', (value, bytes) => {
    expect([...new ByteWriter().uint(value).done()]).toStrictEqual(bytes);
  });

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, Number.MAX_SAFE_INTEGER + 1])(
    'takes %d for a bug, as no reader would give it back',
    (value) => {
      expect(() => new ByteWriter().uint(value)).toThrow('not-a-uint');
    },
  );

  it('puts the length in bytes before bytes and text', () => {
    expect([...new ByteWriter().bytes(Uint8Array.of(7, 8)).done()]).toStrictEqual([2, 7, 8]);
    expect([...new ByteWriter().text('é').done()]).toStrictEqual([2, 0xc3, 0xa9]);
  });

  it('keeps everything while it grows', () => {
    const writer = new ByteWriter();
    for (let at = 0; at < 1000; at++) writer.byte(at & 255);
    writer.fixed(new Uint8Array(10_000).fill(1)).uint(Number.MAX_SAFE_INTEGER);
    const bytes = writer.done();
    expect(bytes).toHaveLength(1000 + 10_000 + 8);
    expect([bytes[0], bytes[999], bytes[1000], bytes[10_999]]).toStrictEqual([0, 231, 1, 1]);
  });

  it('gives a copy, which later writing does not change', () => {
    const writer = new ByteWriter().byte(1);
    const before = writer.done();
    writer.byte(2);
    expect([...before]).toStrictEqual([1]);
  });
});
