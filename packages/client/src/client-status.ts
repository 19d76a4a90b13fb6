// What a client says of itself: the sum of its open documents.
import type { Mode } from '@causeway/core';
import type { ClientStatus, Status } from './types.ts';

const worstFirst: readonly Mode[] = ['partitioned', 'suspect', 'recovering', 'connected'];

/** Cost: O(documents). */
export function clientStatusOf(
  all: readonly Status[],
  rest: Pick<ClientStatus, 'link' | 'storeFailure' | 'auditor' | 'auditorFailure'>,
): ClientStatus {
  const modes = new Set(all.map(({ mode }) => mode));
  return {
    mode: worstFirst.find((mode) => modes.has(mode)) ?? 'suspect',
    pending: all.reduce((sum, { pending }) => sum + pending, 0),
    synced: all.every(({ synced }) => synced),
    ...rest,
  };
}
