// Carries out one planned action in a world.
import type { Inbox } from '@causeway/client';
import { Random } from '../random.ts';
import type { Act, Workload } from '../workloads/workload.ts';
import type { SimulatedDevice, Tab } from '../world/device.ts';
import type { Disk } from '../world/disk.ts';
import type { World } from '../world/world.ts';
import type { Deed, PlannedAction } from './plan.ts';

const devicesMax = 6;
const tabsMax = 3;
const yearMs = 365 * 24 * 3_600_000;

/** One run as its actions see it. */
export interface Stage {
  readonly world: World;
  readonly workload: Workload;
  /** Copies of disks that may be restored, by device. */
  readonly backups: Map<SimulatedDevice, Disk>;
  /** Whom their people took offline. */
  readonly offline: Set<Tab['client']>;
  /** Faults that are on, for coverage. */
  readonly active: Set<Deed>;
}

export function perform(stage: Stage, action: PlannedAction): void {
  const devices = [...stage.world.devices.values()];
  const device = devices[action.device % devices.length];
  if (!device) return;
  const random = new Random(action.draw, action.deed);
  stage.world.trace.note(stage.world.nowMs, () => `        ── ${action.deed} ${device.name}`);
  const act = acts[action.deed];
  act({ stage, device, random });
  noteActive(stage.active, action.deed);
}

interface Scene {
  readonly stage: Stage;
  readonly device: SimulatedDevice;
  readonly random: Random;
}

const acts: Readonly<Record<Deed, (scene: Scene) => void>> = {
  act: ({ stage, device, random }) => actAsPerson(stage, device, random),
  'act-and-crash': ({ stage, device, random }) => {
    actAsPerson(stage, device, random);
    const { tab } = device;
    // While the disk is at it, or while the relay is.
    const withinMs = random.pick([15, 15, 120]);
    if (tab) stage.world.timeline.after(random.next() * withinMs, () => device.crashTab(tab));
  },
  'act-and-crash-relay': ({ stage, device, random }) => {
    actAsPerson(stage, device, random);
    stage.world.timeline.after(random.next() * 60, () => stage.world.crashRelay());
  },
  cut: ({ device }) => device.line.cut('up', 'down'),
  'cut-up': ({ device }) => device.line.cut('up'),
  'cut-down': ({ device }) => device.line.cut('down'),
  heal: ({ device }) => device.line.heal(),
  reset: ({ device }) => device.line.reset(),
  flap: ({ stage, device, random }) => flap(stage.world, device, random),
  'slow-line': ({ device, random }) => {
    const from = random.between(50, 1_500);
    device.line.faults.latencyMs = { from, to: from * 2 };
  },
  'quick-line': ({ device }) => {
    device.line.faults.latencyMs = { from: 1, to: 10 };
  },
  corrupt: ({ device }) => {
    device.line.faults.corruption = 0.1;
  },
  duplicate: ({ device }) => {
    device.line.faults.duplication = 0.2;
  },
  'clean-line': ({ device }) => cleanLine(device),
  'crash-tab': ({ device, random }) => {
    if (device.tabs.length > 0) device.crashTab(random.pick(device.tabs));
  },
  reload: ({ device }) => void device.reload(),
  'open-tab': ({ device }) => {
    if (device.tabs.length < tabsMax) device.openTab();
  },
  'lose-power': ({ stage, device }) => stage.world.losePower(device),
  freeze: ({ device, random }) => {
    if (device.tabs.length > 0)
      random.pick(device.tabs).process.freeze(random.between(100, 20_000));
  },
  'set-clock': ({ device, random }) => {
    device.clock.wallOffsetMs += random.pick([-yearMs, yearMs, -3_600_000, 60_000]);
  },
  drift: ({ device, random }) => {
    device.clock.rate = 0.9 + 0.2 * random.next();
  },
  'go-offline': ({ stage, device, random }) => {
    const tab = pickTab(device, random);
    if (!tab) return;
    tab.client.goOffline();
    stage.offline.add(tab.client);
  },
  'go-online': ({ stage, device }) => {
    for (const { client } of device.tabs) {
      if (stage.offline.delete(client)) client.goOnline();
    }
  },
  'disk-fails': ({ device, random }) => {
    device.disk.faults.failures = 0.1 + 0.5 * random.next();
  },
  'disk-full': ({ device }) => {
    device.disk.faults.failure = 'quota-exceeded';
  },
  'disk-slow': ({ device, random }) => {
    device.disk.faults.latencyMs = { from: 20, to: random.between(50, 2_000) };
  },
  'disk-well': ({ device }) => healDisk(device),
  'crash-relay': ({ stage }) => stage.world.crashRelay(),
  'start-relay': ({ stage }) => stage.world.relay.start(),
  'crash-primary': ({ stage }) => stage.world.relay.crashPrimary(),
  'relay-disk-full': ({ stage }) => {
    stage.world.relay.disk.faults.failure = 'disk-full';
  },
  'relay-disk-slow': ({ stage, random }) => {
    stage.world.relay.disk.faults.latencyMs = { from: 5, to: random.between(20, 800) };
  },
  'relay-disk-well': ({ stage }) => healRelayDisk(stage.world),
  clone: ({ stage, device }) => {
    const { devices } = stage.world;
    if (devices.size >= devicesMax) return;
    stage.world.addDevice(`${device.name}copy${devices.size}`, device.disk.copy());
  },
  restore: ({ stage, device }) => restore(stage, device),
};

