// Entries are compact, and every list of items has one encoding only.
import {
  ByteWriter,
  hexToBytes,
  parseDocumentId,
  parseReplicaId,
  parseWriterId,
  type WriterRecord,
} from '@causeway/core';
import { describe, expect, it } from 'vitest';
import type { DownMessage, EntryItem } from './down.ts';
import { downCodes } from './down-codec.ts';
import { sealFrame } from './envelope.ts';
import { decodeDown, encodeDown, isPeerFault } from './frame.ts';
import { defaultLimits } from './wire-limits.ts';

const document = parseDocumentId('notes') ?? expect.unreachable();
const writer = parseWriterId('0f'.repeat(16)) ?? expect.unreachable();
const otherWriter = parseWriterId('1f'.repeat(16)) ?? expect.unreachable();
const replica = parseReplicaId('f0'.repeat(16)) ?? expect.unreachable();
const author: WriterRecord = { writer, replica, clientId: 1 };
const other: WriterRecord = { writer: otherWriter, replica, clientId: 2 };
const sealed = {
  header: new Uint8Array(6),
  payload: new Uint8Array(20),
  effects: new Uint8Array(0),
};
const greatest = Number.MAX_SAFE_INTEGER;
const of = (by: WriterRecord, seq: number): EntryItem => ({
  type: 'change',
  author: by,
  seq,
  sealed,
});
const own = (by: typeof writer, seq: number): EntryItem => ({ type: 'own', writer: by, seq });

function entriesOf(items: readonly EntryItem[]): DownMessage {
  const hash = new Uint8Array(32);
  return { type: 'entries', document, epoch: 1, from: 1, items, prefixHash: hash, digest: hash };
}
/** What one item more costs. */
function cost(before: readonly EntryItem[], item: EntryItem): number {
  return encodeDown([entriesOf([...before, item])]).length - encodeDown([entriesOf(before)]).length;
}

describe('an item', () => {
  const sealedBytes = 26;

  it('that is the next change of the same author costs 4 bytes beside its own', () => {
    expect(cost([of(author, 1)], of(author, 2))).toBe(sealedBytes + 4);
  });

  it('names its author in full once, and after that by number', () => {
    expect(cost([of(author, 1)], of(other, 1))).toBe(sealedBytes + 4 + 33 + 1);
    expect(cost([of(author, 1), of(other, 1)], of(author, 2))).toBe(sealedBytes + 4 + 2);
  });

  it("of the receiver's own costs one byte in a run, others between notwithstanding", () => {
    expect(cost([of(other, 1)], own(writer, 1))).toBe(18);
    expect(cost([own(writer, 1)], own(writer, 2))).toBe(1);
    expect(cost([own(writer, 1), of(other, 1)], own(writer, 2))).toBe(1);
  });

  it.each([
    [of(author, greatest), of(author, 1)],
    [of(author, greatest), of(author, greatest)],
    [own(writer, greatest), own(writer, greatest)],
    [of(author, 5), of(author, 5), of(author, 4), of({ ...author, clientId: 9 }, 6)],
    [own(writer, 1), own(otherWriter, 2), own(writer, 2)],
  ])('arrives as it was sent, in strange orders too (%#)', (...items) => {
    const sent = [entriesOf(items)];
    expect(decodeDown(encodeDown(sent), defaultLimits)).toStrictEqual(sent);
  });

  it('is one of 8192 at most', () => {
    const items = Array.from({ length: 8193 }, (_, seq) => own(writer, seq));
    expect(isPeerFault(decodeDown(encodeDown([entriesOf(items.slice(1))]), defaultLimits))).toBe(
      false,
    );
    expect(() => encodeDown([entriesOf(items)])).toThrow('too-many-items');
    const run = (count: number) => [...ownNamed, 5, ...Array.from({ length: count - 1 }, () => 1)];
    expect(verdict(8192, run(8192))).toBe('read');
    expect(verdict(8193, run(8193))).toBe('malformed-frame');
  });
});

// Items written by hand: tag, then what the tag asks for.
const change = [1, 7, 1, 8, 0];
const newAuthor = [2, ...hexToBytes(writer), ...hexToBytes(replica), 1];
const ownNamed = [0, ...hexToBytes(writer)];
const greatestBytes = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f];

function verdict(count: number, items: Iterable<number>): string {
  const body = new ByteWriter().text(document).uint(1).uint(1).uint(count);
  body.fixed(Uint8Array.from(items)).fixed(new Uint8Array(64));
  const frame = sealFrame([{ code: downCodes.entries, body: body.done() }]);
  const decoded = decodeDown(frame, defaultLimits);
  return isPeerFault(decoded) ? decoded.code : 'read';
}

describe('items by hand', () => {
  it.each([
    ['a change and the next', 2, [...newAuthor, 5, ...change, 4, ...change]],
    ['a known author with a jump', 2, [...newAuthor, 5, ...change, 3, 0, 7, ...change]],
    ['an own change and the next', 2, [...ownNamed, 5, 1]],
  ])('are read: %s', (_, count, items) => {
    expect(verdict(count, items)).toBe('read');
  });

  it.each([
    ['an unknown tag', 1, [5, ...change]],
    ['a next change with none before', 1, [4, ...change]],
    ['a next change after an own one only', 2, [...ownNamed, 5, 4, ...change]],
    ['a next own change with none before', 1, [1]],
    ['a next own change after a change only', 2, [...newAuthor, 5, ...change, 1]],
    ['an author without a record', 1, [3, 0, 5, ...change]],
    ['an author past the last', 2, [...newAuthor, 5, ...change, 3, 1, 6, ...change]],
    ['a record twice', 2, [...newAuthor, 5, ...change, ...newAuthor, 9, ...change]],
    ['a next change in the long form', 2, [...newAuthor, 5, ...change, 3, 0, 6, ...change]],
    ['a next own change in the long form', 2, [...ownNamed, 5, ...ownNamed, 6]],
    ['a number past the greatest', 2, [...newAuthor, ...greatestBytes, ...change, 4, ...change]],
    ['an own number past the greatest', 2, [...ownNamed, ...greatestBytes, 1]],
    ['fewer items than claimed', 2, [...newAuthor, 5, ...change]],
    ['more items than claimed', 1, [...newAuthor, 5, ...change, 4, ...change]],
  ])('are refused: %s', (_, count, items) => {
    expect(verdict(count, items)).toBe('malformed-frame');
  });
});
