// Committed changes that are not looked at any more, as plain bytes: kept until somebody needs them.
import type { Incoming } from '../app/document-type.ts';
import { Bug } from '../assert.ts';
import { ByteReader } from '../bytes/byte-reader.ts';
import { ByteWriter } from '../bytes/byte-writer.ts';
import type { OperationId } from '../identity.ts';

/** A committed change: its position is known. */
export type CommittedChange = Incoming & { readonly position: number };

/** Cost: their size, and no object stays for each of them. */
export function packChanges(changes: readonly CommittedChange[]): Uint8Array {
  const writer = new ByteWriter().uint(changes.length);
  for (const { position, operation, update } of changes) {
    // No operation's id is empty.
    writer
      .uint(position)
      .text(operation ?? '')
      .bytes(update);
  }
  return writer.done();
}

/** What {@link packChanges} took. Bug `not-packed` for bytes of anybody else. */
export function unpackChanges(bytes: Uint8Array): readonly CommittedChange[] {
  const reader = new ByteReader(bytes);
  const changes: CommittedChange[] = [];
  for (let left = reader.uint(); left > 0 && reader.ok; left--) {
    const position = reader.uint();
    const operation = reader.text() as OperationId;
    const update = reader.bytes();
    changes.push({ position, update, ...(operation && { operation }) });
  }
  if (!reader.done) throw new Bug('not-packed', 'these bytes are no packed changes');
  return changes;
}
