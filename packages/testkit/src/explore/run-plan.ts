// One run: a plan carried out in a world with all checkers on, then healing, then the last checks.
import { attachCheckers } from '../checkers/all-checkers.ts';
import type { Problem } from '../checkers/guarantees.ts';
import { checkSettled, describeUnsettled, isSettled } from '../checkers/settled.ts';
import { Random } from '../random.ts';
import type { FarEndFaults } from '../world/far-end.ts';
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
/** However little comes of the acts, for instance on a disk that fails: then everything is healed. */
const moreForMs = 600_000;
/** Retries of the link are up to 30 s apart, probes up to 15 s when idle, bounds up to 10 s. */
const noticeWithinMs = 60_000;

export async function runPlan(
  plan: Plan,
  o: {
    readonly keepLines?: boolean;
    readonly leastSteps?: number;
    /** Whether its trace is the same is all that is asked: what was judged once is not judged again. */
    readonly isRepeat?: boolean;
  } = {},
): Promise<RunResult> {
  const { workload } = plan;
  const names = Array.from({ length: plan.devices }, (_, index) => String.fromCharCode(65 + index));
  const world = new World({
    app: workload.app,
    seed: plan.seed,
    bounds: plan.fixedMs === undefined ? {} : { fixedMs: plan.fixedMs },
    keepLines: o.keepLines === true,
    relayLimits: drawBatches(plan.seed),
    ...(workload.people && { people: workload.people }),
    ...(plan.auditors > 0 && { auditors: names.slice(0, plan.auditors) }),
  });
  world.farEnd.faults = drawFarEnd(plan.seed);
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
  for (const name of names) world.addDevice(name);
  const { findings } = checkers;
  try {
    await actOut(plan, stage, o.leastSteps ?? 0);
    const settled = await world.advanceUntil(() => isSettled(world, checkers), settleWithinMs);
    if (!settled) findings.report('G16', describeUnsettled(world, checkers));
    else if (!o.isRepeat) await checkSettled(world, workload, checkers);
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

/** In some runs whoever reads a log gets it in many pieces, and may die or act between any two. */
function drawBatches(seed: number): { readonly batchEntriesMax?: number } {
  const random = new Random(seed, 'batches of a plan');
  return random.chance(0.3) ? { batchEntriesMax: random.pick([1, 3, 12]) } : {};
}

/** In every other run it is as people know it: refuses, loses answers, takes its time. */
function drawFarEnd(seed: number): FarEndFaults {
  const random = new Random(seed, 'far end of a plan');
  const latencyMs = { from: 1, to: random.pick([20, 200, 1_500]) };
  const isFaulty = random.chance(0.6);
  const drawn = { failures: 0.2, slowness: 0.25, crashes: 0.2 };
  return { latencyMs, ...(isFaulty ? drawn : { failures: 0, slowness: 0, crashes: 0 }) };
}

async function actOut(plan: Plan, stage: Stage, leastSteps: number): Promise<void> {
  const { world } = stage;
  for (const action of plan.actions) {
    await world.advance(action.atMs - world.nowMs);
    perform(stage, action);
  }
  // A short plan goes on with more acts, so that every run has something to show.
  const random = new Random(plan.seed, 'more');
  await actMore(stage, random, leastSteps);
  await world.advance(1_000);
  healEverything(stage);
  openTabs(world);
  await actMore(stage, random, leastSteps);
}

async function actMore(stage: Stage, random: Random, leastSteps: number): Promise<void> {
  const { world } = stage;
  const untilMs = world.nowMs + moreForMs;
  while (world.steps < leastSteps && world.nowMs < untilMs) {
    openTabs(world);
    await world.advance(100);
    const draw = random.below(2 ** 31);
    perform(stage, { atMs: world.nowMs, deed: 'act', device: random.below(64), draw });
  }
}

function openTabs(world: World): void {
  for (const device of world.devices.values()) if (device.tabs.length === 0) device.openTab();
}
