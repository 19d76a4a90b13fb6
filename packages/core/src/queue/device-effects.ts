// Acts on this device (cash, a printed receipt): recorded with their change, then marked, then
// done, so that after any crash one knows which side of the act it was on (ARCHITECTURE §6).
import type { OperationId } from '../identity.ts';
import type { ReplicaState } from '../replica-state.ts';
import { effectKey } from '../replica-state.ts';
import { askStore } from './ask-store.ts';
import type { StoredEffect } from './stored.ts';

/** The record is on disk: at most once marks first and acts then, at least once acts first. */
export function releaseEffects(state: ReplicaState, effects: readonly StoredEffect[]): void {
  for (const effect of effects) {
    state.effects.set(effectKey(effect), effect);
    if (state.app.effects[effect.name]?.delivery === 'at-least-once') {
      state.asked.push({ type: 'performEffect', effect });
      continue;
    }
    const released: StoredEffect = { ...effect, state: 'released' };
    askStore(
      state,
      { type: 'mark-effect', effect: released, from: 'recorded' },
      { next: 'perform', effect: released },
    );
  }
}

/** Acts of an operation that the primary ran for this replica; what went on here before is left. */
export function releaseResults(state: ReplicaState, effects: readonly StoredEffect[]): void {
  releaseEffects(
    state,
    effects.filter((effect) => !state.effects.has(effectKey(effect))),
  );
}

export function performEffect(state: ReplicaState, effect: StoredEffect): void {
  state.effects.set(effectKey(effect), effect);
  state.asked.push({ type: 'performEffect', effect });
}

/**
 * The application answered. After a failure an at-most-once act is `unknown` and never repeated;
 * an at-least-once act stays `recorded` and is tried again at the next start.
 */
export function answerEffect(
  state: ReplicaState,
  answer: {
    readonly operation: OperationId;
    readonly index: number;
    readonly result: 'done' | 'failed';
  },
): void {
  const effect = state.effects.get(effectKey(answer));
  if (!effect || effect.state === 'done') return;
  const isRepeatable = state.app.effects[effect.name]?.delivery === 'at-least-once';
  if (answer.result === 'failed' && isRepeatable) return;
  const next: StoredEffect = { ...effect, state: answer.result === 'done' ? 'done' : 'unknown' };
  state.effects.set(effectKey(effect), next);
  askStore(state, { type: 'mark-effect', effect: next });
}

/** After a start: what was recorded but never released goes on; what was released is unknown. */
export function resumeEffects(state: ReplicaState, effects: readonly StoredEffect[]): void {
  for (const effect of effects) {
    state.effects.set(effectKey(effect), effect);
    if (effect.state === 'recorded') releaseEffects(state, [effect]);
    if (effect.state !== 'released') continue;
    const unknown: StoredEffect = { ...effect, state: 'unknown' };
    state.effects.set(effectKey(effect), unknown);
    askStore(state, { type: 'mark-effect', effect: unknown, from: 'released' });
  }
}
