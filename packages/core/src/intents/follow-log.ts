// What the log says of this replica's intents: handed over, gone on without an answer, or run, with acts
// for this device.
import type { Change } from '../causality/change.ts';
import { decodeEffects } from '../causality/change-codec.ts';
import { deviceEffects } from '../queue/seal.ts';
import type { StoredEffect } from '../queue/stored.ts';
import type { ReplicaState } from '../replica-state.ts';
import { noteHandedOver } from './keep-intents.ts';

/**
 * A change of this replica that hands over an intent: every tab knows then that it is on its way. Or
 * the operation itself, that proceeded without an answer.
 */
export function noteIntent(state: ReplicaState, { author, header, sealed }: Change): void {
  if (!header.operation || author.replica !== state.author.replica) return;
  if (header.kind === 'operation') state.intents.delete(header.operation.id);
  if (header.kind !== 'intent') return;
  noteHandedOver(state, header.operation, sealed.payload, author.writer);
}

export interface ResultEffect {
  readonly effect: StoredEffect;
  /** This tab is the one that acts. */
  readonly isOurs: boolean;
}

/**
 * What the primary ran for this replica may have acts on this device. The tab that asked acts. Where
 * it is dead, an act at most once is left: a copy of this device may be asking itself the same.
 */
export function effectsOfResult(
  state: ReplicaState,
  { header, sealed }: Change,
): readonly ResultEffect[] {
  const kept = header.operation && state.intents.get(header.operation.id);
  if (header.kind !== 'result' || !kept) return [];
  const { writer, operation } = kept.intent;
  const isAsker = writer === state.author.writer;
  const isHeir = !isAsker && !state.alive.has(writer);
  const records = decodeEffects(sealed.effects);
  return deviceEffects(state, operation, records).map((effect): ResultEffect => {
    const isOnce = state.app.effects[effect.name]?.delivery === 'at-most-once';
    if (isHeir && isOnce) return { effect: { ...effect, state: 'unknown' }, isOurs: false };
    return { effect, isOurs: isAsker || isHeir };
  });
}
