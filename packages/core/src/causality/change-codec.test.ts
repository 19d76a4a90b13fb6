// Headers and payloads come back as they went; every truncation and everything odd is refused.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellKinds } from '../app/policy-table.ts';
import { ByteWriter } from '../bytes/byte-writer.ts';
import { canonicalJson, jsonToBytes } from '../bytes/canonical-json.ts';
import { textToBytes } from '../bytes/text.ts';
import { bytesToHex, parseOperationId, parseWriterId } from '../identity.ts';
import { modes } from '../outcome.ts';
import type { ChangeHeader } from './change.ts';
import { changeKinds, decisionReasons } from './change.ts';
import {
  decodeEffects,
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
  decision: fc.record(
    {
      mode: fc.constantFrom(...modes),
      cell: fc.constantFrom(...cellKinds),
      invariant: text,
      reason: fc.constantFrom(...decisionReasons),
    },
    { noNullPrototype: true, requiredKeys: ['mode', 'cell', 'invariant'] },
  ),
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
    for (const flag of [8, 16, 32, 64, 128, 255]) {
      expect(decodeHeader(patched(1, flag)), `flag ${flag}`).toBeUndefined();
    }
  });

  const decision = { mode: 'partitioned', cell: 'delay', invariant: 'covered' } as const;
  const named = (reason?: (typeof decisionReasons)[number]): ChangeHeader => ({
    kind: 'intent',
    context: { epoch: 1, position: 2, dots: [] },
    operation: {
      id: parseOperationId('o1') ?? expect.unreachable(),
      ...{ name: 'transfer', codeVersion: 1, user: 'ann', wallMs: 3 },
      decision: { ...decision, ...(reason && { reason }) },
    },
  });

  it.each([...decisionReasons.entries()])(
    'states reason %i, %s, in one byte after its operation',
    (code, reason) => {
      const without = encodeHeader(named());
      const bytes = encodeHeader(named(reason));
      const end = without.length - 1; // Before the signature's place.
      const expected = Uint8Array.of(...without.subarray(0, end), code, 0);
      expected[1] = 5;
      expect(bytes).toStrictEqual(expected);
      expect(decodeHeader(bytes)).toStrictEqual(named(reason));
      // Before the seal of effects, where there is one.
      const effects = { count: 1, hash: new Uint8Array(32) };
      const sealed = encodeHeader({ ...named(reason), effects });
      expect([sealed[1], sealed[end]]).toStrictEqual([7, code]);
      expect(decodeHeader(sealed)).toStrictEqual({ ...named(reason), effects });
    },
  );

  it('is refused with a reason that nobody knows, or none where one was said to be', () => {
    const bytes = encodeHeader(named('engine'));
    for (const code of [decisionReasons.length, 127, 255]) {
      const unknown = bytes.slice();
      unknown[bytes.length - 2] = code;
      expect(decodeHeader(unknown), `reason ${code}`).toBeUndefined();
    }
    const unsaid = encodeHeader(named());
    unsaid[1] = 5; // Then the signature's length is the reason, and nothing is left for it.
    expect(decodeHeader(unsaid)).toBeUndefined();
    const unflagged = bytes.slice();
    unflagged[1] = 1; // Then the reason is the length of a signature that is not there.
    expect(decodeHeader(unflagged)).toBeUndefined();
  });

  it('is refused with a reason for nothing', () => {
    const effects = { count: 1, hash: new Uint8Array(32) };
    for (const what of [{}, { effects }]) {
      const header: ChangeHeader = { kind: 'edit', context: named().context, ...what };
      const bytes = encodeHeader(header);
      const start = 5; // After the context.
      const rest = [...bytes.subarray(start)];
      for (const code of decisionReasons.keys()) {
        const reasoned = Uint8Array.of(...bytes.subarray(0, start), code, ...rest);
        reasoned[1] = (reasoned[1] ?? 0) | 4;
        expect(decodeHeader(reasoned), `${Object.keys(what)} ${code}`).toBeUndefined();
      }
    }
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

describe('effect records', () => {
  const first = { index: 0, name: 'dispense', payload: { cents: 5 } };
  const bare = { index: 1, name: '', payload: undefined };

  it('come back as they went, without a payload too', () => {
    const far = { ...first, index: Number.MAX_SAFE_INTEGER, payload: null };
    expect(decodeEffects(jsonToBytes([first, bare, far]))).toStrictEqual([first, bare, far]);
    expect(decodeEffects(jsonToBytes([]))).toStrictEqual([]);
  });

  it('are none where they are lost', () => {
    expect(decodeEffects(new Uint8Array(0))).toStrictEqual([]);
  });

  it.each(['{', '"x"', 'null', '1', '{"0":{"index":0,"name":"x"}}', '\ufeff[]'])(
    'are none where nobody can read them: %s',
    (json) => {
      expect(decodeEffects(textToBytes(json))).toStrictEqual([]);
    },
  );

  it.each([
    ['null', null],
    ['a list', [0, 'x']],
    ['a text', 'x'],
    ['no index', { name: 'x' }],
    ['an index that is a text', { index: '0', name: 'x' }],
    ['an index below 0', { index: -1, name: 'x' }],
    ['an index between two', { index: 0.5, name: 'x' }],
    ['an index beyond all', { index: 2 ** 53, name: 'x' }],
    ['no name', { index: 2 }],
    ['a name that is none', { index: 2, name: 1 }],
  ])('lack one that is none, and keep the others: %s', (_, broken) => {
    expect(decodeEffects(jsonToBytes([first, broken, bare]))).toStrictEqual([first, bare]);
  });

  it('bring nothing more than an index, a name and a payload', () => {
    const more = jsonToBytes([{ ...first, operation: 'o9', state: 'done' }]);
    expect(decodeEffects(more)).toStrictEqual([first]);
  });

  it('nest as deep as anything that is stored, and no deeper', () => {
    const nested = (depth: number) =>
      textToBytes(`[{"index":0,"name":"x","payload":${'['.repeat(depth)}${']'.repeat(depth)}}]`);
    expect(decodeEffects(nested(510))).toHaveLength(1);
    expect(decodeEffects(nested(511))).toStrictEqual([]);
  });
});
