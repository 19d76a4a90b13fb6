// The bytes of a kept intent: devices of today must stay readable, and what is not such a record must
// not be taken for one.
import type { StoredIntent } from '@causeway/core';
import {
  ByteWriter,
  bytesToHex,
  canonicalJson,
  cellKinds,
  decisionReasons,
  hexToBytes,
  jsonToBytes,
  modes,
  openRecord,
  parseOperationId,
  parseWriterId,
  sealRecord,
  textToBytes,
} from '@causeway/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeIntent, encodeIntent } from './stored-record-intent.ts';

const writer = parseWriterId('000102030405060708090a0b0c0d0e0f') ?? expect.unreachable();
const operation = parseOperationId('x:1') ?? expect.unreachable();
const sample: StoredIntent = {
  ...{ operation, name: 'transfer', args: { cents: 1250, to: 'Zoë' }, subjects: ['ann'] },
  ...{ wallMs: 1_800_000_000_000, expiresWallMs: 1_800_000_060_000, dependsOn: [operation] },
  decision: { mode: 'partitioned', cell: 'delay', invariant: 'covered', reason: 'overlay' },
  ...{ writer, state: 'waiting' },
};
const bare: StoredIntent = {
  ...{ operation, name: '', args: null, subjects: [], dependsOn: [], wallMs: 0 },
  ...{ expiresWallMs: undefined, decision: { mode: 'connected', cell: 'safe', invariant: '*' } },
  ...{ writer, state: 'dropped' },
};

/** Format, operation, writer, state, JSON, checksum. Never edited: they are on disks. */
const golden = {
  sample:
    '0103783a31000102030405060708090a0b0c0d0e0f00eb017b2261726773223a7b2263656e7473223a313235302c22746f223a225a6fc3ab227d2c226465636973696f6e223a7b2263656c6c223a2264656c6179222c22696e76617269616e74223a22636f7665726564222c226d6f6465223a22706172746974696f6e6564222c22726561736f6e223a226f7665726c6179227d2c22646570656e64734f6e223a5b22783a31225d2c226578706972657357616c6c4d73223a313830303030303036303030302c226e616d65223a227472616e73666572222c227375626a65637473223a5b22616e6e225d2c2277616c6c4d73223a313830303030303030303030307d8e1c6f97',
  bare: '0103783a31000102030405060708090a0b0c0d0e0f0292017b2261726773223a6e756c6c2c226465636973696f6e223a7b2263656c6c223a2273616665222c22696e76617269616e74223a222a222c226d6f6465223a22636f6e6e6563746564227d2c22646570656e64734f6e223a5b5d2c226578706972657357616c6c4d73223a6e756c6c2c226e616d65223a22222c227375626a65637473223a5b5d2c2277616c6c4d73223a307d7ef76ab8',
};

const idText = fc.stringMatching(/^[!-~]{1,128}$/);
const id = idText.map((text) => parseOperationId(text) ?? expect.unreachable());
const text = fc.string({ unit: 'binary', maxLength: 20 });
const finite = fc.double({ noDefaultInfinity: true, noNaN: true }).map((value) => value + 0);
const anyIntent: fc.Arbitrary<StoredIntent> = fc.record(
  {
    operation: id,
    name: text,
    args: fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value))),
    subjects: fc.array(text, { maxLength: 4 }),
    wallMs: fc.oneof(fc.maxSafeNat(), finite),
    decision: fc.record(
      {
        mode: fc.constantFrom(...modes),
        cell: fc.constantFrom(...cellKinds),
        invariant: text,
        reason: fc.constantFrom(...decisionReasons),
      },
      { requiredKeys: ['mode', 'cell', 'invariant'], noNullPrototype: true },
    ),
    expiresWallMs: fc.option(finite, { nil: undefined }),
    dependsOn: fc.array(id, { maxLength: 3 }),
    dedupKey: fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
    writer: fc
      .uint8Array({ minLength: 16, maxLength: 16 })
      .map((bytes) => parseWriterId(bytesToHex(bytes)) ?? expect.unreachable()),
    state: fc.constantFrom('waiting', 'submitting', 'dropped'),
  },
  {
    requiredKeys: [
      ...(['operation', 'name', 'args', 'subjects', 'wallMs', 'decision'] as const),
      ...(['expiresWallMs', 'dependsOn', 'writer', 'state'] as const),
    ],
    noNullPrototype: true,
  },
);

/** A record with the right checksum and something else in one place. */
function altered(
  o: {
    readonly format?: number;
    readonly operation?: string;
    readonly state?: number;
    readonly json?: Uint8Array;
    readonly rest?: readonly number[];
  },
  writerBytes = hexToBytes(writer),
): Uint8Array {
  const bytes = new ByteWriter()
    .byte(o.format ?? 1)
    .text(o.operation ?? operation)
    .fixed(writerBytes)
    .byte(o.state ?? 0)
    .bytes(o.json ?? jsonToBytes(body));
  return sealRecord(bytes.fixed(Uint8Array.from(o.rest ?? [])).done());
}
const { operation: _operation, writer: _writer, state: _state, ...body } = sample;
const withBody = (change: object): Uint8Array =>
  altered({ json: jsonToBytes({ ...body, ...change }) });
const withDecision = (change: object): Uint8Array =>
  withBody({ decision: { ...sample.decision, ...change } });
const without = (name: string): Uint8Array => withBody({ [name]: undefined });

