// Which member does an id stand for by now? A merge leaves the old ids as aliases of the survivor's.
import type { Keyed } from '../contended.ts';

/**
 * The id at the end of the aliases of `id`; `id` itself where there is none. What goes round in a circle,
 * which `mergeDuplicates` never writes, ends where it would come round again.
 *
 * @remarks Cost: O(merges in a row).
 */
export function resolveAlias(aliases: Pick<Keyed<string | undefined>, 'get'>, id: string): string {
  const seen = new Set<string>();
  let current = id;
  for (;;) {
    seen.add(current);
    const next = aliases.get(current);
    if (next === undefined || seen.has(next)) return current;
    current = next;
  }
}
