// Who may go on alone on which key: what this replica knows of homes from the log.
// @see Brewer, CAP Twelve Years Later, "Managing partitions"; PNUTS (VLDB 2008), record masters.
import type { Share } from '../app/policy-table.ts';
import type { CoordinationFold } from '../coordination/fold.ts';
import type { ReplicaId } from '../identity.ts';
import type { ReplicaState } from '../replica-state.ts';
import type { KnownHomes } from './decide.ts';

/** True when holding a key `held` is enough for what needs it `needed`. */
export function covers(held: Share | undefined, needed: Share): boolean {
  return held === 'exclusive' || held === needed;
}

/** The first other holder that keeps `replica` off the key. Cost: O(holders). */
export function blockerOf(
  fold: CoordinationFold,
  o: { readonly key: string; readonly share: Share; readonly replica: ReplicaId },
): ReplicaId | undefined {
  for (const [holder, held] of fold.homes.get(o.key) ?? []) {
    const isCompatible = held === 'shared' && o.share === 'shared';
    if (holder !== o.replica && !isCompatible) return holder;
  }
  return undefined;
}

export function homesOf({ fold, author }: ReplicaState): KnownHomes {
  return {
    holds: (key, share) => covers(fold.homes.get(key)?.get(author.replica), share),
    holder: (key) => blockerOf(fold, { key, share: 'exclusive', replica: author.replica }),
  };
}
