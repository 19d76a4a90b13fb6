// Which effects at the primary should there be? From the names and arguments in the log alone, through the
// naive model: what was recorded beside them is not looked at.
import type { AppDefinition } from '@causeway/core';
import { canonicalJson } from '@causeway/core';
import type { NaiveModel } from '../workloads/workload.ts';
import type { History } from './history.ts';
import { readCompensationId } from './history.ts';

export interface ExpectedEffect {
  readonly operation: string;
  readonly name: string;
  /** Canonical JSON. */
  readonly payload: string;
}

/**
 * By key, of all operations and intents that were run; whether they stand is another question.
 * Compensations are left out: what they do outside is their scenario's to say. Cost: O(entries).
 */
export function expectedEffects<S>(
  app: AppDefinition,
  { entriesById }: History,
  model: NaiveModel<S>,
): ReadonlyMap<string, ExpectedEffect> {
  const expected = new Map<string, ExpectedEffect>();
  for (const [id, { named, header, sealed }] of entriesById) {
    const isLost = header.effects !== undefined && sealed.effects.length === 0;
    if (!named || isLost || readCompensationId(id)) continue;
    for (const [index, { name, payload }] of (model.effects?.(named) ?? []).entries()) {
      if (app.effects[name]?.runs !== 'primary') continue;
      expected.set(`${id}:${index}`, { operation: id, name, payload: canonicalJson(payload) });
    }
  }
  return expected;
}
