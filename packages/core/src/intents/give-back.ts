// A key that this replica holds and somebody else needs is given back as soon as it hears of it: by a
// request of its own, once recovery is done, so that what it did as the key's home comes first.
import { hashParts } from '../bytes/hash.ts';
import { textToBytes } from '../bytes/text.ts';
import type { OperationId } from '../identity.ts';
import { bytesToHex } from '../identity.ts';
import type { Moment } from '../moment.ts';
import type { ReplicaState } from '../replica-state.ts';
import { engineRequests } from './intent.ts';
import { startIntent } from './keep-intents.ts';

/** Cost: O(recalled keys). */
export function giveBackRecalled(state: ReplicaState, moment: Moment): void {
  const { fold, author, mode } = state;
  if (fold.recalled.size === 0 || mode !== 'connected') return;
  for (const [key, needer] of fold.recalled) {
    if (!fold.homes.get(key)?.has(author.replica)) continue;
    const operation = releaseId(state, key, needer);
    if (state.receipts.has(operation)) continue;
    state.receipts.set(operation, { type: 'deciding' });
    startIntent(state, {
      operation,
      name: engineRequests.release,
      args: { key },
      subjects: [key],
      wallMs: moment.wallMs,
      decision: { mode, cell: 'safe', invariant: '*', reason: 'engine' },
      expiresWallMs: undefined,
      dependsOn: [],
      writer: author.writer,
      state: 'waiting',
    });
  }
}

/** Each writer asks once for each recall; to give back what is not held changes nothing. */
function releaseId(state: ReplicaState, key: string, needer: OperationId): OperationId {
  const parts = [state.author.writer, key, needer].map(textToBytes);
  const hash = hashParts(state.hash, 'causeway-release-1', parts);
  return `r:${bytesToHex(hash.subarray(0, 16))}` as OperationId;
}
