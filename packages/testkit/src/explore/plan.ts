// What happens in one run, drawn from its seed before it begins: who acts when, and what breaks. Each
// seed draws its own mix (swarm testing): a run with every fault at once never gets anywhere.
import { Random } from '../random.ts';
import { workloads } from '../workloads/all.ts';
import { branch } from '../workloads/branch.ts';
import { listing } from '../workloads/listing.ts';
import { randomWorkload } from '../workloads/random-app.ts';
import { trips } from '../workloads/trips.ts';
import type { Workload } from '../workloads/workload.ts';

export const deeds = [
  'act',
  'act-and-crash',
  'act-and-crash-relay',
  'cut',
  'cut-up',
  'cut-down',
  'heal',
  'reset',
  'flap',
  'slow-line',
  'quick-line',
  'corrupt',
  'duplicate',
  'clean-line',
  'crash-tab',
  'reload',
  'open-tab',
  'lose-power',
  'freeze',
  'set-clock',
  'drift',
  'go-offline',
  'go-online',
  'disk-fails',
  'disk-full',
  'disk-slow',
  'disk-well',
  'crash-relay',
  'start-relay',
  'crash-primary',
  'relay-disk-full',
  'relay-disk-slow',
  'relay-disk-well',
  'clone',
  'restore',
] as const;
export type Deed = (typeof deeds)[number];

export interface PlannedAction {
  readonly atMs: number;
  readonly deed: Deed;
  /** Which device; taken modulo those that there are. */
  readonly device: number;
  /** Seeds what the action itself draws, so that leaving others out does not change it. */
  readonly draw: number;
}

export interface Plan {
  readonly seed: number;
  readonly workload: Workload;
  readonly devices: number;
  /** The fixed bound of the detectors; undefined: they adapt. */
  readonly fixedMs: number | undefined;
  /** So many of the devices audit, at a relay without a primary; 0: the relay has one. */
  readonly auditors: number;
  readonly actions: readonly PlannedAction[];
}

/** A fault with what ends it: a run that begins one is likely to see its end, too. */
const families: readonly (readonly Deed[])[] = [
  ['cut', 'heal', 'heal'],
  ['cut-up', 'heal', 'heal'],
  ['cut-down', 'heal', 'heal'],
  ['cut-down', 'reset', 'heal'],
  ['reset'],
  ['flap'],
  ['slow-line', 'quick-line'],
  ['corrupt', 'clean-line'],
  ['duplicate', 'clean-line'],
  ['crash-tab', 'reload'],
  ['reload'],
  ['open-tab', 'crash-tab'],
  ['open-tab', 'open-tab', 'crash-tab'],
  ['lose-power', 'reload'],
  ['freeze'],
  ['set-clock'],
  ['drift'],
  ['go-offline', 'go-online'],
  ['disk-fails', 'disk-well'],
  ['disk-full', 'disk-well'],
  ['disk-slow', 'disk-well'],
  ['act-and-crash', 'reload'],
  ['act-and-crash-relay', 'start-relay'],
  ['crash-relay', 'start-relay', 'start-relay'],
  ['crash-primary'],
  ['relay-disk-full', 'relay-disk-well'],
  ['relay-disk-slow', 'relay-disk-well'],
  ['clone'],
  ['restore'],
];

export interface PlanOptions {
  /** Only these faults; all by default. */
  readonly faults?: readonly Deed[];
  readonly workload?: Workload;
  /** Clients audit, some of them or all. Default: in one run of ten. */
  readonly isWithoutPrimary?: boolean;
}

export function drawPlan(seed: number, o: PlanOptions = {}): Plan {
  const random = new Random(seed, 'plan');
  const workload = o.workload ?? drawWorkload(random, seed);
  const isAllowed = (deed: Deed): boolean => !o.faults || o.faults.includes(deed);
  const chance = 0.15 + 0.5 * random.next();
  const chosen = families.filter((family) => random.chance(chance) && family.every(isAllowed));
  const count = random.between(60, 140);
  const acting = 0.35 + 0.4 * random.next();
  const paceMs = random.pick([30, 150, 600, 3_000]);
  let atMs = random.between(0, 400);
  const actions: PlannedAction[] = [];
  for (let index = 0; index < count; index++) {
    atMs += Math.floor(random.next() * 2 * paceMs);
    const family = chosen.length > 0 ? random.pick(chosen) : undefined;
    const deed = !family || random.chance(acting) ? 'act' : random.pick(family);
    actions.push({ atMs, deed, device: random.below(64), draw: random.below(2 ** 31) });
  }
  const devices = random.between(2, 4);
  return {
    seed,
    workload,
    devices,
    fixedMs: random.chance(0.5) ? random.pick([200, 500, 2_000]) : undefined,
    auditors: drawAuditors(seed, devices, o.isWithoutPrimary),
    actions,
  };
}

/** Drawn apart: so all else that a seed draws is what it was before there were auditors. */
function drawAuditors(seed: number, devices: number, isWanted: boolean | undefined): number {
  const random = new Random(seed, 'auditors');
  const isDrawn = random.chance(0.1);
  return (isWanted ?? isDrawn) ? random.between(1, devices) : 0;
}

const drawnAlike = workloads.filter((one) => one !== listing && one !== trips);

/** The one that waits, asks and holds keys has most to go wrong: it comes more often. */
function drawWorkload(random: Random, seed: number): Workload {
  // Drawn apart: so the seeds of all others stay what they were before there were these.
  if (new Random(seed, 'sagas').chance(0.15)) return trips;
  const isBranch = random.chance(0.2);
  const older = isBranch ? branch : drawOlder(random, seed);
  return new Random(seed, 'listing').chance(0.12) ? listing : older;
}

function drawOlder(random: Random, seed: number): Workload {
  if (random.chance(0.3)) return randomWorkload(seed);
  return random.pick(drawnAlike);
}
