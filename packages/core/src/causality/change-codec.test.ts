// Headers and payloads come back as they went; every truncation and everything odd is refused.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellKinds } from '../app/policy-table.ts';
import { ByteWriter } from '../bytes/byte-writer.ts';
import { canonicalJson } from '../bytes/canonical-json.ts';
import { bytesToHex, parseOperationId, parseWriterId } from '../identity.ts';
import { modes } from '../outcome.ts';
import type { ChangeHeader } from './change.ts';
import { changeKinds } from './change.ts';
import {
  decodeHeader,
  decodeOperationPayload,
  encodeHeader,
  encodeOperationPayload,
} from './change-codec.ts';

function record<T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record(model, { noNullPrototype: true });
}
const uint = fc.oneof(fc.nat(300), fc.maxSafeNat());
const text = fc.string({ unit: 'binary', maxLength: 30 });
const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
const writer = fc
  .uint8Array({ minLength: 16, maxLength: 16 })
  .map((bytes) => parseWriterId(bytesToHex(bytes)) ?? expect.unreachable());
const context = record({
  epoch: uint,
  position: uint,
  dots: fc.array(record({ writer, seq: uint, hash }), { maxLength: 5 }),
});
const operation = record({
  id: fc.stringMatching(/^[!-~]{1,128}$/).map((id) => parseOperationId(id) ?? expect.unreachable()),
  name: text,
  codeVersion: uint,
  user: text,
  wallMs: uint,
  decision: record({
    mode: fc.constantFrom(...modes),
    cell: fc.constantFrom(...cellKinds),
    invariant: text,
  }),
});
const effects = record({ count: uint, hash });
const kind = fc.constantFrom(...changeKinds);
const header: fc.Arbitrary<ChangeHeader> = fc.oneof(
  record({ kind, context }),
  record({ kind, context, operation }),
  record({ kind, context, effects }),
  record({ kind, context, operation, effects }),
);

describe('a header', () => {
  it('comes back as it went', () => {
    fc.assert(
      fc.property(header, (sent) => {
        expect(decodeHeader(encodeHeader(sent))).toStrictEqual(sent);
      }),
    );
  });

  it('is refused when cut short anywhere, and with bytes left over', () => {
    fc.assert(
      fc.property(header, (sent) => {
        const bytes = encodeHeader(sent);
        for (let length = 0; length < bytes.length; length++) {
          expect(decodeHeader(bytes.subarray(0, length))).toBeUndefined();
        }
        expect(decodeHeader(Uint8Array.of(...bytes, 0))).toBeUndefined();
      }),
      { numRuns: 30 },
    );
  });

  it('never throws, whatever is in it', () => {
    fc.assert(
      fc.property(header, fc.nat(), fc.nat(255), (sent, at, byte) => {
        const bytes = encodeHeader(sent);
        bytes[at % bytes.length] = byte;
        expect(() => decodeHeader(bytes)).not.toThrow();
      }),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(() => decodeHeader(Uint8Array.of(0x10, ...bytes))).not.toThrow();
      }),
      { numRuns: 2000 },
    );
  });

  const edit = encodeHeader({ kind: 'edit', context: { epoch: 1, position: 2, dots: [] } });
  const patched = (at: number, byte: number): Uint8Array => {
    const bytes = edit.slice();
    bytes[at] = byte;
    return bytes;
  };

  it('of an edit has six bytes', () => {
    expect([...edit]).toStrictEqual([0x10, 0, 1, 2, 0, 0]);
  });

  it('is refused in another format, of an unknown kind, with unknown flags', () => {
    expect(decodeHeader(patched(0, 0x20))).toBeUndefined();
    expect(decodeHeader(patched(0, 0x00))).toBeUndefined();
    expect(decodeHeader(patched(0, 0x10 | changeKinds.length))).toBeUndefined();
    expect(decodeHeader(patched(1, 4))).toBeUndefined();
  });

  it('skips a signature, for which the place is reserved', () => {
    const signed = Uint8Array.of(...edit.subarray(0, -1), 2, 0xaa, 0xbb);
    expect(decodeHeader(signed)).toStrictEqual(decodeHeader(edit));
  });

  it('states 4096 dots at most', () => {
    const bytes = new ByteWriter().byte(0x10).byte(0).uint(1).uint(1).uint(4097);
    for (let at = 0; at < 4097; at++)
      bytes.fixed(new Uint8Array(16)).uint(1).fixed(new Uint8Array(32));
    expect(decodeHeader(bytes.uint(0).done())).toBeUndefined();
  });

  it('claims no more dots than there are', () => {
    expect(decodeHeader(patched(4, 1))).toBeUndefined();
    expect(decodeHeader(patched(4, 127))).toBeUndefined();
  });
});

describe('an operation payload', () => {
  it('comes back as it went', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.uint8Array(), (args, update) => {
        const decoded = decodeOperationPayload(encodeOperationPayload({ args, update } as never));
        expect(decoded?.update).toStrictEqual(update);
        expect(canonicalJson(decoded?.args)).toBe(canonicalJson(args));
      }),
    );
  });

  it.each([
    ['no length', []],
    ['arguments cut short', [3, 0x31]],
    ['arguments that are no JSON', [1, 0x7b]],
    ['arguments that are no UTF-8', [3, 0x22, 0xff, 0x22]],
    ['no arguments', [0]],
  ])('is refused: %s', (_, bytes) => {
    expect(decodeOperationPayload(Uint8Array.from(bytes))).toBeUndefined();
  });

  it('is refused when its arguments nest deeper than any that can be written', () => {
    const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
    const bytes = (depth: number) => new ByteWriter().text(nested(depth)).done();
    expect(decodeOperationPayload(bytes(256))).toBeDefined();
    expect(decodeOperationPayload(bytes(257))).toBeUndefined();
    expect(decodeOperationPayload(bytes(100_000))).toBeUndefined();
  });

  it('may hold no update, as that of an intent does', () => {
    const bytes = encodeOperationPayload({ args: null, update: new Uint8Array(0) });
    expect(decodeOperationPayload(bytes)).toStrictEqual({ args: null, update: new Uint8Array(0) });
  });
});
