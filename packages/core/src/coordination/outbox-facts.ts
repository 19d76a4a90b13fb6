// What coordination entries say of effects outside.
// @see docs/adr/0011-outbox.md
import type { Json } from '../bytes/canonical-json.ts';
import type { EffectId, OperationId } from '../identity.ts';

/** The primary is about to act outside: in the log before it does. */
export interface EffectClaimedFact {
  readonly fact: 'effect-claimed';
  readonly effect: EffectId;
  readonly name: string;
  /** Who claims: its change, as `writer:seq`. Only an answer with the same one counts. */
  readonly token: string;
  /** From 1 on. */
  readonly attempt: number;
}
/** What became of a claim. After `failed` it is tried again; the others are the last word. */
export interface EffectAnsweredFact {
  readonly fact: 'effect-answered';
  readonly effect: EffectId;
  readonly token: string;
  /** `unknown`: nobody can tell whether it happened, and it may not happen twice. */
  readonly answer: 'done' | 'failed' | 'given-up' | 'unknown';
  /** What its handler gave back. */
  readonly receipt?: Json;
  /** For people: why it failed, or why there is no receipt. */
  readonly reason?: string;
}
/** An effect that never happens, and was never tried. */
export interface EffectDroppedFact {
  readonly fact: 'effect-dropped';
  readonly effect: EffectId;
  readonly name: string;
  /** Its operation is void; a compensation withheld it; its payload breaks its schema; its saga undid it. */
  readonly why: 'refused' | 'withheld' | 'invalid' | 'undone';
}
/** An operation whose header states effects came without their records: what was done is unknown. */
export interface HistoryLostFact {
  readonly fact: 'history-lost';
  readonly operation: OperationId;
  readonly count: number;
  readonly position: number;
}
/** What is said of effects outside. */
export type OutboxFact =
  | EffectClaimedFact
  | EffectAnsweredFact
  | EffectDroppedFact
  | HistoryLostFact;
