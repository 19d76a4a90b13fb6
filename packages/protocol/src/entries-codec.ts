// Entries as bytes: most of all traffic. Each author is written once and then named by number, and
// the usual item (the next change of the same author) costs one byte beyond its sealed bytes.
import { assert, type ByteWriter, type WriterId, type WriterRecord } from '@causeway/core';
import { writeAuthor, writeHash, writeId, writeSealed } from './body-fields.ts';
import {
  type BodyReader,
  readAuthor,
  readCount,
  readDocument,
  readHash,
  readSealed,
  readWriterId,
} from './body-reader.ts';
import type { Entries, EntryItem } from './down.ts';
import { itemsPerEntriesMax } from './wire-limits.ts';

// Tags. An item has one encoding only: a longer one where a shorter would do is refused.
const ownNamed = 0;
const ownNext = 1;
const changeOfNewAuthor = 2;
const changeOfAuthor = 3;
const changeNext = 4;

/** What the next item can refer to. Both sides keep one while they walk a list of items. */
interface Walk {
  readonly authors: WriterRecord[];
  readonly numberByAuthor: Map<string, number>;
  own: { readonly writer: WriterId; readonly seq: number } | undefined;
  change: { readonly number: number; readonly seq: number } | undefined;
}

export function writeEntries(writer: ByteWriter, entries: Entries): void {
  const count = entries.items.length;
  assert(count <= itemsPerEntriesMax, 'too-many-items', 'split the entries: see splitEntries');
  writer.text(entries.document).uint(entries.epoch).uint(entries.from).uint(count);
  const walk = startWalk();
  for (const item of entries.items) {
    if (item.type === 'own') writeOwn(writer, walk, item.writer, item.seq);
    else writeChange(writer, walk, item);
  }
  writeHash(writer, entries.prefixHash);
  writeHash(writer, entries.digest);
}

export function readEntries(reader: BodyReader): Entries | undefined {
  const document = readDocument(reader);
  const epoch = reader.uint();
  const from = reader.uint();
  const count = readCount(reader, itemsPerEntriesMax);
  const walk = startWalk();
  const items: EntryItem[] = [];
  for (let at = 0; at < count && reader.ok; at++) {
    const item = readItem(reader, walk);
    if (!item) return undefined;
    items.push(item);
  }
  const prefixHash = readHash(reader);
  const digest = readHash(reader);
  return document && { type: 'entries', document, epoch, from, items, prefixHash, digest };
}

function startWalk(): Walk {
  return { authors: [], numberByAuthor: new Map(), own: undefined, change: undefined };
}

function authorKey(author: WriterRecord): string {
  return `${author.writer}${author.replica}${author.clientId}`;
}

function isNext(before: number, seq: number): boolean {
  return before < Number.MAX_SAFE_INTEGER && seq === before + 1;
}

function writeOwn(writer: ByteWriter, walk: Walk, id: WriterId, seq: number): void {
  const { own } = walk;
  walk.own = { writer: id, seq };
  if (own?.writer === id && isNext(own.seq, seq)) {
    writer.byte(ownNext);
    return;
  }
  writer.byte(ownNamed);
  writeId(writer, id);
  writer.uint(seq);
}

function writeChange(
  writer: ByteWriter,
  walk: Walk,
  item: Extract<EntryItem, { type: 'change' }>,
): void {
  const { author, seq } = item;
  const key = authorKey(author);
  const known = walk.numberByAuthor.get(key);
  const number = known ?? walk.numberByAuthor.size;
  if (known === undefined) {
    walk.numberByAuthor.set(key, number);
    writer.byte(changeOfNewAuthor);
    writeAuthor(writer, author);
    writer.uint(seq);
  } else if (walk.change?.number === number && isNext(walk.change.seq, seq)) {
    writer.byte(changeNext);
  } else {
    writer.byte(changeOfAuthor).uint(number).uint(seq);
  }
  walk.change = { number, seq };
  writeSealed(writer, item.sealed);
}

function readItem(reader: BodyReader, walk: Walk): EntryItem | undefined {
  const tag = reader.byte();
  if (tag === ownNamed || tag === ownNext) return readOwn(reader, walk, tag === ownNext);
  const place = readPlace(reader, walk, tag);
  const author = place && walk.authors[place.number];
  if (!author) return undefined;
  walk.change = place;
  return { type: 'change', author, seq: place.seq, sealed: readSealed(reader) };
}

function readOwn(reader: BodyReader, walk: Walk, isNextTag: boolean): EntryItem | undefined {
  const { own } = walk;
  if (isNextTag) {
    if (!own || own.seq === Number.MAX_SAFE_INTEGER) return undefined;
    walk.own = { writer: own.writer, seq: own.seq + 1 };
  } else {
    const writer = readWriterId(reader);
    const seq = reader.uint();
    if (!writer || (own?.writer === writer && isNext(own.seq, seq))) return undefined;
    walk.own = { writer, seq };
  }
  return { type: 'own', ...walk.own };
}

function readPlace(reader: BodyReader, walk: Walk, tag: number): Walk['change'] {
  const { change } = walk;
  if (tag === changeNext) {
    if (!change || change.seq === Number.MAX_SAFE_INTEGER) return undefined;
    return { number: change.number, seq: change.seq + 1 };
  }
  if (tag === changeOfAuthor) {
    const number = reader.uint();
    const seq = reader.uint();
    return change?.number === number && isNext(change.seq, seq) ? undefined : { number, seq };
  }
  return tag === changeOfNewAuthor ? readNewAuthor(reader, walk) : undefined;
}

function readNewAuthor(reader: BodyReader, walk: Walk): Walk['change'] {
  const author = readAuthor(reader);
  const seq = reader.uint();
  if (!author || walk.numberByAuthor.has(authorKey(author))) return undefined;
  const number = walk.authors.push(author) - 1;
  walk.numberByAuthor.set(authorKey(author), number);
  return { number, seq };
}
