// What does a saga do next? One step at a time, forward; after a step that cannot be done, or when people
// ask for it, backward; each end is an end of its own.
//
//   forward ── all steps done ──────────────────────────> done
//      │ a step failed once more than `retriesMax`, or it is aborted
//      ▼
//   backward ── every done step undone, last one first ─> undone
//      │ ▲
//      │ └─ aborted again ──────────────┐
//      └─ a step cannot be undone ───> stuck
//
// @see Garcia-Molina & Salem, Sagas (SIGMOD 1987), §4 and §5; docs/adr/0012-sagas.md
import type { Json } from '../bytes/canonical-json.ts';
import type { SagaDeed, SagaMovedFact } from '../coordination/saga-facts.ts';
import type { SagaFailure, SagaRecord } from '../coordination/saga-fold.ts';

/** An operation with its arguments, validated. */
export interface PlannedCall {
  readonly name: string;
  readonly args: Json;
}
export interface PlannedStep {
  readonly run: PlannedCall;
  readonly undo: PlannedCall | undefined;
  readonly retriesMax: number;
}

export type SagaMove =
  | {
      readonly type: 'run';
      readonly step: number;
      readonly deed: SagaDeed;
      readonly call: PlannedCall;
    }
  | { readonly type: 'end'; readonly state: 'done' | 'undone' }
  /** Over, or for people. */
  | { readonly type: 'rest' };

/** To undo must not fail; where it does, this often again before people are asked. */
export const undoRetriesMax = 5;
const firstPauseMs = 1_000;
const longestPauseMs = 60_000;

/** What is to be done now. Cost: O(steps that have no `undo`). */
export function nextMove(
  { state, standing }: Pick<SagaRecord, 'state' | 'standing'>,
  steps: readonly PlannedStep[],
): SagaMove {
  if (state === 'forward') {
    const next = steps[standing];
    if (!next) return { type: 'end', state: 'done' };
    return { type: 'run', step: standing + 1, deed: 'do', call: next.run };
  }
  if (state !== 'backward') return { type: 'rest' };
  for (let step = standing; step > 0; step--) {
    const undo = steps[step - 1]?.undo;
    if (undo) return { type: 'run', step, deed: 'undo', call: undo };
  }
  return { type: 'end', state: 'undone' };
}

/** Where it goes after a failure, or undefined: it tries again after `pauseMs`. */
export function moveAfter(
  { step, deed, attempts, reason }: SagaFailure,
  steps: readonly PlannedStep[],
): Omit<SagaMovedFact, 'fact' | 'saga'> | undefined {
  if (deed === 'undo') {
    return attempts > undoRetriesMax ? { state: 'stuck', step, reason } : undefined;
  }
  const retriesMax = steps[step - 1]?.retriesMax ?? 0;
  return attempts > retriesMax ? { state: 'backward', step, reason } : undefined;
}

/** How long to wait after so many failures: doubled each time, a minute at most. */
export function pauseMs(attempts: number): number {
  return Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(20, attempts - 1));
}
