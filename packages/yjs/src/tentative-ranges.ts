// Which characters of a text are this replica's and not committed yet? So that an editor can mark them.
// Updates name what they insert by (client, clock); the text is walked once to see where that is now.
import type { OperationId, UncommittedUpdate } from '@causeway/core';
import * as Y from 'yjs';

/** What knows the updates: a document's handle. */
export interface UncommittedSource {
  uncommitted(): readonly UncommittedUpdate[];
}
/** From index `from` up to, and not including, index `to` of the text as it is now. */
export interface TentativeRange {
  readonly from: number;
  readonly to: number;
  /** The operation that inserted it; absent for plain edits. */
  readonly operation?: OperationId;
  /** On this device already. */
  readonly isSaved: boolean;
}

/** Clocks of one client from `clock` up to `end`. */
interface Span {
  readonly clock: number;
  readonly end: number;
  readonly source: UncommittedUpdate;
}

/**
 * The insertions of this replica that are not committed, in the order of the text; neighbours of one
 * operation, or edits, are one range. Deletions and formatting have no characters of their own, so they
 * are in no range. Embeds count as one character, as in Yjs.
 *
 * @remarks Cost: O(uncommitted bytes + spans × log spans + items of the text); nothing is kept, so call
 * it when the text or `handle.status` changed and not per character. A type nested in the text
 * (`Y.XmlText` in a fragment) is asked for by itself.
 */
export function tentativeRanges(
  source: UncommittedSource,
  text: Y.Text,
): readonly TentativeRange[] {
  const spansByClient = spansOf(source.uncommitted());
  if (spansByClient.size === 0) return [];
  const ranges: TentativeRange[] = [];
  let index = 0;
  for (let item = text._start; item !== null; item = item.right) {
    if (item.deleted || !item.countable) continue;
    const spans = spansByClient.get(item.id.client);
    if (spans) addRanges(ranges, spans, { item, index });
    index += item.length;
  }
  return ranges;
}

function spansOf(updates: readonly UncommittedUpdate[]): ReadonlyMap<number, readonly Span[]> {
  const spansByClient = new Map<number, Span[]>();
  for (const source of updates) {
    for (const struct of Y.decodeUpdate(source.update).structs) {
      if (struct instanceof Y.Skip) continue;
      const { client, clock } = struct.id;
      const span = { clock, end: clock + struct.length, source };
      const spans = spansByClient.get(client);
      if (spans) spans.push(span);
      else spansByClient.set(client, [span]);
    }
  }
  for (const spans of spansByClient.values()) spans.sort((a, b) => a.clock - b.clock);
  return spansByClient;
}

/** Yjs joins and splits items at will: one may hold several spans, or less than one. */
function addRanges(
  ranges: TentativeRange[],
  spans: readonly Span[],
  { item, index }: { readonly item: Y.Item; readonly index: number },
): void {
  const start = item.id.clock;
  const end = start + item.length;
  for (let at = firstEndingAfter(spans, start); at < spans.length; at += 1) {
    const span = spans[at];
    if (!span || span.clock >= end) return;
    const from = index + Math.max(span.clock, start) - start;
    const to = index + Math.min(span.end, end) - start;
    append(ranges, { from, to, ...labelOf(span.source) });
  }
}

/** A client's clocks are used once, so its spans do not overlap, and are sorted by their ends, too. */
function firstEndingAfter(spans: readonly Span[], clock: number): number {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((spans[middle]?.end ?? 0) > clock) high = middle;
    else low = middle + 1;
  }
  return low;
}

function labelOf({ operation, isSaved }: UncommittedUpdate): Omit<TentativeRange, 'from' | 'to'> {
  return { isSaved, ...(operation && { operation }) };
}

function append(ranges: TentativeRange[], range: TentativeRange): void {
  const last = ranges.at(-1);
  const isSame = last?.operation === range.operation && last?.isSaved === range.isSaved;
  if (last && isSame && last.to === range.from)
    ranges[ranges.length - 1] = { ...last, to: range.to };
  else ranges.push(range);
}
