// What a person was told of alterations, and dismissed: outlives the page, so that a reload repeats
// nothing. It is small and of no value to anybody else, hence no part of the store.
import type { Alteration, ReplicaState } from '@causeway/core';
import { findAlterations } from '@causeway/core';
import type { DerivedLives } from './derived-live.ts';
import type { Live } from './live.ts';
import type { ClientPlatform } from './platform.ts';

/** Something shown earlier turned out otherwise. */
export interface Notice extends Alteration {
  /** When this page learnt of it, for people. */
  readonly atWallMs: number;
}
export interface Notices extends Live<readonly Notice[]> {
  /** The person has seen it: it does not come back, not on another page of this profile either. */
  dismiss(id: string): void;
}

/** Of each list; older ones are forgotten first. */
const idsMax = 1_000;

interface Kept {
  readonly shown: readonly string[];
  readonly dismissed: readonly string[];
}

export function createNotices(
  state: ReplicaState,
  o: { readonly lives: DerivedLives; readonly platform: ClientPlatform; readonly name: string },
): Notices {
  const { platform } = o;
  const name = `${o.name}/notices/${state.id}`;
  const shown = new Set<string>();
  const dismissed = new Set<string>();
  /** What was shown before a notice is what was shown when it came. */
  const firstById = new Map<string, Pick<Notice, 'from' | 'atWallMs'>>();
  const recall = (): void => {
    const kept = readKept(platform, name);
    for (const id of kept.shown) shown.add(id);
    for (const id of kept.dismissed) dismissed.add(id);
  };
  const keep = (): void => {
    recall(); // Another tab may have kept more meanwhile.
    writeKept(platform, name, { shown: [...shown], dismissed: [...dismissed] });
  };
  recall();
  const live = o.lives.derive((): readonly Notice[] => {
    const found = findAlterations(state, (id) => shown.has(id));
    const news = found.filter(({ id }) => !dismissed.has(id));
    const fresh = news.filter(({ id }) => !firstById.has(id));
    if (fresh.length > 0) {
      const { wallMs } = platform.moment();
      for (const { id, from } of fresh) firstById.set(id, { from, atWallMs: wallMs });
    }
    const untold = fresh.filter(({ id }) => !shown.has(id));
    for (const { id } of untold) shown.add(id);
    if (untold.length > 0) keep();
    return news.map((one) => ({ atWallMs: 0, ...one, ...firstById.get(one.id) }));
  });
  return {
    get current() {
      return live.current;
    },
    subscribe: live.subscribe,
    waitFor: live.waitFor,
    dismiss(id) {
      dismissed.add(id);
      keep();
      o.lives.refresh();
    },
  };
}

function readKept({ kept }: ClientPlatform, name: string): Kept {
  const none: Kept = { shown: [], dismissed: [] };
  try {
    const value: unknown = JSON.parse(kept?.getItem(name) ?? 'null');
    return isKept(value) ? value : none;
  } catch {
    return none; // Unreadable or forbidden: notices are told again, which is the lesser harm.
  }
}

function isKept(value: unknown): value is Kept {
  if (typeof value !== 'object' || value === null) return false;
  const { shown, dismissed } = value as Record<string, unknown>;
  return isTexts(shown) && isTexts(dismissed);
}
function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function writeKept({ kept }: ClientPlatform, name: string, { shown, dismissed }: Kept): void {
  try {
    const newest = { shown: shown.slice(-idsMax), dismissed: dismissed.slice(-idsMax) };
    kept?.setItem(name, JSON.stringify(newest));
  } catch {
    // Full or forbidden: on this page it holds all the same.
  }
}