const malformed: Readonly<Record<string, Uint8Array>> = {
  'a later format': altered({ format: 2 }),
  'no format': altered({ format: 0 }),
  'an operation without a name': altered({ operation: '' }),
  'an operation with a space in it': altered({ operation: 'a b' }),
  'an operation of more than 128 characters': altered({ operation: 'x'.repeat(129) }),
  'a writer that is too short': altered({}, new Uint8Array(15)),
  'a state that nobody knows': altered({ state: 3 }),
  'bytes left over': altered({ rest: [0] }),
  'no JSON': altered({ json: textToBytes('{') }),
  'no UTF-8': altered({ json: Uint8Array.of(0x22, 0xff, 0x22) }),
  nothing: altered({ json: new Uint8Array(0) }),
  'a number beyond all numbers': altered({ json: textToBytes('{"wallMs":1e999}') }),
  ...Object.fromEntries(
    [null, [], 'x', 1, {}].map((json) => {
      return [`only ${JSON.stringify(json)}`, altered({ json: jsonToBytes(json) })] as const;
    }),
  ),
  ...Object.fromEntries(Object.keys(body).map((name) => [`no ${name}`, without(name)] as const)),
  'a field that nobody knows': withBody({ later: 1 }),
  'a state in its JSON as well': withBody({ state: 'waiting' }),
  'a prototype': altered({
    json: textToBytes(`${canonicalJson(body).slice(0, -1)},"__proto__":{}}`),
  }),
  'a name that is no text': withBody({ name: 1 }),
  'subjects that are no list': withBody({ subjects: 'ann' }),
  'a subject that is no text': withBody({ subjects: ['ann', 1] }),
  'a time that is no number': withBody({ wallMs: '0' }),
  'an end that is no number': withBody({ expiresWallMs: '0' }),
  'what it builds on is no list': withBody({ dependsOn: { 0: 'o1' } }),
  'it builds on what is no operation': withBody({ dependsOn: ['o1', ''] }),
  'it builds on a number': withBody({ dependsOn: [1] }),
  'a decision that is none': withBody({ decision: null }),
  'a decision that is a list': withBody({ decision: [] }),
  'a mode that nobody knows': withDecision({ mode: 'lost' }),
  'no mode': withDecision({ mode: undefined }),
  'a cell that nobody knows': withDecision({ cell: 'constructor' }),
  'no invariant': withDecision({ invariant: undefined }),
  'a reason that nobody knows': withDecision({ reason: 'mood' }),
  'a reason that is none': withDecision({ reason: null }),
  'more of a decision': withDecision({ by: 'x' }),
};

describe('an intent as a record', () => {
  it('comes back as it went', () => {
    fc.assert(
      fc.property(anyIntent, (kept) => {
        expect(decodeIntent(encodeIntent(kept))).toStrictEqual(kept);
      }),
    );
  });

  it.each([
    ['sample', sample],
    ['bare', bare],
  ] as const)('has the bytes that it always had: %s', (name, intent) => {
    expect(bytesToHex(encodeIntent(intent))).toBe(golden[name]);
    expect(decodeIntent(hexToBytes(golden[name]))).toStrictEqual(intent);
  });

  it.each([
    ['waiting', 0],
    ['submitting', 1],
    ['dropped', 2],
  ] as const)('has its state in a byte of its own: %s', (state, code) => {
    expect(decodeIntent(altered({ state: code }))).toStrictEqual({ ...sample, state });
    expect(encodeIntent({ ...sample, state })).toStrictEqual(altered({ state: code }));
  });

  it('is the only form of itself that these tests alter', () => {
    expect(altered({})).toStrictEqual(encodeIntent(sample));
  });

  it.each(modes.flatMap((mode) => cellKinds.map((cell) => ({ mode, cell }))))(
    'keeps how it was decided: $mode $cell',
    (decided) => {
      for (const reason of [undefined, ...decisionReasons]) {
        const decision = { ...decided, invariant: '*', ...(reason && { reason }) };
        const kept = { ...sample, decision };
        expect(decodeIntent(encodeIntent(kept))).toStrictEqual(kept);
      }
    },
  );

  it.each(Object.entries(malformed))('is refused: %s', (_, record) => {
    expect(decodeIntent(record)).toBeUndefined();
  });

  it('is refused when it is cut short anywhere, with or without a right checksum', () => {
    const record = encodeIntent(sample);
    const content = openRecord(record) ?? expect.unreachable();
    for (let length = 0; length < record.length; length++) {
      expect(decodeIntent(record.subarray(0, length))).toBeUndefined();
      if (length >= content.length) continue;
      expect(decodeIntent(sealRecord(content.subarray(0, length)))).toBeUndefined();
    }
  });

  it('is refused with any one bit flipped', () => {
    const record = encodeIntent(sample);
    for (let bit = 0; bit < record.length * 8; bit++) {
      const flipped = record.slice();
      flipped[bit >>> 3] = (flipped[bit >>> 3] ?? 0) ^ (1 << (bit & 7));
      expect(decodeIntent(flipped)).toBeUndefined();
    }
  });

  it('is never over where its end is no number of JSON', () => {
    for (const expiresWallMs of [undefined, Number.POSITIVE_INFINITY, Number.NaN]) {
      const kept = decodeIntent(encodeIntent({ ...sample, expiresWallMs }));
      expect(kept).toStrictEqual({ ...sample, expiresWallMs: undefined });
    }
  });

  it.each([
    ['arguments', { args: undefined }],
    ['a state', { state: 'lost' }],
    ['an operation', { operation: 'a b' }],
    ['a decision', { decision: { mode: 'connected' } }],
    ['what no record has', { more: 1 }],
  ])('is not written where it could not be read back: %s', (_, change) => {
    const broken = { ...sample, ...change } as unknown as StoredIntent;
    expect(() => encodeIntent(broken)).toThrow(expect.objectContaining({ code: 'not-an-intent' }));
  });
});
