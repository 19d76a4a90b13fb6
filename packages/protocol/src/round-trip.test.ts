// Whatever can be said arrives as it was said: decode ∘ encode is the identity for every message.
import {
  bytesToHex,
  documentIdRule,
  parseDocumentId,
  parseLogId,
  parseReplicaId,
  parseWriterId,
} from '@causeway/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  type DownMessage,
  type EntryItem,
  type FaultCode,
  faultCloseCodes,
  pushRefusals,
} from './down.ts';
import { decodeDown, decodeUp, encodeDown, encodeUp } from './frame.ts';
import type { UpMessage } from './up.ts';
import { defaultLimits } from './wire-limits.ts';

function record<T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record(model, { noNullPrototype: true });
}
const uint = fc.oneof(fc.nat(300), fc.maxSafeNat());
const bytes = fc.uint8Array({ maxLength: 300 });
const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
const text = fc.string({ unit: 'binary', maxLength: 40 });
const id16 = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(bytesToHex);
const writer = id16.map((hex) => parseWriterId(hex) ?? expect.unreachable());
const replica = id16.map((hex) => parseReplicaId(hex) ?? expect.unreachable());
const log = id16.map((hex) => parseLogId(hex) ?? expect.unreachable());
const document = fc
  .stringMatching(/^[A-Za-z0-9._~-]{1,30}(\/[A-Za-z0-9._~-]{1,30}){0,3}$/)
  .map((name) => parseDocumentId(name) ?? expect.unreachable(documentIdRule));
const author = record({ writer, replica, clientId: uint });
const sealed = record({
  header: bytes,
  payload: bytes,
  effects: fc.oneof(fc.constant(new Uint8Array(0)), bytes),
});
const vector = fc.array(fc.tuple(writer, uint), { maxLength: 20 });
const limits = record({ frameBytesMax: uint, changeBytesMax: uint });
const known = record({ log, epoch: uint, position: uint, prefixHash: hash });
const head = record({
  log,
  epoch: uint,
  position: uint,
  prefixHash: hash,
  digest: hash,
  namedPosition: uint,
});

const up: fc.Arbitrary<UpMessage> = fc.oneof(
  record({
    type: fc.constant('hello' as const),
    protocol: uint,
    app: text,
    appVersion: uint,
    replica,
    token: text,
  }),
  record({
    type: fc.constant('open' as const),
    document,
    known: fc.option(known, { nil: undefined }),
    vector,
  }),
  record({
    type: fc.constant('push' as const),
    document,
    author,
    firstSeq: uint,
    previous: hash,
    changes: fc.array(sealed, { minLength: 1, maxLength: 20 }),
    last: hash,
    ifNamedHead: fc.option(uint, { nil: undefined }),
  }),
  record({ type: fc.constant('probe' as const), nonce: uint }),
  record({ type: fc.constant('leave' as const), document }),
);

// Few authors and few numbers, so that runs, returns and jumps all happen, and the greatest number.
const seq = fc.oneof(fc.nat(4), fc.constant(Number.MAX_SAFE_INTEGER), uint);
const items: fc.Arbitrary<readonly EntryItem[]> = fc
  .array(author, { minLength: 1, maxLength: 3 })
  .chain((authors) =>
    fc.array(
      fc.oneof(
        record({
          type: fc.constant('change' as const),
          author: fc.constantFrom(...authors),
          seq,
          sealed,
        }),
        record({
          type: fc.constant('own' as const),
          writer: fc.constantFrom(...authors.map((one) => one.writer)),
          seq,
        }),
      ),
      { maxLength: 30 },
    ),
  );

const down: fc.Arbitrary<DownMessage> = fc.oneof(
  record({
    type: fc.constant('welcome' as const),
    protocol: uint,
    limits,
    hasPrimary: fc.boolean(),
  }),
  record({
    type: fc.constant('opened' as const),
    document,
    head,
    relation: fc.constantFrom('resumed' as const, 'new-log', 'behind', 'diverged'),
    vector,
  }),
  record({
    type: fc.constant('entries' as const),
    document,
    epoch: uint,
    from: uint,
    items,
    prefixHash: hash,
    digest: hash,
  }),
  record({
    type: fc.constant('push-refused' as const),
    document,
    writer,
    seq: uint,
    code: fc.constantFrom(...pushRefusals),
    expected: uint,
  }),
  record({ type: fc.constant('echo' as const), nonce: uint }),
  record({
    type: fc.constant('fault' as const),
    code: fc.constantFrom(...(Object.keys(faultCloseCodes) as FaultCode[])),
    message: text,
  }),
);

const runs = { numRuns: 1000 };

it('every message up arrives as it was sent', () => {
  const messages = fc.array(up, { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(messages, (sent) => {
      expect(decodeUp(encodeUp(sent), defaultLimits)).toStrictEqual(sent);
    }),
    runs,
  );
});

it('every message down arrives as it was sent', () => {
  const messages = fc.array(down, { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(messages, (sent) => {
      expect(decodeDown(encodeDown(sent), defaultLimits)).toStrictEqual(sent);
    }),
    runs,
  );
});
