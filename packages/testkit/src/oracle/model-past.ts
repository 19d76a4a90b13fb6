// The history once more, but only a part of it: would the rule have become worse if the trigger had come
// right after its own past and these others? Asked of the naive model, by replaying that part.
import type { OperationId, WriterId } from '@causeway/core';
import type { ModelKey, NaiveModel } from '../workloads/workload.ts';
import type { CausalPasts } from './causal-past.ts';

/** Something that stands, to be done again on another state. In commit order. */
export interface ModelAct<S> {
  readonly id: OperationId;
  readonly position: number;
  /** Keys of rules that it is about, by name; of a compensation none. */
  readonly touches: readonly string[];
  readonly isMending: boolean;
  /** Of an edit: whose. */
  readonly editor?: WriterId;
  redo(state: S): void;
  /** What the primary decided with it, which holds in every state. */
  judge?(state: S): void;
}

/** How badly a key fails without the trigger, and with it. */
export interface ModelStep {
  readonly before: number;
  readonly after: number;
}

/** What the author of a trigger had seen, and what it had not. */
export interface ModelPast {
  /** Who wrote to the key unseen by the trigger's author, in commit order. */
  readonly writers: readonly OperationId[];
  /** Compensations that it had not seen. */
  readonly mendings: readonly OperationId[];
  /** True when the first had seen the second. */
  hasSeen(one: OperationId, other: OperationId): boolean;
  /** With these, and with all that they had seen. */
  step(chosen: readonly OperationId[]): ModelStep;
}

export interface PastOptions<S> {
  readonly model: NaiveModel<S>;
  readonly pasts: CausalPasts;
  /** All acts of the history. */
  readonly acts: readonly ModelAct<S>[];
  readonly trigger: ModelAct<S>;
  readonly at: ModelKey;
}

export const nameOf = ({ invariant, key }: ModelKey): string => JSON.stringify([invariant, key]);

/** Cost: O(acts); of a step, O(acts × chosen). */
export function pastBefore<S>({ model, pasts, acts, trigger, at }: PastOptions<S>): ModelPast {
  const earlier = acts.filter(({ position }) => position < trigger.position);
  const unseen = earlier.filter(({ position }) => !pasts.hasSeen(trigger.position, position));
  const positionOf = (id: OperationId): number =>
    unseen.find((act) => act.id === id)?.position ?? trigger.position;
  const deficitOf = (state: S): number =>
    model.deficits(state).find((broken) => nameOf(broken) === nameOf(at))?.deficit ?? 0;
  const writing = unseen.filter(
    ({ isMending, touches }) => !isMending && touches.includes(nameOf(at)),
  );
  // Of one author's edits the newest speaks for all.
  const isNewest = ({ editor, position }: ModelAct<S>): boolean =>
    !editor || !writing.some((other) => other.editor === editor && other.position > position);
  return {
    writers: writing.filter(isNewest).map(({ id }) => id),
    mendings: unseen.filter(({ isMending }) => isMending).map(({ id }) => id),
    hasSeen: (one, other) => pasts.hasSeen(positionOf(one), positionOf(other)),
    step(chosen) {
      const tops = [trigger.position, ...chosen.map(positionOf)];
      const state = model.initial();
      const done = new Set<OperationId>();
      for (const act of earlier) {
        const isIn = tops.some((top) => top === act.position || pasts.hasSeen(top, act.position));
        if (isIn && !done.has(act.id)) {
          act.redo(state);
          done.add(act.id); // One operation may have two entries; it counts once.
        }
        act.judge?.(state);
      }
      const before = deficitOf(state);
      trigger.redo(state);
      return { before, after: deficitOf(state) };
    },
  };
}
