// All checkers of one run, on one world.
import type { DocumentId, ReplicaState } from '@causeway/core';
import type { Workload } from '../workloads/workload.ts';
import type { SimulatedHost } from '../world/simulated-host.ts';
import type { World } from '../world/world.ts';
import { CutWatch } from './cut-watch.ts';
import { EffectWatch } from './effect-watch.ts';
import { Findings } from './guarantees.ts';
import { LimitWatch } from './limit-watch.ts';
import { LogTruth } from './log-truth.ts';
import { ReplicaWatch } from './replica-watch.ts';
import { ViewWatch } from './view-watch.ts';

export interface Checkers {
  readonly findings: Findings;
  readonly truth: LogTruth;
  readonly replicas: ReplicaWatch;
  /** The machine of each tab that is alive. */
  readonly replicaOf: ReadonlyMap<SimulatedHost, ReplicaState>;
}

export async function attachCheckers(
  world: World,
  o: { readonly graceMs: number; readonly workload?: Workload },
): Promise<Checkers> {
  const document = world.document as DocumentId;
  const findings = new Findings(() => world.nowMs);
  const truth = new LogTruth(document, await world.relay.disk.log.head(document), findings);
  const replicas = new ReplicaWatch(world, truth, findings);
  const replicaOf = new Map<SimulatedHost, ReplicaState>();
  world.watch(truth); // First: the others ask it.
  world.watch(replicas);
  world.watch(new LimitWatch(world, truth, findings));
  world.watch(new EffectWatch(world, truth, findings));
  if (o.workload) world.watch(new ViewWatch(o.workload, truth, findings));
  world.watch(new CutWatch(world, findings, o.graceMs));
  world.watch({
    onStep(process, { machine, state }) {
      if (machine === 'replica') replicaOf.set(process, state as ReplicaState);
    },
  });
  return { findings, truth, replicas, replicaOf };
}
