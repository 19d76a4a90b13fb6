// All checkers of one run, on one world.
import type { DocumentId, PrimaryState, ReplicaState } from '@causeway/core';
import type { Workload } from '../workloads/workload.ts';
import type { SimulatedHost } from '../world/simulated-host.ts';
import type { World } from '../world/world.ts';
import { CheckpointWatch } from './checkpoint-watch.ts';
import { CutWatch } from './cut-watch.ts';
import { EffectWatch } from './effect-watch.ts';
import { Findings } from './guarantees.ts';
import { HomeWatch } from './home-watch.ts';
import { IntentWatch } from './intent-watch.ts';
import { LimitWatch } from './limit-watch.ts';
import { LogTruth } from './log-truth.ts';
import { OutboxWatch } from './outbox-watch.ts';
import { ReplicaWatch } from './replica-watch.ts';
import { ViewWatch } from './view-watch.ts';

export interface Checkers {
  readonly findings: Findings;
  readonly truth: LogTruth;
  readonly replicas: ReplicaWatch;
  readonly intents: IntentWatch;
  readonly checkpoints: CheckpointWatch;
  readonly outbox: OutboxWatch;
  /** The machine of each tab that is alive. */
  readonly replicaOf: ReadonlyMap<SimulatedHost, ReplicaState>;
  /** The newest machine of whoever audits. */
  readonly primaryOf: ReadonlyMap<SimulatedHost, PrimaryState>;
}

export async function attachCheckers(
  world: World,
  o: { readonly graceMs: number; readonly workload?: Workload },
): Promise<Checkers> {
  const document = world.document as DocumentId;
  const findings = new Findings(() => world.nowMs);
  const truth = new LogTruth(document, await world.relay.disk.log.head(document), findings);
  const evidence = { world, truth, findings };
  const replicas = new ReplicaWatch(evidence);
  const replicaOf = new Map<SimulatedHost, ReplicaState>();
  const primaryOf = new Map<SimulatedHost, PrimaryState>();
  world.watch(truth); // First: the others ask it.
  const intents = new IntentWatch(evidence);
  const outbox = new OutboxWatch(evidence);
  world.watch(outbox);
  world.watch(replicas);
  world.watch(intents);
  const checkpoints = new CheckpointWatch(evidence);
  world.watch(checkpoints);
  world.watch(new HomeWatch(evidence));
  world.watch(new LimitWatch(evidence));
  world.watch(new EffectWatch(evidence));
  if (o.workload) world.watch(new ViewWatch(o.workload, evidence));
  world.watch(new CutWatch(evidence, o.graceMs));
  world.watch({
    onStep(process, { machine, state }) {
      if (machine === 'replica') replicaOf.set(process, state as ReplicaState);
      if (machine === 'primary') primaryOf.set(process, state as PrimaryState);
    },
  });
  return { findings, truth, replicas, intents, checkpoints, outbox, replicaOf, primaryOf };
}
