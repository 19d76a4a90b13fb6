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
import type { NaiveModel, Workload } from '../workloads/workload.ts';
import type { SimulatedHost } from '../world/simulated-host.ts';
import type { Watcher } from '../world/world.ts';
import type { Findings } from './guarantees.ts';
import type { LogTruth } from './log-truth.ts';

/** A whole replay each time: every step would cost more than the run itself. */
const everySteps = 48;

export class ViewWatch implements Watcher {
  private steps = 0;
  private readonly workload: Workload;
  private readonly truth: LogTruth;
  private readonly findings: Findings;

  constructor(workload: Workload, truth: LogTruth, findings: Findings) {
    this.workload = workload;
    this.truth = truth;
    this.findings = findings;
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
    this.findings.report('G5', `${process.name} shows ${shown}, its prefix and queue ${expected}`);
  }

  private replay<S>(model: NaiveModel<S>, replica: ReplicaState): S {
    const content = model.initial();
    const head = replica.head?.position ?? 0;
    for (const entry of this.truth.entries.slice(0, head)) {
      this.applyCommitted(model, content, entry, replica);
    }
    for (const { change, position, isApplied } of replica.queue.values()) {
      const { operation } = change.header;
      if (operation && isApplied && position === undefined) {
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
    if (kind === 'operation' && !fold.refusedById.has(operation.id)) {
      applyOperation(model, content, { operation, sealed, position });
    }
    if (kind === 'result') compensate(model, content, operation, sealed);
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
  model.apply(content, { id, name, args, replica: '', position: o.position, hasSeen: () => true });
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
  model.compensate(content, { invariant, key, deficit, violations: 1 });
}
