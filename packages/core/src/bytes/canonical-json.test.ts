// One value, one text; the texts are those of RFC 8785 where that RFC and we allow the same values.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesToJson, canonicalJson, jsonToBytes } from './canonical-json.ts';
import { textToBytes } from './text.ts';

describe('canonical JSON', () => {
  it.each([
    [{ b: 1, a: [true, null, 'x'] }, '{"a":[true,null,"x"],"b":1}'],
    [{ a: undefined, b: {} }, '{"b":{}}'],
    // RFC 8785, §3.2.2 and §3.2.3: numbers as ECMAScript prints them, keys by UTF-16 code units.
    [
      [333333333.3333333, 1e30, 4.5, 2e-3, 0.000000000000000000000000001, -0],
      '[333333333.3333333,1e+30,4.5,0.002,1e-27,0]',
    ],
    [
      { '€': 1, '\r': 2, '\ufb33': 3, '1': 4, '😀': 5, '\u0080': 6, ö: 7 },
      '{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}',
    ],
    ['\u20ac$\u000f\nA\'B"\\"/', '"€$\\u000f\\nA\'B\\"\\\\\\"/"'],
    [Object.assign(Object.create(null), { z: 0 }), '{"z":0}'],
  ])('of %j is %s', (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it('is the same for equal values, however their members are ordered', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        expect(canonicalJson(reversed)).toBe(canonicalJson(value));
      }),
    );
  });

  it('parses to the value, and its text again to itself', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const parsed = bytesToJson(jsonToBytes(value));
        expect(parsed).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(parsed)).toBe(canonicalJson(value));
      }),
    );
  });

  it.each([
    ['undefined', undefined],
    ['a hole', [undefined]],
    ['NaN', Number.NaN],
    ['infinity', [Number.POSITIVE_INFINITY]],
    ['a function', { f: () => 1 }],
    ['a bigint', 1n],
    ['a symbol', Symbol.iterator],
    ['a date', new Date(0)],
    ['a map', new Map()],
    ['bytes', new Uint8Array(1)],
  ])('takes what is no plain data for a bug: %s', (_, value) => {
    expect(() => canonicalJson(value)).toThrow('not-json');
  });

  it('refuses the sparse array as well, whose holes JSON has no text for', () => {
    expect(() => canonicalJson(new Array(2))).toThrow('not-json');
  });
});

describe('nesting', () => {
  const nested = (depth: number): unknown =>
    Array.from({ length: depth }).reduce<unknown>((inner) => [inner], 0);
  const text = (depth: number): string => `${'['.repeat(depth)}0${']'.repeat(depth)}`;

  it('goes to 256 in a value, and twice as deep in what is stored', () => {
    expect(canonicalJson(nested(256))).toBe(text(256));
    expect(() => canonicalJson(nested(257))).toThrow('not-json');
    expect(bytesToJson(jsonToBytes(nested(512)))).toStrictEqual(nested(512));
    expect(() => jsonToBytes(nested(513))).toThrow('not-json');
    expect(bytesToJson(textToBytes(text(513)))).toBeUndefined();
    const objects = '{"a":'.repeat(257) + '0' + '}'.repeat(257);
    expect(bytesToJson(textToBytes(objects))).toBeDefined();
    expect(bytesToJson(textToBytes(objects), 256)).toBeUndefined();
  });

  it('of any depth overflows no stack', () => {
    expect(() => canonicalJson(nested(100_000))).toThrow('not-json');
    expect(bytesToJson(textToBytes(text(500_000)))).toBeUndefined();
    const cycle: unknown[] = [];
    cycle.push(cycle);
    expect(() => canonicalJson(cycle)).toThrow('not-json');
  });

  it('does not count brackets in text, nor those side by side', () => {
    const inText = [
      `"\\${'['.repeat(600)}`,
      '\\'.repeat(3),
      ...Array.from({ length: 600 }, () => []),
    ];
    expect(bytesToJson(jsonToBytes(inText))).toStrictEqual(inText);
    expect(bytesToJson(jsonToBytes({ [`{"${'{'.repeat(600)}`]: 1 }))).toStrictEqual({
      [`{"${'{'.repeat(600)}`]: 1,
    });
  });
});

describe('bytesToJson', () => {
  it.each(['', '{', 'undefined', 'NaN', "{'a':1}", '[1,]', '\ufeff1', '1 2'])(
    'answers undefined to what is no JSON: %j',
    (text) => {
      expect(bytesToJson(textToBytes(text))).toBeUndefined();
    },
  );

  it('answers undefined to what is no UTF-8', () => {
    expect(bytesToJson(Uint8Array.of(0x22, 0xff, 0x22))).toBeUndefined();
  });

  it('keeps a member named __proto__ an ordinary one', () => {
    const parsed = bytesToJson(textToBytes('{"__proto__":{"a":1}}'));
    expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
    expect(canonicalJson(parsed)).toBe('{"__proto__":{"a":1}}');
  });
});
