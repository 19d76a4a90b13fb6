// Values that tests put into stores: fixed, and different wherever a mix-up could hide.
import {
  type Change,
  type ChangeHeader,
  type DocumentId,
  encodeHeader,
  encodeOperationPayload,
  type LimitRow,
  type LogEntry,
  type LogHead,
  type OperationId,
  parseDocumentId,
  parseLogId,
  parseOperationId,
  parseReplicaId,
  parseWriterId,
  type ReplicaId,
  type StoreCommand,
  type StoredEffect,
  type StoredEpisode,
  type StoredIntent,
  type WriterRecord,
} from '@causeway/core';

export function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a test asked for something that is not there');
  return value;
}

export type Of<T extends StoreCommand['type']> = Extract<StoreCommand, { type: T }>;
export type ReservedRow = Of<'reserve'>['rows'][number];

export const documentNamed = (name: string): DocumentId => must(parseDocumentId(name));
export const operationNamed = (name: string): OperationId => must(parseOperationId(name));
/** By one hex digit each: easily told apart in a failure's message. */
export const replicaNamed = (digit: string): ReplicaId => must(parseReplicaId(digit.repeat(32)));
export const writerNamed = (digit: string): WriterRecord => ({
  writer: must(parseWriterId(digit.repeat(32))),
  replica: replica,
  clientId: 2 ** 40 + digit.charCodeAt(0),
});

export const document = documentNamed('branch-7');
export const otherDocument = documentNamed('branch-8');
export const replica = replicaNamed('b');
export const writer = writerNamed('1');
export const sibling = writerNamed('2');

const filled = (value: number, length = 32): Uint8Array => new Uint8Array(length).fill(value);

/** Change `seq` of a writer: a named operation, or a plain edit. Always new objects. */
export function changeOf(author: WriterRecord, seq: number, operation?: string): Change {
  const dots = [{ writer: sibling.writer, seq: 9, hash: filled(9) }];
  const context = { epoch: 1, position: 0, dots };
  const header: ChangeHeader =
    operation === undefined
      ? { kind: 'edit', context }
      : {
          kind: 'operation',
          context,
          operation: {
            id: operationNamed(operation),
            name: 'withdraw',
            codeVersion: 1,
            user: 'anonymous',
            wallMs: 1_700_000_000_000,
            decision: { mode: 'partitioned', cell: 'limit', invariant: 'covered' },
          },
          effects: { count: 1, hash: filled(seq) },
        };
  const update = Uint8Array.of(seq, 0, 255);
  const payload = operation ? encodeOperationPayload({ args: { cents: seq }, update }) : update;
  const effects = filled(seq, operation ? 3 : 0);
  const sealed = { header: encodeHeader(header), payload, effects };
  return { author: { ...author }, seq, header, sealed, hash: filled(seq) };
}

export function enqueueOf(change: Change, effects: readonly StoredEffect[] = []): Of<'enqueue'> {
  return { type: 'enqueue', change, effects, isStrict: true };
}

/** What lies at a position: the same for everybody. */
export function entryAt(position: number): LogEntry {
  const by = position % 3 === 0 ? sibling : writer;
  const { author, seq, sealed } = changeOf(by, position, position % 2 ? `p${position}` : undefined);
  return { position, author, seq, sealed };
}
export function entriesFrom(first: number, last: number): readonly LogEntry[] {
  return Array.from({ length: last - first + 1 }, (_, index) => entryAt(first + index));
}
export function headAt(position: number): LogHead {
  const log = must(parseLogId('c'.repeat(32)));
  const [prefixHash, digest] = [filled(position), filled(100 + position)];
  return { log, epoch: 1, position, prefixHash, digest, namedPosition: Math.max(0, position - 1) };
}
/** Entries `first` to `last`, as a tab tells that it has followed the log so far. */
export function commitOf(
  first: number,
  last: number,
  o: Partial<Pick<Of<'commit'>, 'dequeued' | 'settled' | 'effects'>> = {},
): Of<'commit'> {
  const entries = entriesFrom(first, last);
  const nothing = { dequeued: [], settled: [], effects: [] };
  return { type: 'commit', entries, head: headAt(last), ...nothing, ...o };
}
export function snapshotAt(position: number): Of<'snapshot'> {
  return { type: 'snapshot', position, bytes: filled(position, 40) };
}

export function rowOf(operation: string, amount: number, o: Partial<LimitRow> = {}): LimitRow {
  const id = operationNamed(operation);
  const limit = { invariant: 'covered', key: 'ann' };
  return { ...limit, operation: id, amount, writer: writer.writer, state: 'reserved', ...o };
}
/** Reserves one row; `max` only where it is enforced. */
export function reserveOf(row: LimitRow, max?: number): Of<'reserve'> {
  return { type: 'reserve', rows: [{ ...row, max }] };
}
export function effectOf(
  operation: string,
  index: number,
  state: StoredEffect['state'] = 'recorded',
): StoredEffect {
  const payload = { cents: index, note: 'Zürich', list: [1, null] };
  return { operation: operationNamed(operation), index, name: 'dispense', payload, state };
}
/** One that waits and expires, with everything in it that an intent can have. */
export function intentOf(operation: string, o: Partial<StoredIntent> = {}): StoredIntent {
  const args = { to: 'Zoë', cents: 1250.5, list: [1, null, { deep: [true] }] };
  const cell = { mode: 'partitioned', cell: 'delay', invariant: 'covered' } as const;
  const decision = { ...cell, reason: 'overlay' } as const;
  const fields = { operation: operationNamed(operation), name: 'transfer', args, decision };
  const about = { subjects: ['ann', 'Zoë'], dependsOn: [operationNamed('o8')] };
  const times = { wallMs: 1_700_000_000_000, expiresWallMs: 1_700_000_060_000 };
  return { ...fields, ...about, ...times, writer: writer.writer, state: 'waiting', ...o };
}
export const saveOf = (intent: StoredIntent): Of<'save-intent'> => ({
  type: 'save-intent',
  intent,
});
export const claimOf = (operation: string, by: WriterRecord = writer): Of<'claim-intent'> => ({
  type: 'claim-intent',
  operation: operationNamed(operation),
  writer: by.writer,
});
export const dropOf = (operation: string): Of<'drop-intent'> => ({
  type: 'drop-intent',
  operation: operationNamed(operation),
});
/** What came together in an episode: as plain data, kept as it is. */
export const merged: NonNullable<StoredEpisode['merged']> = {
  ...{ after: 3, upTo: 9, own: 2, others: 3, unlisted: 1 },
  order: [
    {
      ...{ position: 5, id: operationNamed('o1'), name: 'é', kind: 'operation', isOwn: true },
    },
  ],
};
export function episodeOf(id: string, o: Partial<StoredEpisode> = {}): StoredEpisode {
  const operations = [operationNamed('o1'), operationNamed('o2')];
  const fields = { id, beganWallMs: 1_000.5, why: 'went-offline', operations };
  return { ...fields, endedWallMs: undefined, ...o };
}
