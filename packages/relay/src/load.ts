// What the machine asks of the store before it can answer, as inputs.
import type { WireVector } from '@causeway/protocol';
import type { LogStore } from './log/log-store.ts';
import type { RelayEffect } from './relay-effect.ts';
import type { RelayInput } from './relay-input.ts';

/** The head of a document, with what tells how a client's log relates to it. */
export async function loadHead(
  store: LogStore,
  { session, subscription, document, knownPosition, writers }: Effect<'loadHead'>,
): Promise<RelayInput> {
  const [head, knownHash, found] = await Promise.all([
    store.head(document),
    knownPosition === undefined ? undefined : store.prefixHash(document, knownPosition),
    writers.length === 0 ? [] : store.writers(document, writers),
  ]);
  const seqs = new Map(found.map(({ record, seq }) => [record.writer, seq]));
  const vector: WireVector = writers.map((writer) => [writer, seqs.get(writer) ?? 0]);
  return { type: 'headLoaded', session, subscription, document, head, knownHash, vector };
}

/** A batch of entries. Many tiny ones are cut to what a message may hold. */
export async function readBatch(
  store: LogStore,
  { session, subscription, document, after, bytesMax, entriesMax }: Effect<'read'>,
): Promise<RelayInput> {
  const read = await store.read(document, { after, bytesMax });
  const entries = read.entries.slice(0, entriesMax);
  const isCut = entries.length < read.entries.length;
  const prefixHash = isCut
    ? ((await store.prefixHash(document, after + entries.length)) ?? read.prefixHash)
    : read.prefixHash;
  return { type: 'entriesRead', session, subscription, document, entries, prefixHash };
}

type Effect<T extends RelayEffect['type']> = Extract<RelayEffect, { type: T }>;
