// The end of the log as a checkpoint keeps it: whoever resumes explains what comes as the primary before
// would have.
import type { Verdict } from '../app/document-type.ts';
import type { Json } from '../bytes/canonical-json.ts';
import type { OperationId } from '../identity.ts';
import type { AuditWindow, WindowEntry } from './audit-window.ts';
import type { Kept, Reading, Writing } from './checkpoint-io.ts';
import { at, blobIndex, placeRow, readPlace } from './checkpoint-io.ts';

export const auditWindow: Kept<AuditWindow> = {
  write({ startPosition, entries, changes, past }, to) {
    const saved = past.saved ? blobIndex(past.saved, to) : null;
    const packed = past.packed.map((bytes) => blobIndex(bytes, to));
    const rows = entries.map((entry) => entryRow(entry, to));
    return [startPosition, rows, changes, saved, packed, past.verdicts as unknown as Json];
  },
  read(json, from) {
    const [startPosition, rows, changes, saved, packed, verdicts] = json as unknown as readonly [
      ...[number, Json[], number, number | null, number[], Verdict[]],
    ];
    const entries = rows.map((row) => readEntry(row, from));
    const bytes = entries.reduce((sum, { update }) => sum + update.length, 0);
    const past = {
      saved: saved === null ? undefined : at(from.blobs, saved),
      packed: packed.map((index) => at(from.blobs, index)),
      verdicts: [...verdicts],
    };
    return { startPosition, entries, bytes, changes, past };
  },
};

function entryRow({ place, update, operation }: WindowEntry, to: Writing): Json {
  return [placeRow(place, to), blobIndex(update, to), operation ?? null];
}

function readEntry(row: Json, from: Reading): WindowEntry {
  const [place, update, operation] = row as unknown as readonly [Json, number, OperationId | null];
  return {
    place: readPlace(place, from),
    update: at(from.blobs, update),
    operation: operation ?? undefined,
  };
}
