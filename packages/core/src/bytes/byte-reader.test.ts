// The reader gives back what the writer wrote, and refuses everything else without throwing.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';

const greatest = Number.MAX_SAFE_INTEGER;
const read = (...bytes: readonly number[]) => new ByteReader(Uint8Array.from(bytes));

describe('a reader', () => {
  it('gives back every field in order', () => {
    const piece = fc.oneof(
      fc.record({ type: fc.constant('uint' as const), value: fc.maxSafeNat() }),
      fc.record({ type: fc.constant('byte' as const), value: fc.nat(255) }),
      fc.record({ type: fc.constant('bytes' as const), value: fc.uint8Array() }),
      fc.record({ type: fc.constant('text' as const), value: fc.string({ unit: 'binary' }) }),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const writer = new ByteWriter();
        for (const one of pieces) {
          if (one.type === 'uint') writer.uint(one.value);
          else if (one.type === 'byte') writer.byte(one.value);
          else if (one.type === 'bytes') writer.bytes(one.value);
          else writer.text(one.value);
        }
        const reader = new ByteReader(writer.done());
        for (const { type, value } of pieces) expect(reader[type]()).toStrictEqual(value);
        expect(reader.done).toBe(true);
      }),
    );
  });

  it.each([
    ['two bytes for 1', [0x81, 0x00]],
    ['two bytes for 0', [0x80, 0x00]],
    ['2^53', [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10]],
    ['2^56 − 1', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]],
    ['nine bytes', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]],
    ['no end', [0x80]],
    ['nothing', []],
  ])('refuses as a number: %s', (_, bytes) => {
    const reader = read(...bytes);
    expect(reader.uint()).toBe(0);
    expect(reader.ok).toBe(false);
    expect(reader.done).toBe(false);
  });

  it('reads the greatest number', () => {
    expect(read(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f).uint()).toBe(greatest);
  });

  it('takes every number in one form only: what is read writes the same bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 9 }), (bytes) => {
        const reader = new ByteReader(bytes);
        const value = reader.uint();
        if (!reader.ok) return;
        const used = bytes.subarray(0, bytes.length - reader.rest);
        expect(new ByteWriter().uint(value).done()).toStrictEqual(used);
      }),
    );
  });

  it('refuses text that is not UTF-8, and keeps a byte order mark', () => {
    const broken = read(2, 0xc3, 0x28);
    expect(broken.text()).toBe('');
    expect(broken.ok).toBe(false);
    expect(read(3, 0xef, 0xbb, 0xbf).text()).toBe('\ufeff');
  });

  it('never reads past the end, whatever length is claimed', () => {
    const reader = read(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f, 1, 2);
    expect(reader.bytes()).toHaveLength(0);
    expect(reader.ok).toBe(false);
  });

  it('gives views, not copies', () => {
    const bytes = Uint8Array.of(1, 2, 3);
    expect(new ByteReader(bytes).fixed(2).buffer).toBe(bytes.buffer);
  });

  it('stays refused: every later read is empty', () => {
    const reader = read(1, 2, 3);
    expect(reader.refuse()).toBe(0);
    expect([reader.byte(), reader.uint(), reader.text(), reader.rest]).toStrictEqual([0, 0, '', 0]);
    expect(reader.fixed(1)).toHaveLength(0);
    expect(reader.done).toBe(false);
  });

  it('is done only when nothing is left', () => {
    const reader = read(1, 2);
    expect([reader.byte(), reader.done, reader.rest]).toStrictEqual([1, false, 1]);
    expect([reader.byte(), reader.done, reader.rest]).toStrictEqual([2, true, 0]);
  });
});
