// What should be remarked on operations that stand: one act submitted twice, and effects that a change
// took away which had not seen them. Naive: everything that was to be seen is looked at every time.
import type { OperationId } from '@causeway/core';
import type { ModelOperation, NaiveModel } from '../workloads/workload.ts';
import type { CausalPasts } from './causal-past.ts';

/** A remark that the facts should make, and the entry at whose audit. */
export interface ModelRemark {
  readonly fact: 'duplicate' | 'overwritten';
  readonly operation: OperationId;
  readonly other: OperationId;
  readonly key: string;
  readonly position: number;
}

/** A change that may cover something: an operation at its key, anything else wherever it wrote. */
interface Change {
  readonly id: OperationId;
  readonly position: number;
  readonly at: string | undefined;
  readonly isOperation: boolean;
}

export class RemarkBook<S> {
  readonly remarks: ModelRemark[] = [];
  private readonly model: NaiveModel<S>;
  private readonly pasts: CausalPasts;
  private readonly firstByKey = new Map<string, OperationId>();
  private shown: ModelOperation[] = [];
  private readonly edits: { readonly id: OperationId; readonly position: number }[] = [];

  constructor(model: NaiveModel<S>, pasts: CausalPasts) {
    this.model = model;
    this.pasts = pasts;
  }

  /** Why a second one does not stand. */
  refusal(operation: ModelOperation): string | undefined {
    const first = this.model.isOnce?.(operation) ? this.twinOf(operation) : undefined;
    return first && `${first} did the same before`;
  }

  /** An operation that stands was applied. */
  note(state: S, operation: ModelOperation): void {
    const { id, position, dedupKey } = operation;
    const twin = this.twinOf(operation);
    if (dedupKey !== undefined) {
      if (twin) {
        this.remarks.push({
          ...{ fact: 'duplicate', operation: id, other: twin, key: dedupKey, position },
        });
      } else this.firstByKey.set(nameOf(operation), id);
    }
    const at = this.model.shownAt?.(operation);
    this.look(state, { id, position, at, isOperation: true });
    if (at === undefined) return;
    if (this.model.isVisible?.(state, operation)) this.shown.push(operation);
    else this.noteCovered(operation, at);
  }

  /** A compensation was applied, or an edit. */
  noteUnnamed(
    state: S,
    o: { readonly id: OperationId; readonly position: number; readonly mayCover: boolean },
  ): void {
    this.look(state, { ...o, at: undefined, isOperation: false });
    if (o.mayCover) this.edits.push(o);
  }

  private look(state: S, change: Change): void {
    this.shown = this.shown.filter((operation) => {
      if (this.model.isVisible?.(state, operation)) return true;
      const key = this.model.shownAt?.(operation) ?? '';
      const isAbout = !change.isOperation || change.at === key;
      if (isAbout && this.isUnseen(operation.position, change.position)) {
        const { id: other, position } = change;
        this.remarks.push({ fact: 'overwritten', operation: operation.id, other, key, position });
      }
      return false;
    });
  }

  /** It was never to be seen: the newest of those that it had not seen is in its place. */
  private noteCovered({ id: operation, position }: ModelOperation, key: string): void {
    const isUnseen = (other: { readonly position: number }): boolean =>
      this.isUnseen(other.position, position);
    const there = this.shown.filter((other) => this.model.shownAt?.(other) === key);
    const other = there.findLast(isUnseen) ?? this.edits.findLast(isUnseen);
    if (!other) return;
    this.remarks.push({ fact: 'overwritten', operation, other: other.id, key, position });
  }

  private isUnseen(earlier: number, later: number): boolean {
    return !this.pasts.hasSeen(later, earlier);
  }

  private twinOf(operation: ModelOperation): OperationId | undefined {
    if (operation.dedupKey === undefined) return undefined;
    const first = this.firstByKey.get(nameOf(operation));
    return first === operation.id ? undefined : first;
  }
}

function nameOf({ name, dedupKey }: ModelOperation): string {
  return JSON.stringify([name, dedupKey]);
}
