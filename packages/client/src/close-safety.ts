// May this page be closed? Two different answers: what is not saved is lost, what is not sent waits.
import type { CloseRisk } from '@causeway/core';
import type { DerivedLives } from './derived-live.ts';
import type { Live } from './live.ts';

/** When to ask a person before the page closes. `true` is `'unsent'`. */
export type WarnBeforeClose = boolean | 'unsaved' | 'unsent';

export interface CloseSafety {
  /**
   * Nothing would be lost: all work in the documents open here is on this device or at the relay.
   * What is only unsent goes on at the next opening, so it is safe: `closeRisk` tells it apart.
   */
  readonly isSafeToClose: Live<boolean>;
  /** `unsaved`: lost if the page closes now. `unsent`: nobody else has it until the next opening. */
  readonly closeRisk: Live<CloseRisk>;
}

export function createCloseSafety(lives: DerivedLives, risk: () => CloseRisk): CloseSafety {
  return {
    isSafeToClose: lives.derive(() => risk() !== 'unsaved'),
    closeRisk: lives.derive(risk),
  };
}

/** Cost: O(1). */
export function mustWarn(wanted: WarnBeforeClose | undefined, risk: CloseRisk): boolean {
  if (!wanted || risk === 'nothing') return false;
  return risk === 'unsaved' || wanted !== 'unsaved';
}
