// One run: a plan carried out in a world with all checkers on, then healing, then the last checks.
import { attachCheckers } from '../checkers/all-checkers.ts';
import type { Problem } from '../checkers/guarantees.ts';
import { checkSettled, describeUnsettled, isSettled } from '../checkers/settled.ts';
import { Random } from '../random.ts';
import { World, WorldStuck } from '../world/world.ts';
import { Coverage } from './coverage.ts';
import { healEverything, perform, type Stage } from './perform.ts';
import type { Plan } from './plan.ts';

export interface RunResult {
  readonly seed: number;
  readonly problems: readonly Problem[];
  readonly traceHash: string;
  readonly steps: number;
  /** Virtual. */
  readonly lastedMs: number;
  readonly coverage: ReadonlyMap<string, number>;
  /** Filled where the trace was asked for. */
  readonly lines: readonly string[];
}

/** All that may still be due after the last fault: backoff, settling delays, silent audits. */
const settleWithinMs = 15 * 60_000;
/** However little comes of the acts, for instance without any relay. */
const moreUntilMs = 3_600_000;
/** Retries of the link are up to 30 s apart, probes up to 15 s when idle, bounds up to 10 s. */
const noticeWithinMs = 60_000;

export async function runPlan(
  plan: Plan,
  o: { readonly keepLines?: boolean; readonly leastSteps?: number } = {},
): Promise<RunResult> {
  const { workload } = plan;
  const world = new World({
    app: workload.app,
    seed: plan.seed,
    bounds: plan.fixedMs === undefined ? {} : { fixedMs: plan.fixedMs },
    keepLines: o.keepLines === true,
  });
  const checkers = await attachCheckers(world, { graceMs: noticeWithinMs, workload });
  const stage: Stage = {
    world,
    workload,
    backups: new Map(),
    offline: new Set(),
    active: new Set(),
  };
  const coverage = new Coverage();
  world.watch({ onStep: (_process, step) => coverage.note(step, stage.active) });
  for (let index = 0; index < plan.devices; index++) {
    world.addDevice(String.fromCharCode(65 + index));
  }
  const { findings } = checkers;
  try {
    await actOut(plan, stage, o.leastSteps ?? 0);
    const settled = await world.advanceUntil(() => isSettled(world, checkers), settleWithinMs);
    if (!settled) findings.report('G16', describeUnsettled(world, checkers));
    else await checkSettled(world, workload, checkers);
  } catch (error) {
    if (!(error instanceof WorldStuck)) throw error;
    findings.report('G16', error.message);
  }
  for (const what of world.broken) findings.report('G17', what);
  return {
    seed: plan.seed,
    problems: findings.problems,
    traceHash: world.trace.hash,
    steps: world.steps,
    lastedMs: world.nowMs,
    coverage: coverage.counts,
    lines: world.trace.lines,
  };
}

async function actOut(plan: Plan, stage: Stage, leastSteps: number): Promise<void> {
  const { world } = stage;
  for (const action of plan.actions) {
    await world.advance(action.atMs - world.nowMs);
    perform(stage, action);
  }
  // A short plan goes on with more acts, so that every run has something to show.
  const random = new Random(plan.seed, 'more');
  while (world.steps < leastSteps && world.nowMs < moreUntilMs) {
    openTabs(world);
    await world.advance(100);
    const draw = random.below(2 ** 31);
    perform(stage, { atMs: world.nowMs, deed: 'act', device: random.below(64), draw });
  }
  await world.advance(1_000);
  healEverything(stage);
  openTabs(world);
}

function openTabs(world: World): void {
  for (const device of world.devices.values()) if (device.tabs.length === 0) device.openTab();
}