function actAsPerson(stage: Stage, device: SimulatedDevice, random: Random): void {
  const tab = pickTab(device, random);
  if (!tab?.handle || answerCase(stage, tab.handle.inbox, random)) return;
  const act = stage.workload.draw(random, tab.handle.view);
  if (act.type === 'edit') {
    act.edit(tab.handle);
    return;
  }
  if (act.type === 'key') {
    const { what, key, share } = act;
    stage.world.trace.note(stage.world.nowMs, () => `        ${what} ${key} (${share})`);
    void (what === 'reserve' ? tab.handle.reserve(key, { share }) : tab.handle.release(key));
    return;
  }
  if (act.type === 'saga' || act.type === 'abort-saga') {
    actOnSaga(stage, { tab, handle: tab.handle }, act, random);
    return;
  }
  const { name, args, how = {} } = act;
  stage.world.trace.note(
    stage.world.nowMs,
    () => `        ${name} ${JSON.stringify(args)} ${JSON.stringify(how)}`,
  );
  const { isRegretted, bound, ...more } = how;
  const options = { ...bound, ...more };
  const receipt = tab.handle.run(name as never, args as never, options);
  if (!isRegretted) return;
  tab.process.after(random.next() * 400, () => void receipt.cancel());
}

/** Somebody who sees a question may answer it: rightly, wrongly, or by letting it be. */
function answerCase({ world }: Stage, inbox: Inbox, random: Random): boolean {
  if (inbox.current.length === 0 || !random.chance(0.5)) return false;
  const { case: id, choices } = random.pick(inbox.current);
  const what = random.next();
  const label = choices.length > 0 && what < 0.9 ? random.pick(choices) : 'nothing of that';
  world.trace.note(world.nowMs, () => `        answers ${id}: ${what} ${label}`);
  if (what < 0.06) inbox.waive(id, 'it does no harm');
  else if (what < 0.25) inbox.claim(id, { leaseMs: random.between(500, 20_000) });
  else inbox.choose(id, label);
  return true;
}

function actOnSaga(
  { world }: Stage,
  { tab, handle }: { readonly tab: Tab; readonly handle: NonNullable<Tab['handle']> },
  act: Extract<Act, { type: 'saga' | 'abort-saga' }>,
  random: Random,
): void {
  world.trace.note(world.nowMs, () => `        ${JSON.stringify(act)}`);
  if (act.type === 'saga') {
    const receipt = handle.startSaga(act.name as never, act.args as never);
    if (act.isRegretted) tab.process.after(random.next() * 400, () => void receipt.cancel());
    return;
  }
  const sagas = handle.sagas.current.filter(({ state }) => state !== 'done' && state !== 'undone');
  const saga = sagas[act.which % Math.max(1, sagas.length)];
  if (saga) handle.abortSaga(saga.id);
}

function pickTab(device: SimulatedDevice, random: Random): Tab | undefined {
  return device.tabs.length > 0 ? random.pick(device.tabs) : undefined;
}

/** Several short cuts in a row, shorter and longer than a bound. */
function flap(world: World, device: SimulatedDevice, random: Random): void {
  let atMs = 0;
  for (let round = 0; round < 4; round++) {
    world.timeline.after(atMs, () => device.line.cut('up', 'down'));
    atMs += random.between(20, 1_500);
    world.timeline.after(atMs, () => device.line.heal());
    atMs += random.between(20, 800);
  }
}

/** At first a copy is made; the next time the profile goes back to it. */
function restore({ world, backups }: Stage, device: SimulatedDevice): void {
  const backup = backups.get(device);
  if (!backup) {
    backups.set(device, device.disk.copy());
    return;
  }
  world.restoreDisk(device, backup);
  device.openTab();
}

function cleanLine(device: SimulatedDevice): void {
  device.line.faults.corruption = 0;
  device.line.faults.duplication = 0;
}

function healDisk({ disk }: SimulatedDevice): void {
  disk.faults.failure = undefined;
  disk.faults.failures = 0;
  disk.faults.latencyMs = { from: 1, to: 4 };
}

function healRelayDisk({ relay }: World): void {
  relay.disk.faults.failure = undefined;
  relay.disk.faults.latencyMs = { from: 0.2, to: 2 };
}

/** Everything works again: what is broken then stays broken. */
export function healEverything(stage: Stage): void {
  const { world, active } = stage;
  world.relay.start();
  healRelayDisk(world);
  world.farEnd.heal();
  for (const device of world.devices.values()) {
    healDisk(device);
    cleanLine(device);
    device.line.faults.latencyMs = { from: 1, to: 10 };
    device.line.heal();
    for (const { client } of device.tabs) {
      // Whoever was refused must find back by itself.
      if (stage.offline.delete(client)) client.goOnline();
    }
  }
  active.clear();
}

const endedBy: Readonly<Partial<Record<Deed, readonly Deed[]>>> = {
  heal: ['cut', 'cut-up', 'cut-down'],
  'quick-line': ['slow-line'],
  'clean-line': ['corrupt', 'duplicate'],
  'go-online': ['go-offline'],
  'disk-well': ['disk-fails', 'disk-full', 'disk-slow'],
  'start-relay': ['crash-relay', 'act-and-crash-relay'],
  'relay-disk-well': ['relay-disk-full', 'relay-disk-slow'],
};

function noteActive(active: Set<Deed>, deed: Deed): void {
  const ended = endedBy[deed];
  if (ended) for (const one of ended) active.delete(one);
  else if (deed !== 'act') active.add(deed);
}
