// Does each device's account of what came together after a cut agree with the log (G29)? Over crashes and
// reloads, entries must be counted once, and none left out.
import type { ReplicaState } from '@causeway/core';
import { decodeHeader } from '@causeway/core';
import type { LogTruth } from './log-truth.ts';

/** What is wrong with the episodes that this replica knows. */
export function wrongReports(
  { episode, episodes }: ReplicaState,
  { entries }: LogTruth,
): readonly string[] {
  return [...episodes, ...(episode ? [episode] : [])].flatMap(({ id, merged }) => {
    if (!merged) return [];
    const { after, upTo, own, others, unread = 0, order, unlisted } = merged;
    const covered = entries.slice(after, upTo).map(({ sealed }) => decodeHeader(sealed.header));
    const changes = covered.filter((header) => header?.kind !== 'coordination').length;
    const listed = covered.filter((header, at) => {
      const position = after + 1 + at;
      return order.some((one) => one.position === position && one.id === header?.operation?.id);
    }).length;
    const what = `episode ${id}, positions ${after + 1} to ${upTo},`;
    return [
      ...(own + others === changes ? [] : [`${what} counts ${own} + ${others} of ${changes}`]),
      ...(listed === order.length ? [] : [`${what} lists ${order.length}, ${listed} are there`]),
      // No run is so long that a device keeps a snapshot in place of entries.
      ...(unlisted === 0 ? [] : [`${what} leaves out ${unlisted} of a short run`]),
      ...(unread === 0 ? [] : [`${what} did not read ${unread} of a short run`]),
    ];
  });
}
