// An entry of a log as the model is told of it.
import type { OperationId } from '@causeway/core';
import { decodeOperationPayload } from '@causeway/core';
import type { ModelOperation } from '../workloads/workload.ts';
import type { CausalPasts } from './causal-past.ts';
import type { History, HistoryEntry } from './history.ts';
import { askerOf } from './history.ts';

/** Undefined where it is no named one. */
export function toModelOperation(
  history: History,
  pasts: CausalPasts,
  entry: HistoryEntry,
): ModelOperation | undefined {
  const { named, position } = entry;
  if (!named) return undefined;
  const hasSeen = (other: OperationId): boolean => {
    const at = history.entriesById.get(other);
    return at !== undefined && pasts.hasSeen(position, at.position);
  };
  const { replica } = askerOf(history, entry).author; // A result is its asker's.
  const { dedupKey } = entry.header.operation ?? {};
  const keyed = dedupKey === undefined ? {} : { dedupKey };
  return { ...named, replica, position, hasSeen, ...keyed, update: updateOf(entry) };
}

/** What a named change made of the document; nothing for an intent. */
export function updateOf({ sealed }: Pick<HistoryEntry, 'sealed'>): Uint8Array {
  return decodeOperationPayload(sealed.payload)?.update ?? new Uint8Array(0);
}
