// Runs that once failed, kept as they were drawn: what happened in them, not only their seed.
import { readdirSync, readFileSync } from 'node:fs';
import {
  type Deed,
  deeds,
  describeProblem,
  type Plan,
  randomWorkload,
  runPlan,
  type Workload,
  workloads,
} from '@causeway/testkit';
import { expect, test } from 'vitest';

interface Frozen {
  readonly found: string;
  readonly seed: number;
  readonly workload: string;
  readonly devices: number;
  readonly fixedMs: number | null;
  readonly actions: readonly (readonly [atMs: number, deed: Deed, device: number, draw: number])[];
}

const folder = new URL('./regressions/', import.meta.url);
const frozen = readdirSync(folder).map((file): Frozen => {
  return JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
});

function workloadNamed(name: string): Workload {
  const drawn = /^random-(\d+)$/.exec(name);
  const workload = drawn
    ? randomWorkload(Number(drawn[1]))
    : workloads.find((w) => w.name === name);
  if (!workload) throw new Error(`there is no workload ${name}`);
  return workload;
}

function thaw({ seed, workload, devices, fixedMs, actions }: Frozen): Plan {
  return {
    seed,
    workload: workloadNamed(workload),
    devices,
    fixedMs: fixedMs ?? undefined,
    actions: actions.map(([atMs, deed, device, draw]) => ({ atMs, deed, device, draw })),
  };
}

test('every action is still one that can be done', () => {
  for (const { actions } of frozen) for (const [, deed] of actions) expect(deeds).toContain(deed);
});

test.each(frozen)(
  'seed $seed stays mended: $found',
  async (one) => {
    const { problems, steps } = await runPlan(thaw(one));
    expect(problems.map(describeProblem)).toEqual([]);
    expect(steps).toBeGreaterThan(300);
  },
  60_000,
);
