// Runs that found a fault once, kept as they were drawn: what happened in them, not only their seed. So
// they go on finding it, however plans are drawn later.
import { readdirSync, readFileSync } from 'node:fs';
import { type Deed, type Plan, randomWorkload, type Workload, workloads } from '@causeway/testkit';

interface Frozen {
  readonly found: string;
  readonly seed: number;
  readonly workload: string;
  readonly devices: number;
  readonly fixedMs: number | null;
  readonly auditors?: number;
  readonly actions: readonly (readonly [atMs: number, deed: Deed, device: number, draw: number])[];
}

export interface KeptRun {
  /** Its file's. */
  readonly name: string;
  readonly found: string;
  readonly plan: Plan;
}

const folder = new URL('./regressions/', import.meta.url);

export const keptRuns: readonly KeptRun[] = readdirSync(folder).map((file): KeptRun => {
  const frozen: Frozen = JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
  return { name: file.replace(/\.json$/, ''), found: frozen.found, plan: thaw(frozen) };
});

function thaw({ seed, workload, devices, fixedMs, auditors, actions }: Frozen): Plan {
  return {
    seed,
    workload: workloadNamed(workload),
    devices,
    fixedMs: fixedMs ?? undefined,
    auditors: auditors ?? 0,
    actions: actions.map(([atMs, deed, device, draw]) => ({ atMs, deed, device, draw })),
  };
}

function workloadNamed(name: string): Workload {
  const drawn = /^random-(sets-)?(\d+)$/.exec(name);
  const workload = drawn
    ? randomWorkload(Number(drawn[2]), { withoutSets: drawn[1] === undefined })
    : workloads.find((w) => w.name === name);
  if (!workload) throw new Error(`there is no workload ${name}`);
  return workload;
}
