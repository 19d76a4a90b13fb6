// How to cut long lists of changes or entries, so that each part fits a frame as one message. Only
// the caller knows the chain hashes between the parts, so the lists are cut, not the messages.
import { type SealedChange, sealedBytes } from '@causeway/core';
import type { EntryItem } from './down.ts';
import { changesPerPushMax, itemsPerEntriesMax } from './wire-limits.ts';

/** The most that a push or entries take in a frame beside their items, the frame's own included. */
const aroundBytesMax = 320;
/** Three lengths. */
const sealedExtraMax = 12;
/** A tag, an author written out, a sequence number. */
const placeExtraMax = 49;

/**
 * Cuts a push's changes, in order, into parts that fit `frameBytesMax` each.
 *
 * @remarks Cost: O(changes). A change that fits no frame stays alone in its part, which
 * `encodeFrames` then throws on: check `changeBytesMax` before anything is queued.
 */
export function splitPush(
  changes: readonly SealedChange[],
  frameBytesMax: number,
): readonly (readonly SealedChange[])[] {
  const bytesOf = (change: SealedChange): number => sealedBytes(change) + sealedExtraMax;
  return split(changes, { bytesOf, bytesMax: frameBytesMax, countMax: changesPerPushMax });
}

/** Cuts a list of entries, in order, into parts that fit `frameBytesMax` each; as {@link splitPush}. */
export function splitEntries(
  items: readonly EntryItem[],
  frameBytesMax: number,
): readonly (readonly EntryItem[])[] {
  const bytesOf = (item: EntryItem): number =>
    placeExtraMax + (item.type === 'change' ? sealedBytes(item.sealed) + sealedExtraMax : 0);
  return split(items, { bytesOf, bytesMax: frameBytesMax, countMax: itemsPerEntriesMax });
}

interface Measure<T> {
  readonly bytesOf: (item: T) => number;
  readonly bytesMax: number;
  readonly countMax: number;
}

function split<T>(items: readonly T[], measure: Measure<T>): readonly (readonly T[])[] {
  const parts: T[][] = [];
  let part: T[] = [];
  let bytes = aroundBytesMax;
  for (const item of items) {
    const itemBytes = measure.bytesOf(item);
    const fits = bytes + itemBytes <= measure.bytesMax && part.length < measure.countMax;
    if (!fits && part.length > 0) {
      parts.push(part);
      part = [];
      bytes = aroundBytesMax;
    }
    part.push(item);
    bytes += itemBytes;
  }
  if (part.length > 0) parts.push(part);
  return parts;
}
