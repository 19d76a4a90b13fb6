// What a library's document does not say of its contended roots, as bytes beside its own state:
// positions, verdicts, what is forged in it, and entries that somebody overwrote in it. Format 1.
import type { Verdict } from '../app/document-type.ts';
import { ByteReader } from '../bytes/byte-reader.ts';
import { ByteWriter } from '../bytes/byte-writer.ts';
import { canonicalJson } from '../bytes/canonical-json.ts';
import type { OperationId } from '../identity.ts';
import { parseOperationId } from '../identity.ts';
import { initialOperation, parseEntryId } from './entry.ts';
import type { EntryLedger, WrittenEntry } from './entry-ledger.ts';

const format = 1;
const verdictKinds = ['ok', 'void', 'moved'] as const;

/** What {@link saveLedger} wrote, read but not yet believed to fit the document. */
export interface SavedLedger {
  readonly forged: readonly WrittenEntry[];
  readonly kept: readonly WrittenEntry[];
  readonly positionsById: ReadonlyMap<OperationId, number>;
  readonly tentative: readonly OperationId[];
  readonly verdicts: readonly Verdict[];
}

/** Everything to know beside the document that holds `held`, genuine or not. Cost: O(entries). */
export function saveLedger(ledger: EntryLedger, held: readonly WrittenEntry[]): Uint8Array {
  const heldByName = new Map(held.map((written) => [nameOf(written), written]));
  const kept: WrittenEntry[] = [];
  const placed: [OperationId, number][] = [];
  const tentative: OperationId[] = [];
  for (const { operation, position, entries } of ledger.groups()) {
    if (position === undefined) tentative.push(operation);
    // Sums do not depend on the order, and their operations are most of all: no position for them.
    else if (entries.some(({ root }) => ledger.roots.isOrdered(root)))
      placed.push([operation, position]);
    for (const { root, id, value } of entries) {
      const written = { root, entry: id, text: canonicalJson(value) };
      if (heldByName.get(nameOf(written))?.text === written.text)
        heldByName.delete(nameOf(written));
      else kept.push(written);
    }
  }
  const writer = new ByteWriter().byte(format);
  writeList(writer, [...heldByName.values()], (o) => writer.text(o.root).text(o.entry));
  writeList(writer, kept, (o) => writer.text(o.root).text(o.entry).text(String(o.text)));
  writeList(writer, placed, ([operation, position]) => writer.text(operation).uint(position));
  writeList(writer, tentative, (operation) => writer.text(operation));
  writeList(writer, ledger.verdictList(), (verdict) => writeVerdict(writer, verdict));
  return writer.done();
}

/** What was saved, or undefined when the bytes are not exactly that. */
export function readLedger(bytes: Uint8Array): SavedLedger | undefined {
  const reader = new ByteReader(bytes);
  if (reader.byte() !== format) reader.refuse();
  const forged = readList(reader, () => ({
    root: reader.text(),
    entry: reader.text(),
    text: undefined,
  }));
  const kept = readList(reader, () => ({
    root: reader.text(),
    entry: reader.text(),
    text: reader.text(),
  }));
  const placed = readList(reader, () => [readOperation(reader), reader.uint()] as const);
  const tentative = readList(reader, () => readOperation(reader));
  const verdicts = readList(reader, () => readVerdict(reader));
  return reader.done
    ? { forged, kept, positionsById: new Map(placed), tentative, verdicts }
    : undefined;
}

/** Counts what the loaded document holds, as it counted where it was saved. Cost: O(entries). */
export function restoreLedger(
  ledger: EntryLedger,
  saved: SavedLedger,
  held: readonly WrittenEntry[],
): void {
  const genuine = new Map(held.map((written) => [nameOf(written), written]));
  for (const written of saved.forged) genuine.delete(nameOf(written));
  for (const written of saved.kept) genuine.set(nameOf(written), written);
  const entriesById = new Map<OperationId, WrittenEntry[]>();
  for (const written of genuine.values()) {
    const operation = parseEntryId(written.entry)?.operation ?? initialOperation;
    const entries = entriesById.get(operation) ?? [];
    entries.push(written);
    entriesById.set(operation, entries);
  }
  entriesById.delete(initialOperation); // Every fresh replica has that already.
  const isTentative = new Set(saved.tentative);
  const committed = [...entriesById.keys()].filter((operation) => !isTentative.has(operation));
  for (const operation of [...committed, ...saved.tentative]) {
    const position = isTentative.has(operation)
      ? undefined
      : (saved.positionsById.get(operation) ?? 0);
    ledger.arrive({ operation, position, entries: entriesById.get(operation) ?? [] });
  }
  ledger.judge(saved.verdicts);
  ledger.takeTouched();
}

function nameOf(written: WrittenEntry): string {
  return JSON.stringify([written.root, written.entry]);
}

function writeVerdict(writer: ByteWriter, verdict: Verdict): void {
  writer.text(verdict.operation).byte(verdictKinds.indexOf(verdict.verdict));
  for (const text of [verdict.root, verdict.entry, verdict.slot]) {
    writer.byte(text === undefined ? 0 : 1);
    if (text !== undefined) writer.text(text);
  }
}

function readVerdict(reader: ByteReader): Verdict {
  const operation = readOperation(reader);
  const verdict = verdictKinds[reader.byte()];
  const [root, entry, slot] = [readOptional(reader), readOptional(reader), readOptional(reader)];
  if (!verdict) reader.refuse();
  return {
    operation,
    verdict: verdict ?? 'ok',
    ...(root !== undefined && { root }),
    ...(entry !== undefined && { entry }),
    ...(slot !== undefined && { slot }),
  };
}

function readOptional(reader: ByteReader): string | undefined {
  const flag = reader.byte();
  if (flag > 1) reader.refuse();
  return flag === 1 ? reader.text() : undefined;
}

function readOperation(reader: ByteReader): OperationId {
  const text = reader.text();
  const operation = text === '' ? initialOperation : parseOperationId(text);
  if (operation === undefined) reader.refuse();
  return operation ?? initialOperation;
}

function writeList<T>(writer: ByteWriter, list: readonly T[], write: (item: T) => void): void {
  writer.uint(list.length);
  for (const item of list) write(item);
}

function readList<T>(reader: ByteReader, read: () => T): readonly T[] {
  const count = reader.uint();
  const list: T[] = [];
  for (let at = 0; at < count && reader.ok; at++) list.push(read());
  return list;
}
