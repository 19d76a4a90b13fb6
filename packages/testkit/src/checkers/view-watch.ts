// A view is the committed prefix and, on top, what this device still has pending: no more, and nothing
// of one's own missing (G5). Recomputed with the naive model, where the order makes no difference.
import {
  canonicalJson,
  decodeHeader,
  decodeOperationPayload,
  type LogEntry,
  type ObservedStep,
  type OperationHeader,
  type ReplicaState,
  type SealedChange,
} from '@causeway/core';
import { readCompensationId } from '../oracle/history.ts';
import { updateOf } from '../oracle/model-operation.ts';
import type { NaiveModel, Workload } from '../workloads/workload.ts';
import type { SimulatedHost } from '../world/simulated-host.ts';
import type { Watcher } from '../world/world.ts';
import type { Evidence } from './evidence.ts';

/** A whole replay each time: every step would cost more than the run itself. */
const everySteps = 48;

export class ViewWatch implements Watcher {
  private steps = 0;
  private readonly workload: Workload;
  private readonly o: Evidence;

  constructor(workload: Workload, o: Evidence) {
    this.workload = workload;
    this.o = o;
  }

  onStep(process: SimulatedHost, { machine, state }: ObservedStep): void {
    const { model, addsUp } = this.workload;
    if (!model || !addsUp || machine !== 'replica') return;
    this.steps += 1;
    if (this.steps % everySteps > 0) return;
    const replica = state as ReplicaState;
    const expected = canonicalJson(model.content(this.replay(model, replica)));
    const shown = canonicalJson(this.workload.projection(replica.document.view));
    if (shown === expected) return;
    this.o.findings.report(
      'G5',
      `${process.name} shows ${shown}, its prefix and queue ${expected}`,
    );
  }

  private replay<S>(model: NaiveModel<S>, replica: ReplicaState): S {
    const content = model.initial();
    const head = replica.head?.position ?? 0;
    for (const entry of this.o.truth.entries.slice(0, head)) {
      this.applyCommitted(model, content, entry, replica);
    }
    for (const { change, position, isApplied } of replica.queue.values()) {
      const { kind, operation } = change.header;
      const isShown = kind === 'operation' && isApplied && position === undefined;
      if (operation && isShown && !replica.fold.executed.has(operation.id)) {
        applyOperation(model, content, { operation, sealed: change.sealed, position: 0 });
      }
    }
    return content;
  }

  private applyCommitted<S>(
    model: NaiveModel<S>,
    content: S,
    { position, sealed }: LogEntry,
    { fold }: ReplicaState,
  ): void {
    const header = decodeHeader(sealed.header);
    const { kind, operation } = header ?? {};
    if (!operation) return;
    // What the primary ran for somebody counts once, though it may have proceeded there, too.
    const isRun = kind === 'result' && readCompensationId(operation.id) === undefined;
    const isOnce = kind === 'operation' && !fold.executed.has(operation.id);
    if (isRun || (isOnce && !fold.refusedById.has(operation.id))) {
      applyOperation(model, content, { operation, sealed, position });
    }
    if (kind === 'result' && !isRun) compensate(model, content, operation, sealed);
  }
}

function applyOperation<S>(
  model: NaiveModel<S>,
  content: S,
  o: {
    readonly operation: OperationHeader;
    readonly sealed: SealedChange;
    readonly position: number;
  },
): void {
  const { id, name } = o.operation;
  const args = decodeOperationPayload(o.sealed.payload)?.args ?? null;
  const { position } = o;
  const hasSeen = (): boolean => true;
  const update = updateOf(o);
  model.apply(content, { id, name, args, replica: '', position, hasSeen, update });
}

function compensate<S>(
  model: NaiveModel<S>,
  content: S,
  { id }: OperationHeader,
  sealed: SealedChange,
): void {
  const args = decodeOperationPayload(sealed.payload)?.args;
  if (typeof args !== 'object' || args === null || !('key' in args)) return;
  const [invariant, key] = [String(args['invariant']), String(args['key'])];
  const now = model.deficits(content).find((one) => one.invariant === invariant && one.key === key);
  const deficit = id.endsWith(':restore') ? (now?.deficit ?? 0) : 0;
  const broken = { invariant, key, deficit, violations: 1, mending: id };
  model.compensate(content, broken, updateOf({ sealed }));
}
