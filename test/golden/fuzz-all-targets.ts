// Every decoder of the engine, as a target of fuzzing. Whoever writes a new one adds it here.
import { changeTargets } from './fuzz-change-targets.ts';
import { checkpointTargets } from './fuzz-checkpoint-targets.ts';
import { coreTargets } from './fuzz-core-targets.ts';
import { documentTargets } from './fuzz-document-targets.ts';
import { frameTargets } from './fuzz-frames.ts';
import { logTargets } from './fuzz-log-targets.ts';
import { recordTargets } from './fuzz-record-targets.ts';
import { replicaTargets } from './fuzz-replica-targets.ts';
import type { FuzzTarget } from './fuzz-target.ts';

/** Close each of them when done: some have files. */
export async function allTargets(): Promise<readonly FuzzTarget[]> {
  return [
    ...frameTargets(),
    ...changeTargets(),
    ...coreTargets(),
    ...checkpointTargets(),
    ...(await recordTargets()),
    ...documentTargets(),
    ...replicaTargets(),
    ...(await logTargets()),
  ];
}
