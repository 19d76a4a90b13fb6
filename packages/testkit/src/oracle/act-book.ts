// All that stands in a history, in commit order, each ready to be done again on another state.
import type { OperationId } from '@causeway/core';
import type { ModelCase, ModelKey, ModelOperation, NaiveModel } from '../workloads/workload.ts';
import type { CausalPasts } from './causal-past.ts';
import type { ModelAct, ModelPast } from './model-past.ts';
import { nameOf, pastBefore } from './model-past.ts';

export class ActBook<S> {
  private readonly model: NaiveModel<S>;
  private readonly pasts: CausalPasts;
  private readonly acts: ModelAct<S>[] = [];
  /** What people did and the primary has judged, without what it ran itself. */
  readonly judged: { readonly id: OperationId; readonly touches: readonly ModelKey[] }[] = [];

  constructor(model: NaiveModel<S>, pasts: CausalPasts) {
    this.model = model;
    this.pasts = pasts;
  }

  done(operation: ModelOperation): void {
    const { id, position } = operation;
    const touches = this.model.touches(operation).map(nameOf);
    const redo = (state: S): void => this.model.apply(state, operation);
    this.acts.push({ id, position, touches, isMending: false, redo });
  }

  /** As `done`, of what people did themselves. */
  judge(operation: ModelOperation): void {
    this.done(operation);
    this.judged.push({ id: operation.id, touches: this.model.touches(operation) });
  }

  /** An edit, which its author's later ones speak for. */
  edit(
    update: Uint8Array,
    o: Pick<ModelAct<S>, 'id' | 'position' | 'editor'> & { readonly about: readonly ModelKey[] },
  ): void {
    const { about, ...act } = o;
    const redo = (state: S): void => void this.model.edit?.(state, update);
    this.acts.push({ ...act, touches: about.map(nameOf), isMending: false, redo });
  }

  /** Mends `state`, and remembers how. */
  mend(
    state: S,
    o: {
      readonly id: OperationId;
      readonly position: number;
      readonly broken: ModelCase;
      readonly update: Uint8Array;
    },
  ): void {
    const { model } = this;
    const { id, position, broken, update } = o;
    const before = model.mended && structuredClone(state);
    model.compensate(state, broken, update);
    const mended = before && model.mended?.(before, structuredClone(state), broken);
    const redo = (other: S): void => model.compensate(other, broken, update);
    this.acts.push({ redo, ...mended, id, position, touches: [], isMending: true });
  }

  pastOf(id: OperationId, at: ModelKey): ModelPast | undefined {
    const { model, pasts, acts } = this;
    const trigger = acts.find((act) => act.id === id);
    return trigger && pastBefore({ model, pasts, acts, trigger, at });
  }
}
