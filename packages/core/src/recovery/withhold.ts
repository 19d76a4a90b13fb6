// The cheapest compensation is the effect that is never sent: what an operation wanted done outside and
// nobody has tried yet is dropped, together with the compensation that asks for it.
import type { Withheld } from '../app/compensation.ts';
import type { EffectDroppedFact } from '../coordination/outbox-facts.ts';
import type { OperationId } from '../identity.ts';
import type { PrimaryState } from './primary-state.ts';

/** Adds to `drops` what is withheld, and counts what no longer can be. */
export function withholdEffects(
  { fold, outbox }: PrimaryState,
  operation: OperationId,
  drops: Map<string, EffectDroppedFact>,
): Withheld {
  const known = [...(fold.outbox.entriesByOperation.get(operation)?.values() ?? [])];
  const tried = new Set(known.map(({ effect }) => effect));
  const untried = [...outbox.pendingById.values()].filter(
    (effect) => effect.operation === operation && !tried.has(effect.id),
  );
  for (const { id, name } of untried) {
    drops.set(id, { fact: 'effect-dropped', effect: id, name, why: 'withheld' });
  }
  const done = known.filter(({ state }) => state === 'done').length;
  const dropped = known.filter(({ state }) => state === 'dropped').length;
  return { withheld: untried.length, done, uncertain: known.length - done - dropped };
}
