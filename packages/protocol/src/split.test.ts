// Lists that were cut fit their frames, lose nothing, and are not cut needlessly.
import {
  parseDocumentId,
  parseReplicaId,
  parseWriterId,
  type SealedChange,
  type WriterRecord,
} from '@causeway/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EntryItem } from './down.ts';
import { encodeDown, encodeFrames, encodeUp } from './frame.ts';
import { splitEntries, splitPush } from './split.ts';
import type { Push } from './up.ts';

const document = parseDocumentId('d'.repeat(128)) ?? expect.unreachable();
const greatest = Number.MAX_SAFE_INTEGER;
const hash = new Uint8Array(32);
const authorOf = (index: number): WriterRecord => ({
  writer: parseWriterId(index.toString(16).padStart(32, '0')) ?? expect.unreachable(),
  replica: parseReplicaId('ff'.repeat(16)) ?? expect.unreachable(),
  clientId: greatest,
});
const sealed = (payloadBytes: number): SealedChange => ({
  header: new Uint8Array(6),
  payload: new Uint8Array(payloadBytes),
  effects: new Uint8Array(0),
});
// The dearest push and entries there are, but for their lists.
const pushOf = (changes: readonly SealedChange[]): Push => ({
  type: 'push',
  document,
  author: authorOf(0),
  firstSeq: greatest,
  previous: hash,
  changes,
  last: hash,
  ifNamedHead: greatest,
});
const entriesOf = (items: readonly EntryItem[]) =>
  ({
    type: 'entries',
    document,
    epoch: greatest,
    from: greatest,
    items,
    prefixHash: hash,
    digest: hash,
  }) as const;

const sizes = fc.array(fc.nat(2000), { minLength: 1, maxLength: 300 });

describe('splitPush', () => {
  it('gives parts that fit, whose parts together are the whole', () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 3000, max: 100_000 }), (payloads, frameBytesMax) => {
        const changes = payloads.map(sealed);
        const parts = splitPush(changes, frameBytesMax);
        expect(parts.flat()).toStrictEqual(changes);
        for (const part of parts) {
          expect(encodeUp([pushOf(part)]).length).toBeLessThanOrEqual(frameBytesMax);
        }
      }),
    );
  });

  it('does not cut what fits', () => {
    expect(splitPush([sealed(1), sealed(2)], 1000)).toHaveLength(1);
    expect(splitPush([], 1000)).toStrictEqual([]);
  });

  it('leaves a change that fits no frame alone, where encodeFrames takes it for a bug', () => {
    const parts = splitPush([sealed(1), sealed(5000), sealed(1)], 1000);
    expect(parts.map((part) => part.length)).toStrictEqual([1, 1, 1]);
    expect(() => encodeFrames([pushOf([sealed(5000)])], 1000)).toThrow('message-too-large');
  });

  it('cuts at the limit on changes', () => {
    const parts = splitPush(
      Array.from({ length: 8193 }, () => sealed(0)),
      10_000_000,
    );
    expect(parts.map((part) => part.length)).toStrictEqual([8192, 1]);
  });
});

describe('splitEntries', () => {
  it('gives parts that fit though the items are small and their authors are not', () => {
    const items: EntryItem[] = Array.from({ length: 1000 }, (_, index) => ({
      type: 'change',
      author: authorOf(index),
      seq: greatest,
      sealed: sealed(0),
    }));
    const parts = splitEntries(items, 10_000);
    expect(parts.flat()).toStrictEqual(items);
    for (const part of parts)
      expect(encodeDown([entriesOf(part)]).length).toBeLessThanOrEqual(10_000);
  });

  it('gives parts that fit though each item has an author of its own', () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 3000, max: 100_000 }), (payloads, frameBytesMax) => {
        const items: EntryItem[] = payloads.map((bytes, index) =>
          index % 5 === 0
            ? { type: 'own', writer: authorOf(index).writer, seq: greatest }
            : { type: 'change', author: authorOf(index), seq: greatest, sealed: sealed(bytes) },
        );
        const parts = splitEntries(items, frameBytesMax);
        expect(parts.flat()).toStrictEqual(items);
        for (const part of parts) {
          expect(encodeDown([entriesOf(part)]).length).toBeLessThanOrEqual(frameBytesMax);
        }
      }),
    );
  });
});
